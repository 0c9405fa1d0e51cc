"""The rules behind a crawl, each alone: addresses of names, pauses, due times, verdicts, titles."""

from __future__ import annotations

import asyncio
import codecs
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.documents import clamped
from crawler.due import due
from crawler.gate import Gate
from crawler.health import judge
from crawler.hosts import Hosts
from crawler.items import Tally
from crawler.memory import Room
from crawler.middleware.blocked import blocked_reason
from crawler.resolver import GuardedResolver, refusals
from crawler.robots import permission, require
from crawler.source import Source
from crawler.titles import plain_title
from crawler.waiting import seconds_to_wait
from data.errors import Blocked, Refused, Unreachable
from data.models import Entry, Moment
from data.store.harvest import Attempt, Past

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
NONE = Past(None, 0, None, 0)


def source(**more: Any) -> Source:
    return Source.model_validate(
        {
            "id": "mihon",
            "publisher": {"ja": "見本", "en": "Mihon"},
            "name": {"ja": "新着", "en": "News"},
            "group": "ministry",
            "source_class": "ministry",
            "kind": "feed",
            "url": "https://example.go.jp/a.xml",
            "terms": "free",
            "note": "test",
            "seen": "2026-11-01",
            "evidence": "seen",
            **more,
        }
    )


# Names ----------------------------------------------------------------------------------------------


@dataclass
class Address:
    host: str
    port: int = 0


class Answers:
    """A name server whose answers are given, in turn."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.nameResolver = self

    def resolveHostName(self, receiver: Any, name: str, *rest: Any) -> None:
        receiver.resolutionBegan(None)
        for host in self.answers.pop(0):
            receiver.addressResolved(Address(host))
        receiver.resolutionComplete()


class Receiver:
    def __init__(self) -> None:
        self.found: list[str] = []

    def resolutionBegan(self, resolution: Any) -> None:
        self.found = []

    def addressResolved(self, address: Address) -> None:
        self.found.append(address.host)

    def resolutionComplete(self) -> None:
        """All is said."""


def _resolved(
    answers: list[list[str]], times: int = 1, allow: tuple[str, ...] = ()
) -> list[list[str]]:
    resolver = GuardedResolver(Answers(*answers), allow)
    seen = []
    for _ in range(times):
        receiver = Receiver()
        resolver.resolveHostName(receiver, "mihon.example", 443)
        seen.append(receiver.found)
    return seen


@pytest.mark.parametrize(
    "bad",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1", "100.64.0.1"],
)
def test_one_private_answer_refuses_the_name(bad: str) -> None:
    assert _resolved([["93.184.216.34", bad]]) == [[]]
    assert "mihon.example" in refusals


def test_an_answer_is_pinned_so_that_rebinding_has_no_second_chance() -> None:
    assert _resolved([["93.184.216.34"], ["127.0.0.1"]], times=2) == [["93.184.216.34"]] * 2


def test_a_private_host_is_used_only_when_the_configuration_names_it_with_its_port() -> None:
    assert _resolved([["10.0.0.1"]], allow=("mihon.example:443",)) == [["10.0.0.1"]]
    assert _resolved([["10.0.0.1"]], allow=("mihon.example:80",)) == [[]]


# Pauses ---------------------------------------------------------------------------------------------


def test_a_host_is_asked_one_request_at_a_time_with_its_pause() -> None:
    times: list[tuple[str, float]] = []

    async def ask(gate: Gate, host: str) -> None:
        async with gate.turn(host):
            times.append((host, monotonic()))
            await asyncio.sleep(0.01)

    async def all_at_once() -> None:
        gate = Gate(at_once=4, floor=0.0, hosts=Hosts(), room=Room())
        gate.slow_down("slow", 0.2)
        await asyncio.gather(*(ask(gate, host) for host in ["slow", "fast"] * 3))

    asyncio.run(all_at_once())
    slow = [moment for host, moment in times if host == "slow"]
    assert slow[1] - slow[0] >= 0.19
    assert slow[2] - slow[1] >= 0.19
    fast = [moment for host, moment in times if host == "fast"]
    assert fast[2] - fast[0] < 0.2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(b"120", 120), (b"0", 0), (b"Tue, 24 Nov 2026 03:01:00 GMT", 60), (b"Mon, 23 Nov 2026 03:01:00 GMT", 0),
     (b"soon", None), (b"", None), (None, None), (b"-5", None), (b"99999999999999999999", 7 * 86400),
     (b"Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None), (b"Mon, 01 Jan 2027 00:00:00 +9999999999", None)],
)  # fmt: skip
def test_retry_after_is_read_in_both_forms(header: bytes | None, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds


@given(st.binary(max_size=60))
def test_any_retry_after_is_harmless(header: bytes) -> None:
    wait = seconds_to_wait(header, NOW)
    assert wait is None or wait >= 0


# robots.txt -----------------------------------------------------------------------------------------

_NO = "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("body", "permitted"),
    [
        (_NO.encode(), False),
        (_NO.encode("utf-8-sig"), False),
        (_NO.encode("utf-16"), False),
        (codecs.BOM_UTF16_BE + _NO.encode("utf-16-be"), False),
        (b"User-agent: scopewatch/1.0\nDisallow: /\n", False),
        (b"User-agent: x\rAllow: /\r\rUser-agent: scopewatch/1.0\rDisallow: /\r", False),
        (b"user-agent:ScopeWatch/2 (news)\r\nDisallow: /\r\n", False),
        (b"User-agent: scopewatch/1.0\nAllow: /\n\nUser-agent: *\nDisallow: /\n", True),
        (b"User-agent: scope\nAllow: /\n\nUser-agent: *\nDisallow: /\n", False),
        (b"User-agent: scopewatch-news\nDisallow: /\n", True),
        (b"User-agent: otherbot/1.0\nDisallow: /\n", True),
    ],
)
def test_robots_txt_is_read_with_a_mark_and_its_product_token(body: bytes, permitted: bool) -> None:
    try:
        require(permission(200, body), "https://example.go.jp/a")
    except Refused:
        assert not permitted
    else:
        assert permitted


@pytest.mark.parametrize("written", ["2", " 2.0 # s", "2 seconds", "2,0", "2秒"])
def test_a_crawl_delay_with_a_unit_is_one_too(written: str) -> None:
    found = permission(200, f"User-agent: *\nCrawl-delay: {written}\nDisallow: /x".encode())
    assert found.delay == 2.0
    with pytest.raises(Refused):
        require(found, "https://example.go.jp/x")


def test_a_robots_txt_that_means_to_keep_its_reader_busy_is_read_at_once() -> None:
    # Spaces that an expression may divide in many ways took minutes; the child was killed for its silence.
    started = process_time()
    for body in (b"User-agent" + b" " * 500_000, (b"user agent" + b"\t" * 5_000 + b"\n") * 100):
        require(permission(200, body), "https://example.go.jp/a")
    assert process_time() - started < 5


# Due ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "outcome", "failures", "pause_hours", "expected"),
    [
        (24, "ok", 0, None, True), (23, "ok", 0, None, True), (22, "ok", 0, None, False), (24, "stale", 1, None, True),
        (0.2, "unreachable", 1, None, False), (1.1, "unreachable", 1, None, True), (5, "blocked", 4, None, False),
        (24, "blocked", 9, None, True), (24, "unreachable", 1, 2, False), (24, "unreachable", 1, -1, True),
        (-9000, "ok", 0, None, True), (-9000, "unreachable", 1, 2, True),
    ],
)  # fmt: skip
def test_when_a_daily_source_is_due(
    hours: float, outcome: str, failures: int, pause_hours: float | None, expected: bool
) -> None:
    pause = NOW + timedelta(hours=pause_hours) if pause_hours is not None else None
    last = Attempt(NOW - timedelta(hours=hours), outcome, failures, pause)
    assert bool(due([source()], {"mihon": last}, NOW)) is expected
    assert due([source()], {}, NOW)
    assert not due([source(enabled=False, disabled_reason="terms")], {}, NOW)


# Verdicts -------------------------------------------------------------------------------------------


def tally(**more: Any) -> Tally:
    return Tally(
        started_at=NOW, **{"lists_read": 1, "seen": 20, "dated": 20, "newest": NOW, **more}
    )


def _state(run: Tally, past: Past = NONE, **more: Any) -> str:
    return judge(source(**more), run, past, NOW).state


def test_the_states_of_a_run() -> None:
    assert _state(tally()) == "ok"
    assert _state(tally(crash="TypeError")) == "failed"
    assert _state(tally(failures=[("u", Blocked("403"))])) == "blocked"
    assert _state(tally(lists_read=0)) == "unreachable"
    assert _state(tally(seen=0)) == "empty"
    assert _state(tally(seen=0), Past(20.0, 20, NOW, 9)) == "layout_changed"
    assert _state(tally(seen=0), expect={"items_min": 0}) == "ok"
    assert _state(tally(seen=9), Past(20.0, 20, NOW, 9)) == "layout_changed"
    assert _state(tally(seen=9), Past(20.0, 20, NOW, 2)) == "ok"
    # A page of the year has a few items in January, and the median is that of good runs only.
    address = "https://www.example.go.jp/{YYYY}/"
    assert _state(tally(seen=9), Past(300.0, 300, NOW, 9), url=address) == "ok"
    assert _state(tally(), expect={"items_min": 30}) == "layout_changed"
    assert _state(tally(), expect={"items_max": 10}) == "layout_changed"
    assert _state(tally(dated=0), expect={"dated": 0.9}) == "layout_changed"
    # Dates on 2 % where nobody wrote down what to expect (traps.md 3.14).
    assert _state(tally(dated=1), Past(20.0, 20, NOW, 9, 1.0)) == "layout_changed"
    assert _state(tally(dated=1), Past(20.0, 20, NOW, 2, 1.0)) == "ok"
    assert _state(tally(dated=0), Past(20.0, 20, NOW, 9, 0.1)) == "ok"
    assert _state(tally(html_read=8, html_texts=1)) == "layout_changed"
    assert _state(tally(html_read=8, html_texts=7)) == "ok"
    assert _state(tally(page_failures=[("u", Unreachable("x"))] * 4, new=4)) == "unreachable"
    assert _state(tally(page_failures=[("u", Unreachable("x"))], new=4)) == "ok"
    failed = [("u", Blocked("x"))] * 128
    assert _state(tally(page_failures=failed, new=129, pages_read=1)) == "blocked"
    assert _state(tally(page_failures=failed, new=300, pages_read=100)) == "ok"


def test_silence_is_told_also_when_nothing_was_sent_again() -> None:
    old = NOW - timedelta(days=40)
    assert _state(tally(newest=old), expect={"silence_days": 30}) == "stale"
    assert _state(tally(newest=old), expect={"silence_days": 60}) == "ok"
    unmodified = tally(seen=0, newest=None, lists_unmodified=1)
    assert _state(unmodified, Past(20.0, 20, old, 9), expect={"silence_days": 30}) == "stale"
    assert _state(unmodified, Past(20.0, 20, NOW, 9), expect={"silence_days": 30}) == "ok"


# Pages that are none --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "page", "blocked"),
    [
        (200, "<title>お知らせ</title><p>システムのメンテナンスのお知らせ。日程は次のとおり。</p>", False),
        (200, "<p>ただいまメンテナンス中です</p>", True),
        (200, "<p>ただいまメンテナンス中です</p>" + "<p>報道資料の本文が続く長い頁。</p>" * 60, False),
        (200, "<title>Just a moment...</title>", True),
        (200, "<p>現在、システムメンテナンスを実施しております。しばらくお待ちください。</p>", True),
        (200, "<p>ただいま、サーバーメンテナンス中のため、<br>ご利用いただけません。</p>", True),
        (200, "<p>現在アクセスが集中しており、つながりにくい状態です。</p>", True),
        (200, "<p>システムメンテナンスのため、十二月一日にサービスを停止します。</p>", False),
        (200, "<p>アクセスが集中した場合の対応を市長が説明した。</p>", False),
        (200, "<title>Making sure you're not a bot!</title>", True),
        (200, "<noscript>You need to enable JavaScript to run this app.</noscript>", True),
        (200, "<noscript>JavaScriptを有効にする必要があります</noscript>" + "<p>短い告示の本文の一文である。</p>" * 20, False),
        (200, "<p>We are down for\n maintenance.</p>", True),
        (200, "<script src='/cdn-cgi/challenge-platform/x.js'></script>", True),
        (200, "<script src='/cdn-cgi/challenge-platform/x.js'></script>" + "<p>本文の長い段落である。</p>" * 90, False),
        (403, "", True), (202, "", True), (200, "", False), (404, "gone", False),
        (200, "<title>しばらくお待ちください...</title><p>人間であることを確認します。</p>", True),
        (200, "<title>ERROR: The request could not be satisfied</title><h1>503 ERROR</h1>", True),
        (200, "<title>Pardon Our Interruption</title><p>Something about your browser made us think you were a bot.</p>", True),
        (200, "<h1>HTTPステータス 503 – Service Unavailable</h1>", True),
        (200, "<html><script>document.cookie='t=1';location.reload();</script><body></body></html>", True),
        (200, "<p>要求されたURLは拒否されました。管理者にお問い合わせください。</p>", True),
        (200, "<title>メンテナンス中</title><frameset rows='100%'><frame src='/m.html'></frameset>", True),
        (200, "<title>見本市</title><img src='m.gif' alt='ただいまメンテナンス中です'>", True),
        (200, "<p>見本市ホームページは、機器の更新のため、ただいまご覧いただくことができません。再開は11月29日午後5時です。</p>", True),
        (200, "<p>海外からのアクセスを制限しております。</p>", True),
        (200, "<p>Briefly unavailable for scheduled maintenance. Check back in a minute.</p>", True),
        (200, "<title>ログイン</title><p>アクセスを続けるには画像認証を行ってください。</p><div class='g-recaptcha'></div>", True),
        # The same words of something else.
        (200, "<h1>コンビニ交付の停止</h1><p>メンテナンスのため、証明書の交付サービスを停止しております。</p>", False),
        (200, "<h1>予約サイトの混雑</h1><p>予約サイトにアクセスが集中しており、ご迷惑をおかけしております。</p>", False),
        (200, "<h1>GビズIDの停止</h1><p>GビズIDは、ただいまメンテナンスのためご利用いただけません。</p>", False),
        (200, "<h1>国税庁サイトで障害</h1><p>国税庁のホームページが29日、閲覧できない状態となった。</p>", False),
        (200, "<p>市のサイトに「アクセスが集中しています。しばらくお待ちください」と表示された。</p>", False),
        (200, "<p>11月30日午前1時から5時まで、サーバーメンテナンスのため本ホームページを閲覧できません。</p>", False),
        (200, "<noscript>JavaScriptを有効にしてください。</noscript><h1>住基ネットの停止</h1><p>十二月二十九日は広域交付ができません。</p>"
              "<p>転入届の特例も扱えません。ご不便をおかけします。</p>", False),
        (200, "<h1>画面の確認</h1><p>ログイン時に「私はロボットではありません」の確認を加えました。</p>", False),
        (200, "<h1>お知らせ</h1><p><a href=1>ホームページのメンテナンスを行っています</a>" + "<p><a href=2>週報を掲載</a>" * 9, False),
        (200, "<h1>Outage</h1><p>The card application site will be down for scheduled maintenance.</p>", False),
    ],
)  # fmt: skip
def test_block_pages_are_known_from_pages_about_them(status: int, page: str, blocked: bool) -> None:
    reason = blocked_reason(
        "https://example.go.jp/a", status, "text/html; charset=utf-8", page.encode()
    )
    assert (reason is not None) is blocked


@pytest.mark.parametrize(
    ("kind", "body", "blocked"),
    [
        ("text/plain; charset=utf-8", "ただいまメンテナンス中です。".encode(), True),
        ("application/rss+xml", "<html><body>ただいまメンテナンス中です</body></html>".encode(), True),
        ("application/json", "\ufeff\n<!DOCTYPE html><p>ただいまメンテナンス中です".encode(), True),
        ("", '<?xml version="1.0"?><html>ただいまメンテナンス中です</html>'.encode("utf-16"), True),
        ("application/rss+xml", "<rss><channel><title>ただいまメンテナンス中です</title></channel></rss>".encode(), False),
        ("text/html", "<rss><channel><item><title>メンテナンス中</title></item></channel></rss>".encode(), False),
        ("text/html", '<?xml version="1.0"?><urlset><url><loc>x</loc></url><title>メンテナンス中</title></urlset>'.encode(), False),
        ("text/html", '[{"title": "ただいまメンテナンス中です"}]'.encode(), False),
        ("text/html", "ただいまメンテナンス中です".encode(), True),
        ("text/html", '<?xml version="1.0"?><!DOCTYPE html><html><p>ただいまメンテナンス中です</html>'.encode(), True),
        ("application/json", '{"title": "<html>ただいまメンテナンス中です"}'.encode(), False),
        ("text/plain", '[{"title": "ただいまメンテナンス中です"}]'.encode(), False),
        ("text/plain", "窓口の手続きのお知らせ。".encode(), False),
    ],
)  # fmt: skip
def test_a_maintenance_page_is_known_under_any_type(kind: str, body: bytes, blocked: bool) -> None:
    reason = blocked_reason("https://example.go.jp/a", 200, kind, body)
    assert (reason is not None) is blocked


@pytest.mark.parametrize("sign", ["<title>", "<script>", "<!--", "<", "<style x", "<noscript>"])
def test_a_page_of_openings_without_ends_is_looked_at_at_once(sign: str) -> None:
    page = "<html>ただいまメンテナンス中 /cdn-cgi/challenge-platform/" + sign * (
        60_000 // len(sign)
    )
    started = process_time()
    for _ in range(4):  # 2 to 5 seconds each, in which all other sources waited
        blocked_reason("https://example.go.jp/a", 200, "text/html; charset=utf-8", page.encode())
    assert process_time() - started < 2


@given(st.binary(max_size=400), st.sampled_from(["text/html", "application/xml", ""]))
def test_any_body_can_be_looked_at(body: bytes, kind: str) -> None:
    blocked_reason("https://example.go.jp/a", 200, kind, body)


# Entries --------------------------------------------------------------------------------------------


def test_only_known_labels_are_cut_from_titles() -> None:
    assert plain_title(Entry(title="その他,一覧を更新", url=None), ["その他"]).title == "一覧を更新"
    assert (
        plain_title(Entry(title="銀行,警察の一覧", url=None), ["その他"]).title == "銀行,警察の一覧"
    )
    assert plain_title(Entry(title="その他,", url=None), ["その他"]).title == "その他,"


def test_dates_beyond_tomorrow_are_clamped_with_their_words_kept() -> None:
    far = Moment(at=NOW + timedelta(days=400), precision="day", raw="2027年12月29日")
    near = Moment(at=NOW + timedelta(hours=5), precision="time", raw="15:00")
    assert clamped(far, NOW) == Moment(at=NOW, precision="day", raw="2027年12月29日")
    assert clamped(near, NOW) == near
    assert clamped(None, NOW) is None
