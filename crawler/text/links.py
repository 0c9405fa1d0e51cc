"""Links as they stand in feeds and pages, made absolute."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from crawler.text.markup import without_surrogates


def absolute(link: str, base: str | None) -> str | None:
    """`link` resolved against `base`, white space out; None unless it is http or https with a host
    and, if any, a port that there is.
    """
    link = without_surrogates("".join(link.split()))
    if not link:
        return None
    try:
        whole = urljoin(base or "", link)
        parts = urlsplit(whole)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return whole if usable else None
