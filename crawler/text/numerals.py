"""Numbers as Japanese dates write them: ASCII, full-width, 二〇二六, 二十五, 廿五, 元."""

from __future__ import annotations

DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
UNITS = {"十": 10, "百": 100, "千": 1000}
_TENS = str.maketrans({"廿": "二十", "卅": "三十"})
KANJI = "".join(DIGITS) + "".join(UNITS) + "廿卅"


def number(text: str) -> int | None:
    """The value of a short numeral, positional (二〇二六) or with units (二千二十六); 元 is 1; else None."""
    if text == "元":
        return 1
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= 9 else None
    if all(sign in DIGITS for sign in text):
        return int("".join(str(DIGITS[sign]) for sign in text)) if text else None
    return _with_units(text)


def _with_units(text: str) -> int | None:
    total, pending = 0, None
    lowest = 10_000
    for sign in text.translate(_TENS):
        if sign in UNITS:
            if UNITS[sign] >= lowest:
                return None
            lowest = UNITS[sign]
            total += lowest * (1 if pending is None else pending)
            pending = None
        elif sign in DIGITS and pending is None:
            pending = DIGITS[sign]
        else:
            return None
    return total + (pending or 0)
