"""Links as they stand in feeds and pages, made absolute."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit


def absolute(link: str, base: str | None) -> str | None:
    """`link` resolved against `base`, white space out; None unless it is http or https with a host."""
    link = "".join(link.split())
    if not link:
        return None
    try:
        whole = urljoin(base or "", link)
        parts = urlsplit(whole)
    except ValueError:
        return None
    return whole if parts.scheme in {"http", "https"} and parts.hostname else None
