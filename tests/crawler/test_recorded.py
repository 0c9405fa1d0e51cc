"""The real recordings: ten ministry feeds crawled over HTTP, real lists read by the shipped sources."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.loader import SHIPPED, read_source
from crawler.text.listing import parse_listing
from data.clock import from_text, tokyo
from tests.crawler.web import BODY, Answer, Place, Web, article, serving

pytestmark = pytest.mark.shared

FEEDS = {
    # file: (shipped source, items in the recording; format-traps.md, part 2)
    "digital": ("digital_agency_news", 21),
    "soumu": ("soumu_news", 20),
    "fsa": ("fsa_news", 15),
    "mof": ("mof_news", 100),
    "mext": ("mext_news", 21),
    "mhlw": ("mhlw_news", 67),
    "mlit": ("mlit_press", 18),
    "mod": ("mod_news", 126),
    "cao": ("cao_news", 10),
    "kantei": ("kantei_news", 25),
}
HOST = re.compile(rb"https?://[a-z0-9.-]+\.go\.jp")
NEAR = datetime(2026, 8, 20, tzinfo=UTC)


def _page(handler: Any) -> Answer:
    return Answer(article(f"頁 {handler.path}", f"{BODY}\n{handler.path}").encode())


class _AnyPage(dict[str, Any]):
    """Every path that is not a feed or robots.txt is an article."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, None if key == "/robots.txt" else _page)


@pytest.fixture
def place(tmp_path: Path, shared_data: Path) -> Any:
    place = Place(tmp_path)
    web = Web(pages=_AnyPage())
    folder = shared_data / "ministry_feeds" / "kasumigaseki_lens"
    with serving(web) as host:
        (tmp_path / "sources").mkdir()
        for name, (source_id, _) in FEEDS.items():
            body = HOST.sub(f"http://{host}".encode(), (folder / f"{name}.xml").read_bytes())
            web.put(f"/feeds/{name}.xml", body, content_type="application/xml")
            shipped = yaml.safe_load((SHIPPED / f"{source_id}.yml").read_text(encoding="utf-8"))
            ours = shipped | {
                "url": f"http://{host}/feeds/{name}.xml",
                "rolling": [],
                "enabled": True,
            }
            ours["expect"]["silence_days"] = 3650
            ours.pop("disabled_reason", None)
            (tmp_path / "sources" / f"{source_id}.yml").write_text(
                yaml.safe_dump(ours), encoding="utf-8"
            )
        place.hosts.append(host)
        place.configure()
        yield place


@pytest.mark.slow
def test_ten_recorded_feeds_are_stored_once_with_their_dates(place: Place) -> None:
    summary = place.crawl()
    assert (summary["exit"], summary["failed"]) == (0, {})
    counts = place.rows("SELECT source_id, count(*) AS n FROM documents GROUP BY source_id")
    assert {row["source_id"]: row["n"] for row in counts} == dict(FEEDS.values())
    documents = place.documents()
    assert all(row["published_at"] for row in documents)
    fsa = [row for row in documents if row["source_id"] == "fsa_news"]
    # "Wed, 19 Aug 2026 17:00:00 JST" is 17:00 in Tokyo, 08:00 UTC.
    assert all(tokyo(from_text(row["published_at"])).hour in range(8, 22) for row in fsa)
    assert "2026-08-19T08:00:00Z" in {row["published_at"] for row in fsa}
    assert not any(row["title"].startswith("その他,") for row in fsa)
    soumu = [row for row in documents if row["source_id"] == "soumu_news"]
    assert {row["published_precision"] for row in soumu} == {"day"}
    assert not any("\ufffd" in row["title"] for row in documents)
    again = place.crawl("--all")
    assert (again["exit"], again["new"], again["changed"]) == (0, 0, 0)
    assert len(place.documents()) == sum(count for _, count in FEEDS.values())


LISTS = {
    # shipped source: (recording, items in it, the first item's day)
    "meti_press_html": ("ministry_feeds/kasumigaseki_lens/meti.html", 20, "2026-08-17"),
    "mofa_press_html": ("ministry_feeds/kasumigaseki_lens/mofa.html", 121, "2026-08-19"),
    "moj_press_year": ("ministry_feeds/kasumigaseki_lens/pages/moj/0.html", 28, "2026-08-07"),
    "gov_online_ministry_news": (
        "ministry_feeds/gov_online/gov_online_fixture_0.html",
        20,
        "2025-05-23",
    ),
}


@pytest.mark.parametrize("source_id", LISTS)
def test_shipped_selectors_fit_the_recorded_pages(source_id: str, shared_data: Path) -> None:
    name, count, day = LISTS[source_id]
    source = read_source(SHIPPED / f"{source_id}.yml")
    assert source.select is not None
    url = source.url
    entries = parse_listing((shared_data / name).read_bytes(), source.select, url=url, near=NEAR)
    assert len(entries) == count
    assert all(entry.published and entry.url for entry in entries)
    first = entries[0].published
    assert first is not None
    assert tokyo(first.at).date().isoformat() == day
