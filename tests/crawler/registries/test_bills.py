"""Bills from the pages of both houses, what stage each step gives them, and the recorded table."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from crawler.registries import bill_records, bills
from data.bills import BillStep, law_id_of_number, merged, same_law, stage_on
from data.errors import Malformed
from data.vocabulary import Stage
from tests.crawler.registries import registry_pages as pages

URL = "https://registry.example.jp/list"


def test_both_houses_lists_name_the_bills_and_their_pages() -> None:
    lower = bills.read_list(
        pages.SHUGIIN_LIST,
        "https://www.shugiin.example.jp/gian/kaiji299.htm",
        "representatives",
        299,
    )
    assert [(one.key, one.title, one.status) for one in lower] == [
        ("299-閣法-7", "花火番号法の一部を改正する法律案", "成立"),
        ("299-閣法-8", "髙﨑市民広場法案", "衆議院で審議中"),
        ("298-衆法-3", "花火番号の廃止に関する法律案", "審査未了"),
    ]
    assert lower[0].url == "https://www.shugiin.example.jp/gian/keika/1DDA01.htm"
    upper = bills.read_list(
        pages.SANGIIN_LIST, "https://www.sangiin.example.jp/299/gian.htm", "councillors", 299
    )
    assert [(one.key, one.url) for one in upper] == [
        ("299-閣法-7", "https://www.sangiin.example.jp/299/meisai/m299080299007.htm"),
        ("299-参法-2", "https://www.sangiin.example.jp/299/meisai/m299100299002.htm"),
    ]


def test_a_cabinet_bill_is_planned_from_its_submission_until_the_tables_say_more() -> None:
    bill = bills.read_page(pages.SHUGIIN_PAGE, "https://www.shugiin.example.jp/keika/1DDA01.htm")
    assert (bill.key, bill.proposer, bill.law_number, bill.law_id) == (
        "299-閣法-7",
        "内閣",
        "令和7年法律第38号",
        "507AC0000000038",
    )
    assert [(step.on.isoformat(), step.step, step.result) for step in bill.steps] == [
        ("2025-03-07", "submitted", ""),
        ("2025-04-11", "referred", "花火特別"),
        ("2025-04-16", "committee", "可決"),
        ("2025-04-17", "plenary", "可決"),
        ("2025-05-16", "plenary", "可決"),
        ("2025-05-23", "promulgated", "令和7年法律第38号"),
    ]
    assert stage_on(bill, date(2025, 3, 6)) is None
    assert stage_on(bill, date(2025, 3, 7)) is Stage.PLANNED
    assert stage_on(bill, date(2030, 1, 1)) is Stage.PLANNED
    assert bill_records.bill_in(bill_records.extract_of(bill).text) == bill
    assert bill_records.bill_in("花火") is None
    assert bill_records.bill_in(bill_records.MARK + "{") is None


def test_a_members_bill_is_considered_until_one_house_passes_it() -> None:
    bill = bills.read_page(pages.SANGIIN_PAGE, "https://www.sangiin.example.jp/meisai/m.htm")
    assert (bill.key, bill.proposer, bill.outcome) == ("299-参法-2", "青葉　花子君", "open")
    assert stage_on(bill, date(2025, 5, 8)) is Stage.CONSIDERED
    assert stage_on(bill, date(2025, 5, 9)) is Stage.PLANNED
    listed = bills.read_list(pages.SHUGIIN_LIST, URL, "representatives", 299)[2]
    failed = merged(
        [
            listed,
            bills.bill_of(
                {
                    "種類": "衆法",
                    "提出回次": "298",
                    "提出番号": "3",
                    "件名": listed.title,
                    "提出日": "2025-01-30",
                },
                URL,
                "",
            ),
        ]
    )
    only = failed["298-衆法-3"]
    assert (only.outcome, stage_on(only, date(2025, 2, 1))) == ("failed", Stage.HALTED)


def test_a_bill_that_both_houses_passed_is_law_before_it_is_promulgated() -> None:
    page = pages.SHUGIIN_PAGE.decode("cp932")
    bill = bills.read_page(
        page[: page.index("<TR><TD>公布")].encode("cp932"), "https://www.shugiin.example.jp/keika/1"
    )
    assert (bill.law_number, bill.enacted_on, bill.outcome) == ("", date(2025, 5, 16), "enacted")
    one_house = bills.read_page(
        page[: page.index("<TR><TD>参議院議案")].encode(), "https://www.shugiin.example.jp/keika/1"
    )
    assert (one_house.enacted_on, one_house.outcome) == (None, "open")


def test_law_numbers_are_law_ids() -> None:
    assert law_id_of_number("令和7年法律第38号") == "507AC0000000038"
    assert law_id_of_number("（平成 二十五年）") is None
    assert law_id_of_number("令和元年法律第１６号") == "501AC0000000016"
    assert law_id_of_number("平成14年法律第153号") == "414AC0000000153"
    assert same_law("426AC1000000104", "426AC0000000104")
    assert not same_law("426AC1000000104", "427AC1000000104")
    assert not same_law(None, None)


def test_the_recorded_table_of_bills(shared_data: Path) -> None:
    body = gzip.decompress((shared_data / "diet" / "sangiin_gian_153-216.csv.gz").read_bytes())
    rows = bills.read_csv(body, "gian.csv")
    # Counted apart with csv.DictReader: 2,506 + 3,324 + 1,118 rows of the three kinds without （表）.
    assert len(rows) == 6948
    joined = merged(rows)
    assert len(joined) == 4551
    assert Counter(one.origin for one in joined.values()) == {
        "cabinet": 2152,
        "representatives": 1388,
        "councillors": 1011,
    }
    assert Counter(one.outcome for one in joined.values()) == {
        "enacted": 2544,  # 11 of them passed both houses and lack their promulgation in the table.
        "open": 1097,
        "failed": 910,
    }
    act = joined["183-閣法-3"]
    assert (act.law_id, act.steps[-1]) == (
        "425AC0000000027",
        BillStep(on=date(2013, 5, 31), step="promulgated", result="平成25年法律第27号"),
    )
    assert joined["180-閣法-32"].outcome == "failed"
    assert joined["212-衆法-5"].outcome == "failed"
    with pytest.raises(Malformed, match="cut off"):
        bills.read_csv(body[: len(body) // 2], "gian.csv")
