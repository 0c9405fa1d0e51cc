"""What a search engine is asked about a sector: the words of the lexicon by which texts name it."""

from __future__ import annotations

from data.systems import load_systems, systems_content
from data.vocabulary import Sector

GENERIC = 2
"""Words that name the sector itself (銀行, 金融機関); further ones are too wide for a search."""
MOST = 24
"""Search engines read about 32 words of a question; the identifier and the operators need some."""


def sector_words(sector: Sector) -> tuple[str, ...]:
    """The sector's own words, then the first alias of each of its systems, as data/systems.yml has them."""
    generic: list[str] = systems_content()["sectors"][sector.value]["generic"]
    named = [
        one.aliases[0] for one in load_systems().values() if sector == one.sector and one.aliases
    ]
    return tuple(dict.fromkeys([*generic[:GENERIC], *named]))[:MOST]


def question(identifier: str, sector: Sector) -> str:
    """`マイナンバー (銀行 OR 金融機関 OR 預貯金口座 …)`: one search per identifier word and sector."""
    return f"{identifier} ({' OR '.join(sector_words(sector))})"
