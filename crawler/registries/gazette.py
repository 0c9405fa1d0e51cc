"""The Official Gazette (官報): titles of an issue's contents, each with its issuer.

Titles end with issuer and number in brackets, 「（デジタル庁・総務三三）」; 「（同三四）」 is the issuer of the
line above; reports and notices bear the issuer alone. The source is off by default: its terms forbid burdensome collection (format-traps.md, 3.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

from crawler.registries.answers import page_of, words
from crawler.text.dates import date_in_url, find_date
from data.clock import tokyo
from data.errors import LayoutChanged
from data.models import Entry

_NUMERALS = "〇一二三四五六七八九十百千"
_ENDING = re.compile(
    rf"（(?:(?P<issuer>[^（）]*?)(?P<number>[{_NUMERALS}]+(?:[～、・][{_NUMERALS}]+)*)"
    r"|(?P<alone>同|[^（）]{1,20}(?:省|庁|府|院|局|所|会|機構)))）\s*$"
)
_PAGES = re.compile(r"(?P<day>\d{8})(?P<letter>[hgct])(?P<issue>\d{5})")
_KINDS = {"h": "本紙", "g": "号外", "c": "政府調達", "t": "特別号外"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GazetteTitle:
    """One line of the contents."""

    section: str
    title: str
    issuer: str
    """Carried down where the line says 同; empty for laws and cabinet orders, which bear only a number."""
    number: str
    on: date | None
    issue: str
    url: str


def read_contents(body: bytes, url: str) -> list[GazetteTitle]:
    """The titles of an issue's contents page, in its order.

    Raises `Blocked` and `Malformed` for what is not the page, `LayoutChanged` when it lists nothing.
    """
    page = page_of(body, url)
    lines = []
    for section in page.css("section"):
        heading = words(section.css("h2 .text, h2")[:1])
        for item in section.css("ul.iconList li"):
            link = item.css("a::attr(href)").get() or ""
            lines.append((heading, words(item.css("span.text")[:1]), urljoin(url, link)))
    if not lines:
        raise LayoutChanged(f"{url}: the contents list no title")
    return list(with_issuers(lines))


def with_issuers(lines: Iterable[tuple[str, str, str]]) -> Iterator[GazetteTitle]:
    """(section, title, address) lines as records; 同 takes the issuer of the line above in its section."""
    above, place = "", ""
    for section, title, address in lines:
        if section != place:
            above, place = "", section
        found = _ENDING.search(title)
        issuer = (found["issuer"] or found["alone"] or "") if found else ""
        if issuer == "同":
            issuer = above
        elif found:
            above = issuer
        pages = _PAGES.search(address)
        moment = date_in_url(address)
        yield GazetteTitle(
            section=section,
            title=title[: found.start()].rstrip() if found else title,
            issuer=issuer,
            number=(found["number"] or "") if found else "",
            on=tokyo(moment.at).date() if moment else None,
            issue=f"{_KINDS[pages['letter']]}第{int(pages['issue'])}号" if pages else "",
            url=address,
        )


def entry_of(line: GazetteTitle) -> Entry:
    """A title as an item: what it says, who issued it, where it stands."""
    issuer = f"（{line.issuer}{line.number}）" if line.issuer or line.number else ""
    return Entry(
        title=f"{line.title}{issuer}",
        url=line.url,
        published=find_date(line.on.isoformat()) if line.on else None,
        summary=f"{line.section} {line.issue}".strip(),
        outlet=line.issuer or None,
    )
