"""Japanese numerals of articles, paragraphs and items, as e-Gov's XML numbers them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = re.compile(r"[〇一二三四五六七八九十百千]+|[0-9]+")


def integer(numeral: str) -> int:
    """The value of one kanji or Arabic numeral, such as 百三十七; raises ValueError on anything else."""
    if not NUMERAL.fullmatch(numeral):
        raise ValueError(f"not a numeral: {numeral!r}")
    if numeral.isdecimal() and numeral.isascii():
        return int(numeral)
    total, digit = 0, 0
    for character in numeral:
        if character in UNITS:
            total += (digit or 1) * UNITS[character]
            digit = 0
        else:
            digit = digit * 10 + DIGITS[character]
    return total + digit


@lru_cache(maxsize=8192)
def branch_number(label: str) -> str:
    """`第三十条の十五` → `30_15`, `十四の二` → `14_2`, `２` → `2`; a label without numeral stays itself."""
    plain = unicodedata.normalize("NFKC", label).strip()
    parts = NUMERAL.findall(plain)
    if not parts or re.search(r"から|及び", plain):
        return plain
    return "_".join(str(integer(part)) for part in parts)


def sort_key(number: str) -> tuple[int, ...]:
    """The order of e-Gov's numbers: 30, 30_2, 30_10; anything else comes last."""
    parts = number.split("_")
    if not all(part.isdecimal() for part in parts):
        return (10**9,)
    return tuple(int(part) for part in parts)
