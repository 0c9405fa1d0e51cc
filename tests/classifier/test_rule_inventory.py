"""The inventory of rules names every word and family there is, and a text's rules are counted from it."""

from __future__ import annotations

from collections import Counter

import pytest

from classifier import rules
from classifier.classify import Classifier
from classifier.genre import genre
from classifier.lexicon import load_lexicon, read_words
from classifier.model import load_model
from classifier.pending import keep_rules
from classifier.rules import inventory, inventory_version, plain
from data.models import Rule
from data.store.connection import Store
from data.store.rules import count_fired, rule_counts, rules_version, save_rules


def kinds() -> Counter[str]:
    return Counter(rule.kind for rule in inventory(load_model()).values())


def test_every_family_of_the_lexicon_has_its_name_and_no_name_is_left_over() -> None:
    lexicon, named = load_lexicon(), read_words("rules.yml")
    assert set(named) == set(rules.NAMED)
    assert set(named["use"]) == set(lexicon.predicates)
    assert set(named["stage"]) == set(lexicon.stages)
    assert set(named["context"]) == set(lexicon.contexts)
    assert set(named["role"]) == set(lexicon.roles)
    assert set(named["genre"]) == set(genre.__doc__.split("`")[1::2]) | {"plain"}
    for rule in inventory(load_model()).values():
        assert rule.ja.strip()
        assert rule.en.strip()


def test_the_inventory_holds_every_system_word_and_date() -> None:
    found, words = kinds(), read_words("identifiers.yml")
    assert found["system"] == len(load_lexicon().systems)
    assert found["identifier"] == sum(len(entry["patterns"]) for entry in words["identifiers"])
    assert found["lookalike"] == len(words["lookalikes"]) + len(words["bodies"])
    assert found["milestone"] == len(load_lexicon().milestones)
    assert found["feature"] > 15


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("マイナ(?:ンバー)?・?カード", "マイナ[ンバー][・]カード"),
        ("基礎年金番号(?!と(?:の|マイ|個人))", "基礎年金番号"),
        ("(?:(?<![ァ-ヴA-Z])|(?<=[同新]))カード(?!会社|型)", "カード"),
        ("マイナ(?:救急|在留)\\w{0,4}", "マイナ(救急|在留)…"),
        ("被保険者(?:等)?(?:記号・?)?番号", "被保険者[等][記号[・]]番号"),
    ],
)
def test_a_pattern_is_written_as_a_dictionary_would(pattern: str, written: str) -> None:
    assert plain(pattern) == written


def test_no_word_is_shown_with_the_marks_of_a_pattern() -> None:
    for rule in inventory(load_model()).values():
        assert "(?" not in rule.ja + rule.en, rule
        assert "\\" not in rule.ja + rule.en, rule


def test_a_text_tells_which_rules_fired_in_it_and_all_of_them_are_in_the_inventory(
    classifier: Classifier, pending
) -> None:
    reading = classifier.read(
        pending(
            "岬町は来年度から、運転免許証とマイナンバーカードを一体化する方針を固めた。"
            "電話番号を尋ねる不審な電話に注意を呼びかけている。",
            title="免許証とカードの一体化へ",
            day="2024-05-14",
        )
    )
    assert set(reading.fired) <= set(inventory(load_model()))
    assert {
        "gate:マイナ",
        "identifier:card/strong/マイナ(?:ンバー)?・?カード",
        "lookalike:電話番号",
        "system:driving_licence",
        "milestone:card/driving_licence",
        "use:integrate",
        "stage:planned.decide",
        "context:phishing",
        "route:identifier_here",
        "feature:w",
    } <= set(reading.fired)
    [finding] = reading.findings
    assert {"system:driving_licence", "use:integrate"} <= set(finding.rules) <= set(reading.fired)
    assert "context:phishing" not in finding.rules, "that stands in another sentence"


def test_a_headline_that_says_number_where_the_text_says_card_is_a_rule_that_fired(
    classifier: Classifier, pending
) -> None:
    text = "汐見銀行は口座開設の本人確認でマイナンバーカードを読み取る。"
    reading = classifier.read(pending(text, title="汐見銀行、口座開設にマイナンバー"))
    assert "case:conflated_headline" in reading.fired
    assert any("case:conflated_headline" in one.rules for one in reading.findings)


def test_a_gated_text_fires_nothing(classifier: Classifier, pending) -> None:
    assert classifier.read(pending("岬町は橋を直す。")).fired == ()


def test_the_inventory_is_written_when_a_word_or_the_model_changed_and_only_then(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOPEWATCH_NOW", "2026-11-01T00:00:00Z")
    keep_rules(store)
    assert rules_version(store) == inventory_version(load_model())
    known = store.public.table("rules").count
    assert known == kinds().total()
    changes = store.public.conn.total_changes
    keep_rules(store)
    assert store.public.conn.total_changes == changes
    with store.writing_public() as db:
        count_fired(db, ["system:passport_application"])
    monkeypatch.setenv("SCOPEWATCH_NOW", "2026-11-09T00:00:00Z")
    save_rules(
        store,
        [
            Rule(id="system:passport_application", ja="旅券", en="p"),
            Rule(id="use:new", ja="新", en="n"),
        ],
        "2",
    )
    kept = {row["id"]: row for row in store.public.query("SELECT * FROM rules")}
    assert len(kept) == known + 1
    assert kept["system:passport_application"]["readings"] == 1
    assert kept["system:passport_application"]["first_seen"] == "2026-11-01T00:00:00Z"
    assert kept["use:new"]["first_seen"] == "2026-11-09T00:00:00Z"
    assert kept["use:query"]["retired_at"] == "2026-11-09T00:00:00Z"
    counts = rule_counts(store, "2026-11-05T00:00:00Z", 10)
    assert [row["id"] for row in counts.never] == ["use:new"], "what is gone is not missed"
    assert [row["id"] for row in counts.silent] == ["system:passport_application"]
    keep_rules(store)
    assert kept.keys() - {"use:new"} == {
        row["id"] for row in store.public.query("SELECT id FROM rules WHERE retired_at IS NULL")
    }
