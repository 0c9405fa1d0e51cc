"""Refuse a law text of which a part is missing: half a table would read as uses that were struck out."""

from __future__ import annotations

import re

from data.errors import Malformed
from data.statute_watch import watched
from data.statutes import LawText

_OWN_TABLE = re.compile(
    r"(?<![法律令則例号約規)）])(?:別表第[一二三四五六七八九十]+|別表)(?![第附付])"
)
"""A table of the law itself; 所得税法別表第一 is another law's."""


def refuse_part(text: LawText) -> None:
    """Raise `Malformed` when a followed law says nothing, or its articles name a table that is not there.

    In Markdown the tables stand last, so a file that was cut off lacks them; a reply that was asked for
    one article (`elm=…`) lacks them too.
    """
    if not text.rows and not text.sentences and watched(text.revision.law_id):
        raise Malformed("holds no article and no table: not a law, or truncated")
    present = {row.table for row in text.rows}
    named = {name for s in text.sentences for name in _OWN_TABLE.findall(s.text)}
    missing = {name for name in named - present if name != "別表" or not present}
    if missing:
        raise Malformed(
            f"its articles name {'、'.join(sorted(missing))}, which it lacks: truncated"
        )
