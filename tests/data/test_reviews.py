"""Reviews: they outlive every re-run, are asked again when the text changes, and can be undone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.clock import from_text
from data.config import Config
from data.errors import InputError
from data.review_commands import review
from data.review_measures import by_week
from data.store.connection import Store, open_store
from data.store.findings import quarantined, unnamed
from data.store.ledger import update_ledger
from data.store.reviews import (
    Change,
    authors_of,
    merge_use_cases,
    part_use_cases,
    review_finding,
    reviews,
    undo_review,
    waiting_for_review,
)
from data.vocabulary import Sector, Stage
from tests.data.record import add_sources, record


@pytest.fixture
def ledger(store: Store) -> Store:
    add_sources(store)
    return store


def stages(store: Store) -> dict[str, str]:
    update_ledger(store)
    rows = store.public.query("SELECT id, stage FROM use_cases WHERE stage IS NOT NULL")
    return {row["id"]: row["stage"] for row in rows}


def test_what_a_person_says_is_no_finding_stays_none_after_a_re_run(ledger: Store) -> None:
    finding = record(ledger, "a", "adopted")
    assert stages(ledger) == {"atm:card": "adopted"}
    review_finding(ledger, finding, "not a finding", author="鶴見", note="一覧の一つ")
    assert stages(ledger) == {}
    record(ledger, "a", "planned", model="model-2")
    assert stages(ledger) == {}
    [kept] = reviews(ledger)
    assert json.loads(kept["machine"])["stage"] == "adopted"


def test_a_correction_holds_for_copies_of_the_sentence(ledger: Store) -> None:
    words = "汐見銀行は窓口でのカード利用を検討する。"
    finding = record(ledger, "a", "adopted", evidence=words)
    review_finding(ledger, finding, "change", author="鶴見", change=Change(stage=Stage.CONSIDERED))
    record(ledger, "copy", "adopted", 1, evidence=words, source="company")
    assert stages(ledger) == {"atm:card": "considered"}


def test_a_confirmed_finding_survives_a_model_that_lost_it(ledger: Store) -> None:
    finding = record(ledger, "a", "planned", also_seen=True)
    assert stages(ledger) == {}
    review_finding(ledger, finding, "confirm", author="鶴見")
    assert stages(ledger) == {"atm:card": "planned"}
    record(ledger, "a", None, model="model-2")
    assert stages(ledger) == {"atm:card": "planned"}


def test_when_the_text_changes_the_review_is_asked_again(ledger: Store) -> None:
    record(ledger, "sure", "planned", score=0.99)
    finding = record(ledger, "a", "planned")
    review_finding(ledger, finding, "confirm", author="鶴見")
    assert [row["id"] for row in waiting_for_review(ledger)] != [finding]
    record(ledger, "a", "planned", evidence="訂正後はこう書いてある。", version=2)
    first = waiting_for_review(ledger)[0]
    assert (first["id"], first["asked_again"]) == (finding, 1)


def test_the_most_uncertain_is_asked_first(ledger: Store) -> None:
    for name, score in (("a", 0.95), ("b", 0.55), ("c", 0.35), ("d", 0.7)):
        record(ledger, name, "planned", score=score)
    scores = [row["score"] for row in waiting_for_review(ledger, 3)]
    assert scores == [0.55, 0.35, 0.7]


def test_a_review_can_be_undone_and_names_stay_private(ledger: Store) -> None:
    finding = record(ledger, "a", "planned")
    review_finding(ledger, finding, "not a finding", author="鶴見")
    undo_review(ledger, finding, author="亀井")
    assert stages(ledger) == {"atm:card": "planned"}
    acts = [(row["author"], row["act"]) for row in authors_of(ledger, f"finding:{finding}")]
    assert acts == [("鶴見", "not a finding"), ("亀井", "undo")]
    public = "".join(ledger.public.conn.iterdump())
    assert "鶴見" not in public
    assert "亀井" not in public
    with pytest.raises(InputError, match="no review"):
        undo_review(ledger, finding, author="亀井")


def test_a_corrected_sector_leaves_the_wrong_system(ledger: Store) -> None:
    finding = record(ledger, "a", "planned")
    review_finding(ledger, finding, "change", author="鶴見", change=Change(sector=Sector.POLICE))
    assert stages(ledger) == {"police:card": "planned"}
    assert [row["id"] for row in unnamed(ledger)] == [finding]
    review_finding(ledger, finding, "change", author="鶴見", change=Change(system="prison"))
    assert stages(ledger) == {"prison:card": "planned"}
    assert list(unnamed(ledger)) == []


def test_use_cases_are_merged_parted_and_never_in_a_circle(ledger: Store) -> None:
    record(ledger, "a", "planned", system="prison", sector="police")
    merge_use_cases(ledger, "prison:card", "crime_record:card", author="鶴見", note="同じ制度")
    record(ledger, "b", "adopted", 3, system="prison", sector="police")
    assert stages(ledger) == {"crime_record:card": "adopted"}
    with pytest.raises(InputError, match="already counts there"):
        merge_use_cases(ledger, "crime_record:card", "prison:card", author="鶴見", note="")
    with pytest.raises(InputError, match="neither a system"):
        merge_use_cases(ledger, "prison:card", "x:card", author="鶴見", note="")
    part_use_cases(ledger, "prison:card", author="鶴見")
    assert stages(ledger) == {"prison:card": "adopted"}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"day": None}, "no date"),
        ({"day": -20_500}, "before any identifier existed"),
        ({"day": 26_000}, "after it was fetched"),
        ({"system": "flying_licence"}, "unknown system 'flying_licence'"),
        ({"evidence": "書いていない文。", "text": "別の本文。"}, "not in the document's text"),
    ],
)
def test_bad_findings_are_quarantined_with_a_reason(
    ledger: Store, more: dict[str, object], reason: str
) -> None:
    finding = record(ledger, "bad", "adopted", **more)  # type: ignore[arg-type]
    [row] = quarantined(ledger)
    assert row["id"] == finding
    assert reason in row["reason"]
    assert stages(ledger) == {}


def test_a_person_can_date_what_bears_no_date(ledger: Store) -> None:
    finding = record(ledger, "undated", "adopted", None)
    change = Change(at=datetime(2026, 5, 1, tzinfo=UTC))
    review_finding(ledger, finding, "change", author="鶴見", change=change)
    assert stages(ledger) == {"atm:card": "adopted"}
    row = next(iter(ledger.public.query("SELECT at FROM findings")))
    assert from_text(row["at"]).month == 5


@pytest.mark.parametrize(
    ("finding", "verdict", "author", "change"),
    [
        ("nothing", "confirm", "a", None),
        ("", "confirm", " ", None),
        ("", "change", "a", None),
        ("", "change", "a", Change()),
        ("", "confirm", "a", Change(stage=Stage.PLANNED)),
        ("", "change", "a", Change(system="flying_licence")),
    ],
)
def test_a_bad_review_is_refused(
    ledger: Store, finding: str, verdict: str, author: str, change: Change | None
) -> None:
    there = record(ledger, "a", "planned")
    with pytest.raises(InputError):
        review_finding(ledger, finding or there, verdict, author=author, change=change)  # type: ignore[arg-type]
    assert list(reviews(ledger)) == []


def test_the_terminal_asks_and_the_script_sets(
    ledger: Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config_file = tmp_path / "scopewatch.toml"
    config_file.write_text('[store]\ndirectory = "var"\n', encoding="utf-8")
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(config_file))
    one = record(ledger, "a", "planned", score=0.5, title="見出し\x1b[2J")
    two = record(ledger, "b", "adopted", 1, score=0.8)
    record(ledger, "c", "adopted", 1, score=0.9)
    ledger.close()
    run = CliRunner()
    asked = run.invoke(review, ["--by", "鶴見"], input="n\n別の件\ns\nconsidered\n\nq\n")
    assert asked.exit_code == 0, asked.output
    assert "\x1b" not in asked.output
    with open_store(config) as store:
        found = {row["id"]: row for row in store.public.query("SELECT * FROM findings")}
    assert (found[one]["state"], found[two]["stage"]) == ("withdrawn", "considered")
    done = run.invoke(review, ["set", one, "change", "--stage", "halted", "--by", "鶴見"])
    assert json.loads(done.output)["verdict"] == "change"
    undone = run.invoke(review, ["undo", two, "--by", "鶴見"])
    assert undone.exit_code == 0
    waiting = run.invoke(review, ["list"]).output.splitlines()
    assert len(waiting) == 2


def test_the_terminal_corrects_sector_and_identifier_and_merges_uses(
    ledger: Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scopewatch.toml").write_text('[store]\ndirectory = "var"\n', encoding="utf-8")
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(tmp_path / "scopewatch.toml"))
    one = record(ledger, "a", "planned", score=0.5)
    two = record(ledger, "b", "planned", score=0.6)
    record(ledger, "c", "planned", score=0.7, system=None, sector="police")
    ledger.close()
    said = "e\ntax\n税の話\ni\nnumber\n\nm\nnowhere:card\n\nq\n"
    asked = CliRunner().invoke(review, ["--by", "鶴見"], input=said)
    assert asked.exit_code == 0, asked.output
    assert "not kept: nowhere:card" in asked.output
    asked = CliRunner().invoke(review, ["--by", "鶴見"], input="m\nprison:card\n同じ話\nq\n")
    with open_store(config) as store:
        found = {row["id"]: row for row in store.public.query("SELECT * FROM findings")}
        assert [kept["note"] for kept in reviews(store)] == ["税の話", ""]
        merged = store.public.execute("SELECT use_case_id, into_id FROM merged_use_cases")
        assert merged.fetchall() == [("police:card", "prison:card")]
    assert (found[one]["sector"], found[two]["identifier"]) == ("tax", "number")


def test_precision_from_reviews_week_by_week(
    ledger: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [record(ledger, name, "planned", n) for n, name in enumerate("abcdef")]
    seen = record(ledger, "seen", "planned", also_seen=True)
    monkeypatch.setenv("SCOPEWATCH_NOW", "2026-11-16T09:00+09:00")
    review_finding(ledger, names[0], "confirm", author="鶴見")
    review_finding(ledger, names[1], "not a finding", author="鶴見")
    monkeypatch.setenv("SCOPEWATCH_NOW", "2026-11-23T00:30+09:00")
    change = Change(stage=Stage.HALTED)
    review_finding(ledger, names[2], "change", author="鶴見", change=change)
    change = Change(sector=Sector.TAX)
    review_finding(ledger, names[3], "change", author="鶴見", change=change)
    review_finding(ledger, names[4], "confirm", author="鶴見")
    review_finding(ledger, seen, "confirm", author="鶴見")
    rows = by_week(reviews(ledger))
    assert [row["week"] for row in rows] == ["2026-W47", "2026-W48", "all"]
    assert [list(row.values())[1:] for row in rows] == [
        [2, 2, 0.5, 0.5, 1, 0],
        [4, 3, 0.667, 0.333, 0, 1],
        [6, 5, 0.6, 0.4, 1, 1],
    ]
    assert by_week([]) == []
