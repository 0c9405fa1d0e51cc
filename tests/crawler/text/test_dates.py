import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text.date_grammar import ERAS
from crawler.text.dates import (
    find_date,
    find_dates,
    find_month,
    find_range,
    find_year,
    parse_feed_date,
)
from data.clock import TOKYO

NEAR = datetime(2026, 1, 5, 12, tzinfo=TOKYO)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")


def local(text: str) -> str | None:
    """The first date as Japan writes it: with its time only where the text has one."""
    found = find_date(text, near=NEAR)
    if found is None:
        return None
    assert found.at.utcoffset() == timedelta(0)
    shown = found.at.astimezone(TOKYO)
    return shown.strftime("%Y-%m-%d" if found.precision == "day" else "%Y-%m-%dT%H:%M")


def with_units(value: int) -> str:
    tens, ones = divmod(value, 10)
    return ("" if tens < 2 else "一二三四五六七八九"[tens - 1]) + ("十" if tens else "") + (
        "一二三四五六七八九"[ones - 1] if ones else ""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令和８年８月７日", "2026-08-07"),
        ("平成38年8月7日", "2026-08-07"),
        ("令和元年五月一日", "2019-05-01"),
        ("昭和四十二年七月二十五日", "1967-07-25"),
        ("二〇二六年一月十五日", "2026-01-15"),
        ("二千二十六年一月三日正午", "2026-01-03T12:00"),
        ("R8.1.15", "2026-01-15"),
        ("㋿8年1月15日", "2026-01-15"),
        ("2026年（令和８年）1月15日", "2026-01-15"),
        ("2026/1/15 10:30", "2026-01-15T10:30"),
        ("2026-01-15T10:30:00Z", "2026-01-15T19:30"),
        ("2026年1月15日（木）午後3時5分", "2026-01-15T15:05"),
        ("2026年1月15日 午前10時半", "2026-01-15T10:30"),
        ("2026年1月15日25時10分", "2026-01-16T01:10"),
        ("11日 10時30分", "2026-01-11T10:30"),
        ("8月19日付", "2025-08-19"),
        ("12月28日", "2025-12-28"),
        ("昨年12月1日", "2025-12-01"),
        ("来年四月一日", "2027-04-01"),
        ("8/19（水）", "2025-08-19"),
        ("23:55", "2026-01-05T23:55"),
        ("見本通信 (9:30)", "2026-01-05T09:30"),
        ("1/5 09:30", "2026-01-05T09:30"),
        ("January 15, 2026", "2026-01-15"),
        ("(令和8年1月15日)架空の公表", "2026-01-15"),
        ("2月29日", "2024-02-29"),
        ("（r8.1.15）架空の公表", "2026-01-15"),
        ("令和8・1・15", "2026-01-15"),
        ("Ｒ８･１･１５", "2026-01-15"),
        ("令和八・一・一五", "2026-01-15"),
        ("昭四二・七・二五", "1967-07-25"),
        ("2026・1・15", "2026-01-15"),
        ("R8. 1. 15", "2026-01-15"),
        ("’26.1.15", "2026-01-15"),
        ("26年1月15日", "2026-01-15"),
        ("令和8（2026）年1月15日", "2026-01-15"),
        ("2026（令和8）年1月15日", "2026-01-15"),
        ("2026 / 1 / 15", "2026-01-15"),
        ("令和８年１⽉１５⽇", "2026-01-15"),
        ("2026.1.15(Thu) 15:30", "2026-01-15T15:30"),
        ("2026年1月15日 木曜日 15時30分", "2026-01-15T15:30"),
        ("1・15(木)", "2026-01-15"),
        ("1.15（木）", "2026-01-15"),
        ("1月15日［木］", "2026-01-15"),
        ("【1/15】架空の公表", "2026-01-15"),
        ("（12/29）架空の公表", "2025-12-29"),
        ("[12.29]架空の公表", "2025-12-29"),
        ("［１／１５更新］架空の公表", "2026-01-15"),
        ("【12/29 15:30】架空の公表", "2025-12-29T15:30"),
        ("架空の公表（1/15）", "2026-01-15"),
        ("架空の公表（1/5付）", "2026-01-05"),
        ("12/29 架空の公表", "2025-12-29"),
        ("NOV.29.2025", "2025-11-29"),
        ("2025 Nov 29", "2025-11-29"),
        ("29 novembre 2025", "2025-11-29"),
        ("プレスリリース 2026.1.15", "2026-01-15"),
        ("令和八年霜月二十九日", None),
        ("令和8・9・10年度の計画", None),
        ("R7・8・9の実績", None),
        ("第8・11・29条", None),
        ("3.11から15年", None),
        ("【3.11】震災の記憶", None),
        ("3・11を語り継ぐ", None),
        ("【2.1】概要", None),
        ("11.29 個人番号の利用", None),
        ("連載（1/3）", None),
        ("（1/2）架空の公表", None),
        ("補助率1/2", None),
        ("1/2", None),
        ("1/2付近", None),
        ("24/7対応", None),
        ("架空のソフト r8.1.2 を公開", None),
        ("r8.1.2をリリース", None),
        ("Version R8.1.2", None),
        ("v2026.1.2", None),
        ("第2026-11-5号", None),
        ("Market 29, 2026", None),
        ("電話0120・11・2929", None),
        ("昭和廿八年一月卅日", "1953-01-30"),
        ("2026年1月15日（木）10:00－12:00", "2026-01-15T10:00"),
        ("2026年1月15日 10:30 NHK", "2026-01-15T10:30"),
        ("2026/1/15 10:30 GMT", "2026-01-15T19:30"),
        ("1日から3日間", "2026-01-01"),
        ("3日～5日間かかる", None),
        ("平成31年2月29日", None),
        ("令和8年度予算", None),
        ("3日間、10日目、1日10時間", None),
        ("192.168.10.11", None),
        ("", None),
    ],
)  # fmt: skip
def test_first_date(text: str, expected: str | None) -> None:
    assert local(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11.29", "2025-11-29"),
        ("１１・２９", "2025-11-29"),
        ("11-29", "2025-11-29"),
        ("【11/29】", "2025-11-29"),
        ("≪11.29≫", "2025-11-29"),
        ("3.11", "2026-03-11"),
        ("1/2", "2026-01-02"),
        ("更新：1.2", "2026-01-02"),
        ("1/2 UP!", "2026-01-02"),
        ("1.2 15:30更新", "2026-01-02"),
        ("1.2 (Fri)", "2026-01-02"),
        ("12/29-1/5", "2025-12-29"),
        ("25.12.29", "2025-12-29"),
        ("8.1.2", "2026-01-02"),
        ("r8.1.2", "2026-01-02"),
        ("令和8年1/2", "2026-01-02"),
        ("8. 1. 2", "2026-01-02"),
        ("99/12/31", "1999-12-31"),
        ("2026年1/2", "2026-01-02"),
        ("2026_01_02", "2026-01-02"),
        ("20260102", "2026-01-02"),
        ("12/29/2025", "2025-12-29"),
        ("29.12.2025", "2025-12-29"),
        ("29日（月）", "2025-12-29"),
        ("昨日", "2026-01-04"),
        ("3日前", "2026-01-02"),
        ("13時間前", "2026-01-04"),
        ("05/01/2026", None),
        ("未定", None),
        ("v3.11", None),
        ("Ver. 3.11", None),
        ("11.29%", None),
        ("11.29MB", None),
        ("1.2.3.4", None),
        ("1/3ページ", None),
        ("9-17時", None),
        ("8-20 Uhr", None),
        ("24/7", None),
        ("03-1234-5678", None),
        ("2026.11", None),
    ],
)
def test_a_field_of_a_date_needs_no_words(text: str, expected: str | None) -> None:
    found = find_date(text, near=NEAR, field=True)
    assert (found and f"{found.at.astimezone(TOKYO):%Y-%m-%d}") == expected
    assert found is None or (found.raw in text and parse_feed_date(found.raw, near=NEAR) == found)


def test_raw_is_verbatim() -> None:
    found = find_date("　公表日：令和　８年１月１５日（木）　午後３時　", near=None)
    assert found is not None
    assert found.raw == "令和　８年１月１５日（木）　午後３時"


def test_without_near_a_date_without_a_year_is_not_found() -> None:
    assert find_date("1月15日付") is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1月15日から2月3日まで", "2026-01-15", "2026-02-03"),
        ("2026年1月15日～17日", "2026-01-15", "2026-01-17"),
        ("12月28日（月）〜1月3日（日）", "2025-12-28", "2026-01-03"),
        ("令和8年1月15日から令和8年2月3日", "2026-01-15", "2026-02-03"),
        ("15日～17日", "2026-01-15", "2026-01-17"),
        ("1月15日(木)10:00～2月3日(火)17:00", "2026-01-15", "2026-02-03"),
        ("1月15日(木)10:00-2月3日(火)17:00", "2026-01-15", "2026-02-03"),
        ("2026/01/15-2026/02/03", "2026-01-15", "2026-02-03"),
        ("2026.1.15-2026.2.3", "2026-01-15", "2026-02-03"),
        ("2026-01-15/2026-02-03", "2026-01-15", "2026-02-03"),
        ("2026/1/15-2/3", "2026-01-15", "2026-02-03"),
        ("1/15(木)～2/3(火)", "2026-01-15", "2026-02-03"),
        ("令和8年1月15日から同年2月3日まで", "2026-01-15", "2026-02-03"),
        ("令和8年1月15日から同月17日まで", "2026-01-15", "2026-01-17"),
        ("令和7年12月31日～翌1月3日", "2025-12-31", "2026-01-03"),
        ("令和8年1月15日から翌年2月3日まで", "2026-01-15", "2027-02-03"),
        ("自令和8年1月15日 至令和8年2月3日", "2026-01-15", "2026-02-03"),
    ],
)
def test_both_ends_of_a_range(text: str, first: str, last: str) -> None:
    ends = find_range(text, near=NEAR)
    assert ends is not None
    assert [end.at.astimezone(TOKYO).date().isoformat() for end in ends] == [first, last]
    assert (local(text) or "")[:10] == first


@pytest.mark.parametrize("dash", "～〜~-－−–—‐‑ーｰ―")
@pytest.mark.parametrize("form", ["1月15日{}2月3日", "2026年1月15日（木）15時{}2月3日（火）", "1月15日 {} 2026年2月3日"])  # fmt: skip
def test_every_dash_makes_a_range(form: str, dash: str) -> None:
    ends = find_range(form.format(dash), near=NEAR)
    assert ends is not None
    assert [f"{end.at.astimezone(TOKYO):%m-%d}" for end in ends] == ["01-15", "02-03"]


@pytest.mark.parametrize(
    "text",
    [
        "2026年1月15日 架空の公表",
        "1月3日から5日間",
        "1月15日 10:00～12:00",
        "1月15日－100円",
        "2026/1/15-10",
        "1月15日ー20日前",
    ],
)
def test_a_single_day_is_no_range(text: str) -> None:
    assert find_range(text, near=NEAR) is None


def test_seconds_are_read_and_stand_in_raw() -> None:
    found = find_date("2026年1月15日 12時34分56秒 公表")
    assert found is not None
    assert (found.at.second, found.raw) == (56, "2026年1月15日 12時34分56秒")


@given(st.from_regex(
    r"0[0-9]{1,4}[-－ー–][0-9]{1,4}[-－ー–][0-9]{4}|[vV][0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}|(version|Ver\.) ?r?[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}"
    r"|[0-9]{1,3},[0-9]{3}円[-～][0-9]{1,3},[0-9]{3}円|[0-9]{1,3}[-～–ー][0-9]{1,3}(頁|ページ|人|%)|r?2\.0\.[0-9]{1,2}|server[0-9]\.[0-9]{1,2}\.[0-9]{1,2}"
    r"|〒[0-9]{3}-[0-9]{4}|[0-9]{1,2}-2026/1[0-2]/0[1-9]|20[0-9]{2}-1[0-9]{3}-[0-9]{2}",
    fullmatch=True,
).filter(str.isprintable))  # fmt: skip
def test_numbers_of_other_things_are_no_dates(text: str) -> None:
    assert find_dates(text, near=NEAR) == []
    assert find_range(text, near=NEAR) is None


def test_headings() -> None:
    assert find_year("令和８年の報道発表") == 2026
    assert find_year("報道発表") is None
    assert find_month("2026年（令和8年）1月の新着") == (2026, 1)
    assert find_month("令和8年") is None


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("Wed, 19 Aug 2026 17:00:00 JST", "2026-08-19T17:00:00+09:00", "time"),
        ("20 Aug 2026 03:13:00 +0900", "2026-08-20T03:13:00+09:00", "time"),
        ("Thu, 15 Jan 2026 07:47:26 GMT", "2026-01-15T16:47:26+09:00", "time"),
        ("2026-08-16T15:00:Z", "2026-08-17T00:00:00+09:00", "time"),
        ("2026-08-16T15:00:00+0900", "2026-08-16T15:00:00+09:00", "time"),
        ("2026-08-16T15:00", "2026-08-16T15:00:00+09:00", "time"),
        ("2026-08-16", "2026-08-16T00:00:00+09:00", "day"),
        ("20260115T081500Z", "2026-01-15T17:15:00+09:00", "time"),
        ("Thu Jan 15 17:00:00 2026", "2026-01-15T17:00:00+09:00", "time"),
        ("Thu, 15 Jan 26 17:00 EST", "2026-01-16T07:00:00+09:00", "time"),
        ("令和8年1月15日", "2026-01-15T00:00:00+09:00", "day"),
        ("2026-08", "2026-08-01T00:00:00+09:00", "day"),
        ("Thu, 15 Jan 2026 17:00:00 Asia/Tokyo", "2026-01-15T17:00:00+09:00", "time"),
        ("Thu, 15 Jan 2026 17:00:00 (GMT)", "2026-01-16T02:00:00+09:00", "time"),
        ("2026-01-15T17:00:00[Asia/Tokyo]", "2026-01-15T17:00:00+09:00", "time"),
        ("2026-01-15T17:00-05:00", "2026-01-16T07:00:00+09:00", "time"),
        ("木, 15 1月 2026 17:00:00 +0900", "2026-01-15T17:00:00+09:00", "time"),
        ("Thu, 15 1月 2026 17:00:00 +0900", "2026-01-15T17:00:00+09:00", "time"),
        ("15/Jan/2026:17:00:00 +0900", "2026-01-15T17:00:00+09:00", "time"),
        ("1768464000", "2026-01-15T17:00:00+09:00", "time"),
        ("1768464000000", "2026-01-15T17:00:00+09:00", "time"),
        ("20260115170000", "2026-01-15T17:00:00+09:00", "time"),
        ("26/01/15 17:00:00", "2026-01-15T17:00:00+09:00", "time"),
        ("令和　８年　１月１５日", "2026-01-15T00:00:00+09:00", "day"),
    ],
)
def test_feed_dates(text: str, expected: str, precision: str) -> None:
    found = parse_feed_date(text)
    assert found is not None
    assert (found.at.astimezone(TOKYO).isoformat(), found.precision, found.raw) == (
        expected,
        precision,
        text,
    )


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13", "2026-8", "2026", "Thu, 31 Feb 2026 10:00:00 JST", "0000-00-00"]
)
def test_what_names_no_day_gives_none(text: str) -> None:
    assert parse_feed_date(text) is None


@given(
    st.sampled_from(sorted(ERAS)), st.dates(date(1868, 1, 1), date(2087, 12, 31)), st.integers(0, 3)
)
def test_every_era_and_day_comes_back(era: str, day: date, writing: int) -> None:
    count = day.year - ERAS[era]
    if not 1 <= count <= 99:
        return
    year = "元" if count == 1 else str(count)
    text = f"{era}{year}年{day.month}月{day.day}日"
    forms = (
        text,
        text.translate(FULL_WIDTH),
        text.translate(KANJI),
        f"{era}{'元' if count == 1 else with_units(count)}年{with_units(day.month)}月{with_units(day.day)}日",
    )
    assert local(f"架空の公表（{forms[writing]}）") == day.isoformat()
    assert (
        local(f"{dict(zip(ERAS, 'MTSHR', strict=True))[era]}{count}.{day.month}.{day.day}")
        == day.isoformat()
    )


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_feed_formats_come_back(at: datetime) -> None:
    at = at.replace(microsecond=0)
    for text in (
        at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        at.isoformat(),
        at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    ):
        found = parse_feed_date(text)
        assert found is not None
        assert found.at == at


@given(st.dates(date(1990, 1, 1), date(2087, 1, 1)), st.integers(0, 300), st.sampled_from("-～–"))
def test_both_ends_of_a_range_in_numbers_come_back(first: date, length: int, dash: str) -> None:
    last = first + timedelta(days=length)
    for sign in "/.":
        day = f"%Y{sign}%m{sign}%d"
        text = f"{first.strftime(day)}{dash}{last.strftime(day)}"
        ends = find_range(f"期間：{text}（予定）")
        assert ends is not None
        assert [end.at.astimezone(TOKYO).date() for end in ends] == [first, last]
        assert dash.join(end.raw for end in ends) == text


@given(st.dates(date(2025, 7, 10), date(2026, 7, 1)))
def test_without_a_year_the_nearest_is_meant(day: date) -> None:
    assert local(f"{day.month}月{day.day}日") == day.isoformat()


@settings(max_examples=300)
@given(
    st.text()
    | st.text(
        alphabet="令和平成元年月日時分〇一十百千0123456789/.-:：（）()T ZJ+から～正午後前",
        max_size=60,
    )
)
def test_no_text_raises(text: str) -> None:
    for found in find_dates(text, near=NEAR):
        assert found.at.utcoffset() == timedelta(0)
        assert found.raw in text
    find_range(text, near=NEAR)
    find_month(text)
    parse_feed_date(text, near=NEAR)


@pytest.mark.parametrize(
    "part", ["令和", "一", "1", "8月", "2026年1月15日", "1日 ", "(1", "  ", "平成1年(", "jan 1 "]
)
def test_a_megabyte_of_junk_is_quick(part: str) -> None:
    junk = part * (1_000_000 // len(part))
    started = time.process_time()  # a busy machine is no fault of the parser
    find_date(junk, near=NEAR)
    assert time.process_time() - started < 10
