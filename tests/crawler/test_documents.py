"""What becomes of an item and its page as one document."""

from __future__ import annotations

from crawler.documents import document_of
from crawler.items import Publication
from data.clock import now
from data.fingerprint import hamming
from data.models import Entry, Extract
from data.stories import COPY_BITS
from tests.crawler.test_rules import source
from tests.crawler.web import BODY


def _simhash(title: str, text: str) -> int:
    extract = Extract(title=title, text=text, published=None, encoding="utf-8/header", kind="html", status="ok")  # fmt: skip
    url = "https://www.example.go.jp/1"
    said = Publication(
        document_id="1", entry=Entry(title=title, url=url), fetched_at=now(), url=url, extract=extract
    )  # fmt: skip
    return document_of(said, source()).simhash


def test_a_wire_copy_is_known_under_each_outlet_s_headline() -> None:
    one = _simhash("見本市、来年度からカードで手続き", f"見本市、来年度からカードで手続き\n{BODY}")
    other = _simhash("窓口はカード一枚で　市長「検討を約束」", BODY)
    for copy in (
        other,
        _simhash(
            "見出し",
            f"見出し\n2026年11月29日 15時30分\n{BODY}\nCopyright 見本新聞。無断転載を禁じます。",
        ),
        _simhash("見出し", f"【見本共同】{BODY}（共同）"),
        _simhash("見出し", f"別の見出し\n{BODY}\n見本新聞 2026年11月29日 15時30分 配信"),
    ):
        assert hamming(one, copy) <= COPY_BITS
    assert hamming(_simhash("入札の公告", ""), _simhash("会議の開催", "")) > COPY_BITS
