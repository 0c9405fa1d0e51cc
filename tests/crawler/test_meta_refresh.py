"""Pages that send the reader on by `<meta http-equiv=refresh>`: followed where the guard allows, in any encoding."""

from __future__ import annotations

from pathlib import Path

from tests.crawler.web import BODY, Place, Web, article, rss, serving

SENDS_ON = (
    "<!DOCTYPE html><html><head><meta charset='{charset}'><title>移転</title>"
    '<META HTTP-EQUIV="Refresh" CONTENT="0; URL={target}"></head><body></body></html>'
)


def test_a_page_that_moved_is_read_where_it_went_in_whatever_encoding(tmp_path: Path) -> None:
    charsets = {"utf-8": "utf-8", "cp932": "Shift_JIS", "utf-16": "utf-16", "utf-16-le": "utf-16le"}
    web, place = Web(), Place(tmp_path)
    with serving(web) as host:
        items = [(f"/old/{codec}.html", f"見出し{codec}") for codec in charsets]
        web.put("/feed.xml", rss(host, items), content_type="text/xml")
        for codec, charset in charsets.items():
            page = SENDS_ON.format(charset=charset, target=f"/new/{codec}.html").encode(codec)
            web.put(f"/old/{codec}.html", page, content_type=f"text/html; charset={charset}")
            web.put(f"/new/{codec}.html", article(f"見出し{codec}", f"{BODY}\n{codec}の行。"))
        place.source("one", host, "/feed.xml")
        place.configure()
        assert place.crawl("--all")["exit"] == 0
    texts = list(place.texts().values())
    assert len(texts) == len(charsets)
    for codec in charsets:
        assert f"/new/{codec}.html" in web.paths()
        (own,) = (text for text in texts if f"{codec}の行" in text)
        assert BODY[:40] in own


def test_it_leads_to_no_address_that_must_not_be_reached(tmp_path: Path) -> None:
    web, place, inside = Web(), Place(tmp_path), Web()
    with serving(web) as host, serving(inside) as private:
        web.put("/feed.xml", rss(host, [("/old.html", "見出し")]), content_type="text/xml")
        web.put(
            "/old.html",
            SENDS_ON.format(charset="utf-8", target=f"http://{private}/secret.html"),
        )
        inside.put("/secret.html", article("秘密", BODY))
        place.source("one", host, "/feed.xml")
        place.configure()
        place.crawl("--all")
    assert inside.paths() == []
    assert place.rows("SELECT kind FROM issues WHERE source_id = 'one'") == [{"kind": "refused"}]
