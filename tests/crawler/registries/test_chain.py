"""One story across the registries: bill, speech, promulgation, gazette, ministry notice, table in force.

Real are the minister's speech of 2025-04-15, the table of 2025-05-23 and the agency's notice of 2025-05-28
(../shared/data/README.md tells the story). Written here are the bill's page, the gazette's line and the
revision of the table that takes effect later.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler import registries_commands as commands
from crawler.documents import document_of, with_text
from crawler.items import Publication
from crawler.loader import read_source, records
from crawler.registries import bill_records, bills, diet_speeches, gazette
from crawler.registries.bill_notices import publish_bill
from crawler.registries.publishing import Registers, publish, registers_of
from crawler.statutes import publishing as statutes
from crawler.statutes.following import import_readings, refresh_changes
from crawler.statutes.reader import read_path
from data.models import Document, Entry, Reading
from data.statutes import TableRow, parse_revision_id
from data.store.connection import Store
from data.store.deadlines import open_deadlines
from data.store.documents import save_document, versions
from data.store.findings import save_reading
from data.store.ledger import update_ledger
from data.store.registries import bills_kept, chain_of, revisions_caused
from data.store.sources import save_sources
from data.store.statutes import revisions_of, save_texts, text_of
from tests.crawler.registries import registry_pages as pages

SOURCES = Path(__file__).resolve().parents[3] / "crawler" / "sources"
TITLE = "行政手続における特定の個人を識別するための番号の利用等に関する法律及び住民基本台帳法の一部を改正する法律案"
LAW = "425AC0000000027"
REGISTERS = Registers(("shugiin_gian",), ("egov_pcm_list",), date(2026, 12, 20))
READ_AT = datetime(2026, 11, 24, tzinfo=UTC)
TODAY = date(2026, 11, 24)
USE = "qualifications:number"
REAL = "国家資格に関する事務"
TWIN = (
    "司法書士、公認会計士、獣医師、電気工事士及び宅地建物取引士等の国家資格に関する事務並びに酒類等の製造免許に関する事務",
    "猟銃の所持の許可に関する事務",
)


def keep(store: Store, source: str, entry: Entry, text: str) -> str:
    """The item as the crawler would store it."""
    publication = Publication(
        document_id=f"{source}-{len(list(store.public.query('SELECT 1 FROM documents')))}",
        entry=entry,
        fetched_at=READ_AT,
        url=entry.url or "https://www.example.go.jp/",
        extract=with_text(entry, text),
    )
    document: Document = document_of(publication, read_source(SOURCES / f"{source}.yml"))
    save_document(store, document)
    return document.id


def keep_bill(store: Store) -> None:
    listed = pages.SHUGIIN_LIST.decode("cp932").replace("花火番号法の一部を改正する法律案", TITLE)
    listed = listed.replace("<TD>299</TD><TD>7</TD>", "<TD>217</TD><TD>41</TD>")
    address = "https://www.shugiin.go.jp/internet/itdb_gian.nsf/html/gian/kaiji217.htm"
    first = bills.read_list(listed.encode("cp932"), address, "representatives", 217)[0]
    assert first.key == "217-閣法-41"
    page = pages.SHUGIIN_PAGE.decode("cp932").replace("花火番号法の一部を改正する法律案", TITLE)
    page = page.replace("<TD>299</TD>", "<TD>217</TD>").replace("<TD>7</TD>", "<TD>41</TD>")
    bill = bills.read_page(page.encode("cp932"), first.url)
    keep(store, "shugiin_gian", bill_records.entry_of(bill), bill_records.extract_of(bill).text)


def keep_speech(store: Store, shared_data: Path, *, twin: bool) -> None:
    rows = json.loads(
        (shared_data / "diet" / "speeches_mynumber_2024-10_2025-05.json").read_bytes()
    )
    row = next(one for one in rows if one["id"] == "121705367X00820250415_149")
    reply = pages.speech_reply(
        [
            {
                "speechID": row["id"],
                "issueID": row["id"][:21],
                "speechOrder": 149,
                "speaker": row["speaker"],
                "speakerPosition": row["position"],
                "speakerGroup": row["party"],
                "nameOfHouse": row["house"],
                "nameOfMeeting": row["committee"],
                "issue": "第8号",
                "date": row["date"],
                "speech": row["text"].replace(*TWIN) if twin else row["text"],
                "speechURL": row["url"],
            }
        ]
    )
    (exchange,) = diet_speeches.exchanges(
        diet_speeches.read_speeches(reply, "https://x.jp/").speeches
    )
    made = diet_speeches.entry_of(exchange, ["マイナンバー"])
    assert made is not None
    keep(store, "kokkai_speech", *made)


def keep_notice(store: Store, shared_data: Path) -> None:
    packed = shared_data / "ministry_feeds" / "gov_online" / "gov_online_new_items.jsonl.gz"
    rows = [json.loads(line) for line in gzip.decompress(packed.read_bytes()).splitlines()]
    row = next(
        one for one in rows if "成立日を掲載" in one["title"] and one["date"] == "2025-05-28"
    )
    entry = Entry(
        title=row["title"], url=row["link"], published=diet_speeches.moment_of(row["date"])
    )
    keep(store, "gov_online_ministry_news", entry, row["description"])


def keep_gazette(store: Store) -> None:
    """The contents of an extra issue in the real page's shape, with a law before it whose number is not this one's."""
    lines = ((1, "花火法の一部を改正する法律（三七）"), (2, TITLE.removesuffix("案") + "（三八）"))
    items = "".join(
        f'<li><a href="20250523g00115{page:04}f.html"><span class="text">{title}</span></a></li>'
        for page, title in lines
    )
    body = (
        '<html><body><div class="contentsBox"><section><h2 class="title"><span class="text">法律</span></h2>'
        f'<ul class="iconList">{items}</ul></section></div></body></html>'
    )
    issue = "https://www.kanpo.go.jp/20250523/20250523g00115/20250523g001150000f.html"
    for line in gazette.read_contents(body.encode(), issue):
        keep(
            store,
            "kanpo_issue",
            gazette.entry_of(line),
            f"{line.title}\n{line.section} {line.issue}",
        )


def keep_tables(store: Store, shared_data: Path, tmp_path: Path, law: str) -> None:
    """The real states before and on 2025-05-23, and one written here that takes effect in 2026."""
    wanted = {"425AC0000000027_20250401", "425AC0000000027_20250523"}
    with tarfile.open(shared_data / "laws" / "md" / f"{LAW}.tar.xz") as archive:
        for member in archive:
            name = Path(member.name).name
            if member.isfile() and any(name.startswith(one) for one in wanted):
                file = archive.extractfile(member)
                assert isinstance(file, io.BufferedIOBase | io.BufferedReader)
                (tmp_path / name).write_bytes(file.read())
    import_readings(store, read_path(str(tmp_path)))
    last = revisions_of(store.public, LAW, with_text=True)[-1]
    text = text_of(store.public, last)
    assert text is not None
    added = TableRow(
        table=text.rows[0].table,
        number="百七十七",
        body="主務大臣",
        task=f"{law}による登録又は許可に関する事務であって主務省令で定めるもの",
        statutes=(law,),
    )
    later = replace(
        last,
        revision_id=f"{LAW}_20260601_507AC0000000038",
        enforced_on=date(2026, 6, 1),
        promulgated_on=date(2025, 5, 23),
        amending_law_num="令和七年法律第三十八号",
    )
    assert parse_revision_id(later.revision_id)
    save_texts(store, [replace(text, revision=later, rows=(*text.rows, added))])
    refresh_changes(store, LAW)


def told(store: Store, shared_data: Path, tmp_path: Path, *, twin: bool) -> Store:
    """All parts of the story in the store, published and in the ledger."""
    ids = (
        "shugiin_gian",
        "kokkai_speech",
        "gov_online_ministry_news",
        "kanpo_issue",
        "egov_law_revisions",
    )
    save_sources(store, records(read_source(SOURCES / f"{one}.yml") for one in ids))
    keep_bill(store)
    keep_speech(store, shared_data, twin=twin)
    keep_notice(store, shared_data)
    keep_gazette(store)
    folder = tmp_path / "laws"
    folder.mkdir()
    law = "銃砲刀剣類所持等取締法" if twin else "司法書士法"
    keep_tables(store, shared_data, folder, law)
    statutes.publish(store, date(2025, 1, 1), TODAY, READ_AT)
    done = publish(store, REGISTERS, TODAY, READ_AT)
    assert (done.bills, done.notices) == (1, 4)
    update_ledger(store)
    return store


@pytest.fixture
def story(store: Store, shared_data: Path, tmp_path: Path) -> Store:
    return told(store, shared_data, tmp_path, twin=False)


def events(store: Store, use: str = USE) -> list[tuple[Any, ...]]:
    """(day, source class, stage that the evidence says, event, stage before, after)."""
    return [
        tuple(row.values())
        for row in store.public.query(
            "SELECT date(e.at, '+9 hours') AS day, f.source_class, f.stage, e.kind, e.stage_before, "
            "e.stage_after FROM events e JOIN findings f ON f.id = e.finding_id "
            "WHERE e.use_case_id = ? AND e.state = 'live' ORDER BY day, f.source_class, e.id",
            [use],
        )
    ]


LINKS = [
    ("2025-03-07", "diet", "planned"),  # the bill is tabled
    ("2025-04-15", "diet", "planned"),  # the minister presents it
    ("2025-04-17", "diet", "planned"),  # one house passes it
    ("2025-05-16", "diet", "planned"),  # the other passes it
    ("2025-05-23", "diet", "planned"),  # promulgated
    ("2025-05-23", "law", "planned"),  # the gazette
    ("2025-05-28", "ministry", "planned"),  # the agency's notice
    ("2026-06-01", "law", "adopted"),  # the table in force
]


def test_the_ledger_has_the_real_story_as_one_chain(story: Store) -> None:
    """The number was in use for qualifications since 2024-05-27 (baseline), so each link repeats it."""
    assert [line[:3] for line in events(story)] == LINKS
    assert {line[3] for line in events(story)} == {"repeat"}
    (case,) = story.public.query("SELECT stage, standing FROM use_cases WHERE id = ?", [USE])
    assert (case["stage"], case["standing"]) == ("adopted", "official")


def test_the_same_story_about_a_use_that_is_new_climbs_stage_by_stage(
    store: Store, shared_data: Path, tmp_path: Path
) -> None:
    found = events(told(store, shared_data, tmp_path, twin=True), "firearms:number")
    assert [line[:3] for line in found] == LINKS
    assert [line[3:] for line in found] == [
        ("new", None, "planned"),
        *[("repeat", "planned", "planned")] * 6,
        ("advance", "planned", "adopted"),
    ]


def test_each_link_quotes_its_own_words_and_the_bill_leads_to_its_law(story: Store) -> None:
    (bill,) = bills_kept(story.public)
    assert (bill["key"], bill["law_number"], bill["law_id"]) == (
        "217-閣法-41",
        "令和7年法律第38号",
        "507AC0000000038",
    )
    caused = [row["revision_id"] for row in revisions_caused(story.public, bill["law_id"])]
    assert caused == [f"{LAW}_20250523_507AC0000000038", f"{LAW}_20260601_507AC0000000038"]
    chain = chain_of(story.public, bill["key"])
    sources = {line["source_id"] for line in chain}
    assert sources >= {"shugiin_gian", "kokkai_speech", "gov_online_ministry_news", "kanpo_issue"}
    quoted = list(
        story.public.query(
            "SELECT f.evidence, d.title, f.document_id FROM findings f JOIN documents d ON d.id = f.document_id WHERE f.use_case_id = ?",
            [USE],
        )
    )
    spoken = next(row for row in quoted if "平将明" in row["title"])
    assert REAL in spoken["evidence"]
    notice = next(row for row in quoted if "成立日を掲載" in row["title"])
    assert notice["evidence"] in notice["title"]


def test_the_chain_is_shown_link_by_link_in_the_order_of_the_days(
    story: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scopewatch.toml").write_text('[store]\ndirectory = "var"\n')
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(tmp_path / "scopewatch.toml"))
    monkeypatch.setenv("SCOPEWATCH_NOW", "2026-01-10T07:00+09:00")
    result = CliRunner().invoke(commands.bills, ["show", "217-閣法-41"])
    assert result.exception is None, result.exception
    bill, *links = [json.loads(line) for line in result.stdout.splitlines()]
    assert (bill["outcome"], bill["law_number"]) == ("enacted", "令和7年法律第38号")
    told = [one for one in links if "day" in one]
    assert [(one["day"], one["source_class"], one["stage"]) for one in told] == LINKS
    assert {one["use_case_id"] for one in told} == {USE}
    revisions = [(one["enforced_on"], one["stage"]) for one in links if "enforced_on" in one]
    assert revisions == [("2025-05-23", "adopted"), ("2026-06-01", "planned")]
    # The other law of that issue of the gazette is stored, and no link of this chain.
    titles = [row["title"] for row in story.public.query("SELECT title FROM documents")]
    assert any("（三七）" in title for title in titles)
    assert not any("（三七）" in one["title"] for one in told)


def test_the_day_of_promulgation_opens_nothing_in_the_table(story: Store) -> None:
    """176 rows before and after (data README): the law's own voice is silent until the later state."""
    notices = story.public.query(
        "SELECT published_at FROM documents WHERE source_id = 'egov_law_revisions'"
    )
    assert [row["published_at"][:10] for row in notices] == ["2026-05-31"]


def test_what_a_document_inherits_stands_beside_what_the_classifier_reads(story: Store) -> None:
    before = events(story)
    for row in list(story.public.query("SELECT id FROM documents WHERE read_model IS NULL")):
        version = max(one["version"] for one in versions(story, row["id"]))
        save_reading(story, Reading(document_id=row["id"], version=version, gated=True), "model-1")
    publish(story, REGISTERS, TODAY, READ_AT)
    update_ledger(story)
    assert events(story) == before


def test_a_bill_about_the_tables_is_planned_although_it_names_no_system(store: Store) -> None:
    save_sources(store, records(read_source(SOURCES / f"{one}.yml") for one in ("shugiin_gian",)))
    fields = {
        "議案種類": "閣法",
        "議案提出回次": "299",
        "議案番号": "9",
        "議案件名": "行政手続における特定の個人を識別するための番号の利用等に関する法律の一部を改正する法律案",
        "衆議院議案受理年月日": "令和8年3月1日",
        "議案要旨": "個人番号の利用範囲を拡大し、別表を改める。",
    }
    for outline, expected in (
        (fields["議案要旨"], [("new", None, "planned")]),
        ("罰則を引き上げる。", []),
    ):
        bill = bills.bill_of(
            {**fields, "議案要旨": outline, "議案番号": str(len(outline))},
            "https://www.shugiin.go.jp/keika/x.htm",
            "representatives",
        )
        publish_bill(store, bill, "shugiin_gian", [], TODAY, READ_AT)
        update_ledger(store)
        found = store.public.query(
            "SELECT e.kind, e.stage_before, e.stage_after FROM events e JOIN findings f ON f.id = e.finding_id "
            "JOIN bill_documents b ON b.document_id = f.document_id WHERE b.bill_key = ?",
            [bill.key],
        )
        assert [tuple(row.values()) for row in found] == expected
    assert [row["id"] for row in store.public.query("SELECT id FROM use_cases")] == ["other:number"]


def test_a_bill_that_fails_halts_its_use(store: Store) -> None:
    save_sources(store, records(read_source(SOURCES / f"{one}.yml") for one in ("shugiin_gian",)))
    bill = bills.bill_of(
        {
            "議案種類": "閣法",
            "議案提出回次": "299",
            "議案番号": "9",
            "議案件名": "行政手続における特定の個人を識別するための番号の利用等に関する法律の一部を改正する法律案",
            "衆議院議案受理年月日": "令和8年3月1日",
            "衆議院付託年月日／衆議院付託委員会": "令和8年4月1日／内閣",
            "審議状況": "審査未了",
            "議案要旨": "猟銃の所持の許可に個人番号を利用する。",
        },
        "https://www.shugiin.go.jp/keika/x.htm",
        "representatives",
    )
    publish_bill(store, bill, "shugiin_gian", [], TODAY, READ_AT)
    update_ledger(store)
    assert [line[3:] for line in events(store, "firearms:number")] == [
        ("new", None, "planned"),
        ("halt", "planned", "halted"),
    ]


def test_a_later_document_is_joined_without_reading_all_texts_again(story: Store) -> None:
    before = {line["url"] for line in chain_of(story.public, "217-閣法-41")}
    entry = Entry(
        title="法律第三十八号の施行について",
        url="https://www.digital.go.jp/later",
        published=diet_speeches.moment_of("2025-06-20"),
    )
    keep(story, "gov_online_ministry_news", entry, "令和7年法律第38号を施行する。")
    done = publish(story, REGISTERS, TODAY, READ_AT, READ_AT)
    assert (done.bills, done.notices) == (1, 4)
    later = READ_AT + timedelta(days=1)
    assert publish(story, REGISTERS, TODAY, later, later).notices == 0
    after = {line["url"] for line in chain_of(story.public, "217-閣法-41")}
    assert after == before | {"https://www.digital.go.jp/later"}


def test_an_open_bill_is_counted_down_to_the_end_of_the_session(store: Store) -> None:
    """The operator names the day in the source's `vars: session_ends`; the source may have any id."""
    source = read_source(SOURCES / "shugiin_gian.yml").model_copy(
        update={"id": "our_bills", "vars": {"session": "299", "session_ends": "2026-12-20"}}
    )
    save_sources(store, records([source]))
    page = pages.SANGIIN_PAGE.decode().replace("花火師登録法案", TITLE)
    bill = bills.read_page(page.encode(), "https://www.sangiin.example.jp/meisai/m.htm")
    publication = Publication(
        document_id="bill",
        entry=bill_records.entry_of(bill),
        fetched_at=READ_AT,
        url="https://www.sangiin.example.jp/meisai/m.htm",
        extract=with_text(bill_records.entry_of(bill), bill_records.extract_of(bill).text),
    )
    save_document(store, document_of(publication, source))
    registers = registers_of([source])
    assert registers == Registers(("our_bills",), (), date(2026, 12, 20))
    assert publish(store, registers, TODAY, READ_AT).deadlines == 1
    [row] = open_deadlines(store, TODAY)
    assert (row["id"], row["kind"], row["days_left"]) == ("bill:299-参法-2", "bill", 26)
