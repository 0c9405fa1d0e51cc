"""The demo's web: what each address answers on a given day, and a real HTTP server that says it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import yaml

from tests.demo import formats
from tests.demo.formats import Item
from tests.demo.pdf import japanese_pdf

HERE = Path(__file__).parent
TOKYO = ZoneInfo("Asia/Tokyo")
Answer = tuple[int, str, bytes]

LISTS: dict[str, tuple[str, str, Callable[[Sequence[Item], str], bytes], str]] = {
    # source: (address, content type, format, name of the site)
    "naisei": ("/naisei/news.rdf", "application/rdf+xml", formats.rdf_shift_jis, "内政省"),
    "kinkan": ("/kinkan/news_rss2.xml", "application/xml", formats.rss_zone_jst, "金融監理庁"),
    "sangyo": ("/sangyo/atom.xml", "application/atom+xml", formats.atom_without_id, "産業省"),
    "ryoken": (
        "/ryoken/release/index.html",
        "text/html; charset=UTF-8",
        formats.list_days_without_year,
        "外政省",
    ),
    "zaisei": ("/zaisei/council/index.html", "text/html", formats.list_pdfs, "財政省"),
    "sozei": ("/sozei/index.htm", "text/html", formats.list_era_table, "租税庁"),
    "kanbo": ("/kanbo/index-jnews.rdf", "application/rdf+xml", formats.rss_positional_guid, "官房"),
    "chian": ("/chian/news/index.html", "text/html", formats.list_time_elements, "治安庁"),
    "hoken": ("/hoken/news.rdf", "application/rdf+xml", formats.rdf_cdata, "保健省"),
    "shiomi": ("/shiomi/rss.xml", "application/rss+xml", formats.rss_newspaper, "汐見新報"),
    "zentsu": ("/zentsu/rss.xml", "application/rss+xml", formats.rss_portal, "全国通信"),
    "setozaki": ("/setozaki/oshirase.html", "text/html", formats.list_spans_euc, "瀬戸崎市"),
    "yowa": ("/yowa/news/index.html", "text/html", formats.list_bank, "陽和銀行"),
    "nagi_blog": ("/nagi/feed.json", "application/feed+json", formats.json_feed, "凪の家計簿"),
}
CHARSETS = {"naisei": "Shift_JIS", "setozaki": "EUC-JP"}
BREAKS = {"sangyo": 3}
"""From this day on the source answers with a maintenance page, as real ones do: status 200."""

MAINTENANCE = (
    '<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>メンテナンスのお知らせ</title></head>'
    "<body><h1>ただいまメンテナンス中です</h1><p>ご不便をおかけします。しばらくしてから再度アクセスしてください。</p></body></html>"
)


class Web:
    """All sites as they stand on `day` (1 to 5)."""

    def __init__(self) -> None:
        self.day = 1
        self.root = ""
        self.stories: list[dict[str, Any]] = yaml.safe_load(
            (HERE / "stories.yml").read_text(encoding="utf-8")
        )

    def answer(self, target: str) -> Answer:
        """Status, content type and body for a request target such as `/naisei/news.rdf`."""
        parts = urlsplit(target)
        if parts.path == "/robots.txt":
            return 200, "text/plain", b"User-agent: *\nDisallow: /admin/\n"
        if parts.path == "/api/speech":
            return 200, "application/json; charset=utf-8", self._speeches(parse_qs(parts.query))
        if parts.path == "/kaigi/":
            return 200, "text/html", self._campaign_page()
        for source, (address, content_type, write, _) in LISTS.items():
            if parts.path == address:
                if self.day >= BREAKS.get(source, 99):
                    return 200, "text/html; charset=UTF-8", MAINTENANCE.encode()
                return 200, content_type, write(self._items(source), self.root)
        return self._article(parts.path)

    def _published(self, source: str) -> Iterator[dict[str, Any]]:
        return (
            story
            for story in self.stories
            if story["source"] == source and story["day"] <= self.day
        )

    def _items(self, source: str) -> list[Item]:
        return [self._item(story) for story in self._published(source)][::-1]

    def _item(self, story: dict[str, Any]) -> Item:
        return Item(
            url=self.root + story["path"],
            path=story["path"],
            title=story["title"],
            at=datetime.fromisoformat(story["at"]).replace(tzinfo=TOKYO),
            body=story["body"],
        )

    def _article(self, path: str) -> Answer:
        for source, (_, _, _, name) in LISTS.items():
            for story in self._published(source):
                if story["path"] != path:
                    continue
                if path.endswith(".pdf"):
                    return 200, "application/pdf", japanese_pdf(story["body"].strip().splitlines())
                charset = CHARSETS.get(source, "UTF-8")
                return (
                    200,
                    f"text/html; charset={charset}",
                    formats.page(self._item(story), name, charset),
                )
        return 404, "text/plain", b"not found\n"

    def _campaign_page(self) -> bytes:
        stories = list(self._published("kaigi"))
        body = stories[-1]["body"] if stories else "お知らせはまだありません。\n"
        at = datetime(2026, 11, 16, tzinfo=TOKYO)
        return formats.page(
            Item(self.root + "/kaigi/", "/kaigi/", "番号監視市民会議　お知らせ", at, body),
            "番号監視市民会議",
        )

    def _speeches(self, query: dict[str, list[str]]) -> bytes:
        word = query.get("any", [""])[0]
        records = [record for story in self._published("kokkai") for record in self._meeting(story)]
        return formats.diet_reply(
            [r for r in records if word in str(r["speech"]) or "個人番号" in str(r["speech"])]
        )

    def _meeting(self, story: dict[str, Any]) -> Iterator[dict[str, object]]:
        for order, (speaker, _, speech) in enumerate(story["speeches"]):
            yield {
                "speechID": f"{story['id']}_{order:03}",
                "issueID": story["id"],
                "imageKind": "会議録",
                "searchObject": order,
                "session": 221,
                "nameOfHouse": "衆議院",
                "nameOfMeeting": story["meeting"],
                "issue": story["title"],
                "date": story["date"],
                "closing": None,
                "speechOrder": order,
                "speaker": speaker,
                "speakerYomi": None,
                "speakerGroup": None,
                "speakerPosition": "内政大臣" if "国務大臣" in speech else None,
                "speakerRole": None,
                "speech": speech,
                "startPage": 1,
                "speechURL": f"{self.root}/txt/{story['id']}/{order}",
                "meetingURL": f"{self.root}/txt/{story['id']}",
                "pdfURL": None,
            }


@contextmanager
def serving(web: Web, port: int = 0) -> Iterator[str]:
    """Serve `web` on 127.0.0.1, with ETag and 304 as real servers have; gives the root address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, content_type, body = web.answer(self.path)
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            unchanged = status == 200 and self.headers.get("If-None-Match") == etag
            self.send_response(304 if unchanged else status)
            self.send_header("ETag", etag)
            if not unchanged:
                self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", "0" if unchanged else str(len(body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the run's own progress is on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    web.root = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield web.root
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
