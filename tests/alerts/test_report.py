"""The operator's report: noise, deaths and silence, counted by a real reading and told in words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.care_commands import report
from alerts.report import weekly_report
from alerts.report_rules import rule_sections
from classifier.pending import read_pending
from data.config import Config, StoreSection
from data.models import Finding, Reading
from data.names import Language
from data.store.connection import Store, open_store
from data.store.documents import save_document
from data.store.findings import save_reading
from data.store.reviews import review_finding
from data.store.rules import RuleCounts
from data.store.runs import note_run
from data.vocabulary import Identifier, Sector, Stage
from tests.alerts.servers import mail_server
from tests.alerts.world import MONDAY, Said, document_of, open_world

WEEKS_AGO = MONDAY - timedelta(days=20)
PLAN = Said(
    name="plan",
    title="免許証とカードの一体化へ",
    text="岬町は来年度から、運転免許証とマイナンバーカードを一体化する方針を固めた。",
    at=WEEKS_AGO,
)
FRAUD = Said(
    name="fraud",
    title="不審な電話に注意",
    text="銀行を名乗り、電話でマイナンバーを尋ねる詐欺が起きている。電話番号を控えてほしい。",
)
BANK = Said(
    name="bank",
    title="汐見銀行、口座開設でカード確認",
    text="汐見銀行は口座開設の本人確認でマイナンバーカードの読み取りを始めた。",
)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world in which one text was read weeks ago, two in the last week, and a person rejected a finding."""
    config = Config(base=tmp_path_factory.mktemp("read"), store=StoreSection(directory=Path("var")))
    with pytest.MonkeyPatch.context() as patch, open_store(config) as store:
        open_world(store, failing=1)
        for at, texts in ((WEEKS_AGO, [PLAN]), (MONDAY - timedelta(hours=2), [FRAUD, BANK])):
            patch.setenv("SCOPEWATCH_NOW", at.isoformat())
            for said in texts:
                save_document(store, document_of(said))
            assert read_pending(store)["documents"] == len(texts)
        patch.setenv("SCOPEWATCH_NOW", MONDAY.isoformat())
        [finding] = store.public.query("SELECT id FROM findings WHERE document_id = 'bank'")
        review_finding(store, finding["id"], "not a finding", author="岬")
    return config.directory


@pytest.fixture
def read(reading: Path, config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A copy of that world."""
    monkeypatch.setenv("SCOPEWATCH_NOW", MONDAY.isoformat())
    shutil.copytree(reading, config.directory)
    with open_store(config) as store:
        yield store


def sections(store: Store, language: Language, fold: int | None = None) -> dict[str, list[str]]:
    letter = weekly_report(store, MONDAY, (language,), fold=fold)
    found = [block.split("\n- ") for block in letter.lines]
    return {title.partition("（")[0].partition(" (")[0]: rows for title, *rows in found}


def test_a_real_reading_tells_what_never_fired_fell_silent_and_was_rejected(read: Store) -> None:
    said = sections(read, "en")
    never, silent = (
        said["Rules that never fired"],
        said["Rules that fired before, but not this week"],
    )
    systems = next(row for row in never if row.startswith("systems ("))
    assert "e-Tax" in systems
    assert "driving licence" not in systems, "it fired three weeks ago"
    assert "systems (1): driving licence (until 2026-10-27)" in silent
    assert not any("fraud warning" in row for row in never), "it fired, though nothing came of it"
    look_alikes = next(row for row in never if row.startswith("look-alikes ("))
    assert "電話番号" not in look_alikes, "it fired"
    assert "通知カード" in look_alikes
    assert "single rules (2): headline says number, text says card; reported speech" in never
    rejected = said["Noisiest rules"]
    assert "the subject is a body (single rules): 1 of 1 judged (100%)" in rejected
    assert not any("driving licence" in row for row in rejected)
    assert not any(":" in row.split(": ")[1] for row in rejected), (
        "a rule has its words, not its id"
    )


def test_the_title_counts_the_rules_and_says_since_when(read: Store) -> None:
    known = read.public.table("rules").count
    silent = read.public.execute("SELECT count(*) FROM rules WHERE readings = 0").fetchone()[0]
    [title] = [
        block.split("\n")[0]
        for block in weekly_report(read, MONDAY, ("ja",)).lines
        if block.startswith("一度も")
    ]
    assert title == f"一度も働いていない規則（{known}件のうち{silent}件、2026-10-27から数えて）"


def test_long_lists_are_folded_with_a_count_and_told_whole_when_asked(read: Store) -> None:
    folded, whole = sections(read, "ja", fold=8), sections(read, "ja")
    few = next(row for row in folded["一度も働いていない規則"] if row.startswith("制度（"))
    every = next(row for row in whole["一度も働いていない規則"] if row.startswith("制度（"))
    assert few.endswith("件")
    assert few.count("／") == 8
    assert "ほか" not in every
    assert every.count("／") > 60
    assert int(few.rpartition("ほか")[2].removesuffix("件")) + 8 == every.count("／") + 1


def test_a_second_reading_replaces_the_rules_of_a_finding_and_counts_once_more(read: Store) -> None:
    [row] = read.public.query("SELECT * FROM findings WHERE document_id = 'plan'")
    finding = Finding(
        **{name: row[name] for name in ("evidence", "start", "end", "score", "system")},
        sector=Sector(row["sector"]),
        identifier=Identifier(row["identifier"]),
        stage=Stage(row["stage"]),
        unlawful=False,
        rules=("use:use",),
    )
    again = Reading(
        document_id="plan",
        version=1,
        gated=False,
        findings=(finding,),
        fired=("use:use", "use:tap"),
    )
    before = {row["id"]: row["readings"] for row in read.public.query("SELECT * FROM rules")}
    save_reading(read, again, "next-model")
    kept = read.public.query("SELECT rule_id FROM finding_rules WHERE finding_id = ?", [row["id"]])
    assert [row["rule_id"] for row in kept] == ["use:use"]
    after = {row["id"]: row["readings"] for row in read.public.query("SELECT * FROM rules")}
    assert {rule for rule in after if after[rule] != before[rule]} == {"use:use", "use:tap"}


def test_sources_and_runs_are_told_in_words(read: Store) -> None:
    note_run(read, "run", MONDAY - timedelta(hours=1), 0, {})
    japanese, english = sections(read, "ja"), sections(read, "en")
    assert (
        "汐見新報 新着（shiomi）：接続できない、2026年11月16日（月）から、1回連続。"
        in japanese["読めない情報源"]
    )
    assert any(
        row.startswith("Shiomi Shimpo: News (shiomi): unreachable since")
        for row in english["Sources that cannot be read"]
    )
    assert "run：1回、失敗0回" in japanese["実行"]


def test_without_a_reading_the_report_says_that_there_is_no_inventory(store: Store) -> None:
    open_world(store)
    assert sections(store, "ja")["一度も働いていない規則"] == [
        "規則の一覧がまだありません。`scopewatch read` が書きます。"
    ]


def test_what_a_source_said_is_inert_in_the_page(store: Store) -> None:
    open_world(store, failing=1)
    store.public.execute("UPDATE source_health SET detail = '<script>x</script>\r\nBcc: a'")
    page = weekly_report(store, MONDAY, ("ja", "en")).html
    assert page is not None
    assert "<script" not in page
    assert "&lt;script&gt;x&lt;/script&gt; Bcc: a" in page
    assert 'lang="ja"' in page
    assert 'lang="en"' in page


def test_every_kind_of_rule_has_its_words(store: Store) -> None:
    rows = [
        {"id": f"{kind}:x", "kind": kind, "ja": "か", "en": "x"}
        for kind in ("gate", "identifier", "lookalike", "system", "sector", "use", "stage", "context",
                     "milestone", "route", "role", "genre", "case", "feature")
    ]  # fmt: skip
    counts = RuleCounts(
        known=14,
        since="2026-11-01T00:00:00Z",
        never=rows,
        silent=[],
        verdicts=(0, 0),
        rejected=[],
        uncertain=[],
    )
    for language in ("ja", "en"):
        assert len(list(rule_sections(counts, language, 8))[2].rows) == 14


def test_operators_get_it_once_in_their_language_as_text_and_page(
    config: Config, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_world(store)
    with mail_server() as (box, port):
        lines = [
            f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"',
            *(
                f'[[subscribers]]\nname = "{name}"\nrole = "operator"\nlanguage = "{language}"\n'
                f'channels = ["email:{name}@example.org", "file"]'
                for name, language in (("kai", "ja"), ("ann", "en"))
            ),
        ]
        (config.base / "scopewatch.toml").write_text("\n".join(lines), encoding="utf-8")
        monkeypatch.chdir(config.base)
        monkeypatch.delenv("SCOPEWATCH_CONFIG", raising=False)
        for _ in range(2):
            done = CliRunner().invoke(report, ["--send"])
            assert done.exit_code == 0, done.output
    mails = dict(box.messages)
    assert len(box.messages) == 2
    for name, title in (("kai", "一度も働いていない規則"), ("ann", "Rules that never fired")):
        text, page = (
            part.get_payload(decode=True).decode()
            for part in mails[f"{name}@example.org"].walk()
            if not part.is_multipart()
        )
        assert title in text
        assert title in page
    files = [path.suffix for path in (config.digests / "letters").iterdir()]
    assert sorted(files) == [".html", ".html", ".txt", ".txt"], "one in each language"
    shown = CliRunner().invoke(report, ["--language", "both"]).output
    assert "一度も働いていない規則" in shown
    assert "Rules that never fired" in shown
    assert "規則" in CliRunner().invoke(report, []).output, "the first operator reads Japanese"
