"""Every link on every page leads to a page."""

from __future__ import annotations

import re
from html import unescape

from visiting import Pages


def test_every_link_of_the_site_leads_somewhere(pages: Pages) -> None:
    seen: set[str] = set()
    waiting = ["/", "/?lang=en"]
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 150:
            continue
        seen.add(path)
        answer = pages.get(path)
        assert answer.status_code in (200, 302), path
        if "html" in answer.headers.get("content-type", "") and not path.startswith("/watch"):
            waiting += [
                unescape(link).partition("#")[0] or "/"
                for link in re.findall(r'href="(/[^"]*)"', answer.text)
            ]
    assert len(seen) > 60
