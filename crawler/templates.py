"""Fill the placeholders of a source's URLs: dates, the Japanese era's year, the source's own values."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from urllib.parse import quote

from crawler.source import Source
from data.clock import tokyo
from data.errors import Malformed

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PERIODS = frozenset({"YYYY", "YY", "MM", "YYYYMM", "REIWA", "FY"})
"""What names a page of a month or year, on which news gather until it ends."""
_DAYS = frozenset({"YYYYMMDD", "TODAY", "WEEK_AGO", "QUARTER_AGO"})
_LEAST_PERIOD, _MOST_PERIODS = timedelta(days=28), 14
"""A month, and how many of them are read after a source was not read for so long."""
_OVERLAP = timedelta(days=14)
"""For so long the page of the period before is read too: its last news came after the last run over it."""
_FISCAL_YEAR_STARTS = 4
"""April: the Japanese state's fiscal year."""


def expand(template: str, values: dict[str, str]) -> str:
    """`template` with each `{NAME}` replaced; raises `Malformed` for a name that has no value."""
    missing = sorted(placeholders(template) - values.keys())
    if missing:
        raise Malformed(
            f"{template}: {{{missing[0]}}} is filled by nothing; it belongs into `vars` of the source's file"
        )
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def placeholders(template: str) -> frozenset[str]:
    """The names that stand in braces in `template`."""
    return frozenset(_PLACEHOLDER.findall(template))


def dates(moment: datetime) -> dict[str, str]:
    """The date placeholders as of `moment`, by Japan's calendar."""
    today = tokyo(moment).date()
    fiscal = today.year if today.month >= _FISCAL_YEAR_STARTS else today.year - 1
    return {
        "YYYY": f"{today:%Y}",
        "YY": f"{today:%y}",
        "MM": f"{today:%m}",
        "YYYYMM": f"{today:%Y%m}",
        "YYYYMMDD": f"{today:%Y%m%d}",
        "TODAY": today.isoformat(),
        "WEEK_AGO": _before(today, 7),
        "QUARTER_AGO": _before(today, 92),
        "REIWA": str(today.year - 2018),
        "FY": str(fiscal),
    }


def _before(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def addresses(source: Source, moment: datetime) -> list[str]:
    """The addresses that one run over `source` starts from, in order, without repetition."""
    return _filled(source, source.addresses, moment)


def ended(source: Source, moment: datetime, since: datetime | None = None) -> list[str]:
    """The addresses of months and years that are over, the latest first; such a page may be gone already.

    That of the period just over, and of all since the source was last read well (`since`).
    """
    own, before = addresses(source, moment), moment - _OVERLAP
    found = _of_period(source, before)
    for _ in range(_MOST_PERIODS):
        if since is None or before <= since:
            break
        before = max(before - _LEAST_PERIOD, since)
        found += _of_period(source, before)
    return [url for url in dict.fromkeys(found) if url not in own]


def begun(source: Source, moment: datetime) -> list[str]:
    """The addresses of a month or year that has just begun: such a page may not be there yet."""
    over = _of_period(source, moment - _OVERLAP)
    return [url for url in _of_period(source, moment) if url not in over]


def _of_period(source: Source, moment: datetime) -> list[str]:
    return _filled(source, tuple(filter(_names_period, source.addresses)), moment)


def _filled(source: Source, templates: tuple[str, ...], at: datetime) -> list[str]:
    words = source.query.terms() if source.query else ("",)
    filled = [
        expand(template, {**dates(at), **source.vars, "WORD": quote(word, safe="")})
        for word in words
        for template in templates
    ]
    return list(dict.fromkeys(filled))


def begins_anew(source: Source) -> bool:
    """Whether the source's list is that of a month or year, which starts with hardly an item."""
    return source.hub is not None or any(map(_names_period, source.addresses))


def _names_period(template: str) -> bool:
    names = placeholders(template)
    return not names.isdisjoint(_PERIODS) and names.isdisjoint(_DAYS)


def unknown_placeholders(source: Source) -> frozenset[str]:
    """Names in the source's URLs that nothing fills: a mistake in its YAML."""
    known = {*dates(datetime.fromisoformat("2026-01-01T00:00:00+09:00")), *source.vars, "WORD"}
    return frozenset().union(*(placeholders(url) for url in source.addresses)) - known
