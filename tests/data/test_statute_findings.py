"""What a change of a table becomes: one finding per sector, official, with law number, day and link."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from data.models import SourceRun
from data.statute_diff import diff_states
from data.statute_findings import SOURCE, findings_from_diff, notice_of
from data.statutes import LawRevision, LawSentence, LawText, TableRow
from data.store.connection import Store
from data.store.documents import save_document
from data.store.findings import save_reading
from data.store.sources import SourceRecord, record_source_run, save_sources
from data.vocabulary import Identifier, Sector, Stage

TAIL = "に関する事務であって主務省令で定めるもの"
TODAY = date(2026, 11, 24)
READ_AT = datetime(2026, 11, 24, tzinfo=UTC)


def text(
    day: date, rows: list[TableRow], law_id: str = "425AC0000000027", comment: str = ""
) -> LawText:
    revision = LawRevision(
        revision_id=f"{law_id}_{day:%Y%m%d}_508AC0000000099",
        law_id=law_id,
        enforced_on=day,
        amending_law_id="508AC0000000099",
        amending_law_num="令和八年法律第九十九号",
        promulgated_on=date(2026, 6, 5),
        comment=comment,
    )
    return LawText(revision=revision, rows=tuple(rows), sentences=())


def row(number: str, body: str, statute: str, deed: str, **more: object) -> TableRow:
    return TableRow(
        table="別表",
        number=number,
        body=body,
        task=f"{statute}による{deed}{TAIL}",
        statutes=(statute,),
        **more,  # type: ignore[arg-type]
    )


OLD = [row("一", "厚生労働大臣", "健康保険法", "保険給付の支給")]
MANY = [
    *OLD,
    *(row(f"二の{n}", "国税庁長官", "国税通則法", f"第{n}号の還付") for n in "二三四五六"),
    row("三", "外務大臣", "旅券法", "旅券の発給"),
    row("四", "厚生労働大臣", "医師法", "医師の免許"),
    row("五", "農林水産大臣", "花火大会法", "花火師の届出"),
]


def test_many_rows_of_one_day_are_one_finding_per_sector() -> None:
    diff = diff_states(text(date(2025, 1, 1), OLD), text(date(2026, 10, 1), MANY))
    found = findings_from_diff(diff, TODAY)
    assert [(f.sector, f.system, len(f.rows)) for f in found] == [
        (Sector.PASSPORT, "passport_application", 1),
        (Sector.TAX, "income_tax_return", 5),
        (Sector.OTHER, None, 2),
    ]
    assert {f.stage for f in found} == {Stage.ADOPTED}
    assert {f.identifier for f in found} == {Identifier.NUMBER}
    assert found[2].domain == "qualifications;花火大会法"
    assert found[0].law_num == "令和八年法律第九十九号"
    assert found[0].url == "https://laws.e-gov.go.jp/law/425AC0000000027/20261001_508AC0000000099"


OTHER_LAW = "399AC0000000001"


def test_of_another_law_only_tables_that_are_about_an_identifier_count() -> None:
    """A configured or imported law may have a table of courses or fees: no use of the number."""
    courses = [row("一", "花火庁長官", "花火師法", "講習の実施")]
    old, new = (
        text(date(2025, 1, 1), [], OTHER_LAW),
        text(date(2026, 10, 1), courses, OTHER_LAW),
    )
    assert findings_from_diff(diff_states(old, new), TODAY) == []
    fees = LawSentence(article="5", paragraph="1", item="", text="手数料は、別表による。")
    assert findings_from_diff(diff_states(old, new), TODAY, [fees]) == []
    use = LawSentence(
        article="9", paragraph="1", item="", text="別表の者は、個人番号を利用できる。"
    )
    (found,) = findings_from_diff(diff_states(old, new), TODAY, [fees, use])
    assert (found.identifier, found.added) == (Identifier.NUMBER, 1)
    named = [row("一", "花火庁長官", "花火師法", "個人番号カードの読取り")]
    (found,) = findings_from_diff(
        diff_states(old, text(date(2026, 10, 1), named, OTHER_LAW)), TODAY
    )
    assert found.identifier is Identifier.CARD


def test_what_is_not_in_force_is_planned_with_its_comment() -> None:
    comment = "公布の日から起算して五年を超えない範囲内において政令で定める日"
    diff = diff_states(
        text(date(2025, 1, 1), OLD), text(date(2031, 6, 4), MANY[:2], comment=comment)
    )
    (found,) = findings_from_diff(diff, TODAY)
    assert (found.stage, found.at, found.comment) == (Stage.PLANNED, date(2031, 6, 4), comment)


def test_the_resident_register_law_is_another_identifier() -> None:
    law = "342AC0000000081"
    diff = diff_states(text(date(2025, 1, 1), OLD, law), text(date(2026, 1, 1), MANY[:2], law))
    assert findings_from_diff(diff, TODAY)[0].identifier is Identifier.JUKI


@pytest.mark.parametrize(
    ("before", "after", "findings"),
    [
        (("登録", ()), ("登録又は登録の取消し", ()), 1),
        (("登録又は取消し", ()), ("登録", ()), 0),
        (
            ("登録", (("市町村長", "住民票関係情報"),)),
            ("登録", (("市町村長", "住民票関係情報"), ("法務大臣", "戸籍関係情報"))),
            1,
        ),
        (("登録", (("市町村長", "住民票関係情報"),)), ("登録", (("町長", "住民票関係情報"),)), 0),
    ],
)
def test_only_an_amendment_that_widens_counts(
    before: tuple[str, tuple[tuple[str, str], ...]],
    after: tuple[str, tuple[tuple[str, str], ...]],
    findings: int,
) -> None:
    old = row("一", "厚生労働大臣", "医師法", f"医師の{before[0]}", lines=before[1])
    new = row("一", "厚生労働大臣", "医師法", f"医師の{after[0]}", lines=after[1])
    diff = diff_states(text(date(2025, 1, 1), [old]), text(date(2026, 1, 1), [new]))
    assert len(diff.amended) == 1
    assert len(findings_from_diff(diff, TODAY)) == findings


def test_rows_that_only_go_or_move_are_no_news() -> None:
    moved = [row("九", "厚生労働大臣", "健康保険法", "保険給付の支給")]
    diff = diff_states(text(date(2025, 1, 1), MANY), text(date(2026, 1, 1), moved))
    assert findings_from_diff(diff, TODAY) == []
    assert notice_of(diff, TODAY, READ_AT) is None


def test_a_notice_quotes_its_rows_and_can_be_kept(store: Store) -> None:
    diff = diff_states(text(date(2025, 1, 1), OLD), text(date(2026, 10, 1), MANY))
    notice = notice_of(diff, TODAY, READ_AT)
    assert notice is not None
    document, reading = notice
    assert document.title == "番号法 2026-10-01 令和八年法律第九十九号"
    body = f"{document.title}\n{document.text}"
    for finding in reading.findings:
        assert body[finding.start : finding.end] == finding.evidence
    save_sources(store, [a_source()])
    assert save_document(store, document) == "new"
    save_reading(store, reading, "statutes")
    kept = list(store.public.query("SELECT sector, source_class, at FROM findings ORDER BY sector"))
    assert [(k["sector"], k["source_class"]) for k in kept] == [
        ("other", "law"),
        ("passport", "law"),
        ("tax", "law"),
    ]
    assert {k["at"] for k in kept} == {"2026-09-30T15:00:00Z"}
    assert save_document(store, document) == "seen"


def test_a_planned_notice_is_dated_by_its_promulgation(store: Store) -> None:
    diff = diff_states(text(date(2025, 1, 1), OLD), text(date(2031, 6, 4), MANY))
    notice = notice_of(diff, TODAY, READ_AT)
    assert notice is not None
    assert notice[0].published is not None
    assert notice[0].published.raw == "2026-06-05"


def a_source() -> SourceRecord:
    return SourceRecord(
        id=SOURCE,
        publisher_ja="デジタル庁",
        publisher_en="Digital Agency",
        name_ja="法令の改正",
        name_en="Amended statutes",
        source_group="registry",
        source_class="law",
        kind="api",
        url="https://laws.e-gov.go.jp/api/2",
        enabled=True,
        disabled_reason=None,
        cadence_minutes=1440,
        silence_days=None,
        terms="open",
    )


def test_the_source_can_have_a_health_row(store: Store) -> None:
    save_sources(store, [a_source()])
    record_source_run(
        store, SourceRun(source_id=SOURCE, started_at=READ_AT, finished_at=READ_AT, outcome="ok")
    )
