"""What a digest says: the subject, the one line of an empty day, both sides of a reversal, other outlets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alerts.channels.slack_blocks import messages
from alerts.composing import compose_due, preview
from alerts.render import render, subject
from data.config import Config
from data.store.connection import Store
from data.store.told import ToldDeadline
from data.subscribers import Subscriber
from tests.alerts.world import MONDAY, PROMISE, TURN, Said, new_use, open_world, tell


def test_an_empty_day_is_one_short_line_with_coverage(store: Store, config: Config) -> None:
    open_world(store, failing=1)
    digest = preview(store, Subscriber(name="desk", language="en"), MONDAY)
    text = render(digest, "text", None)
    assert subject(digest) == "Nothing new (2 of 3 sources read)"
    assert [line for line in text.splitlines() if line][2:] == [
        "Nothing new. 2 of 3 sources were read. No new documents.",
        "Sources that could not be read or have gone quiet:",
        "- Shiomi Shimpo: News: unreachable since Mon 16 Nov 2026",
    ]
    japanese = preview(store, Subscriber(name="desk"), MONDAY)
    assert subject(japanese) == "新しい動きなし（3のうち2の情報源を読了）"
    one_line = "新しい動きはありません。情報源3のうち2を読みました。新しい文書はありませんでした。"
    for form in ("text", "markdown"):
        assert one_line in render(japanese, form, None)  # type: ignore[arg-type]
    [body] = messages(japanese, None)
    assert body["blocks"][2]["text"]["text"] == one_line
    for half in (
        "新しい動きはありません。",
        "情報源3のうち2を読みました。",
        "接続できない、2026年11月16日（月）から",
    ):
        assert half in render(japanese, "html", None)


@pytest.mark.parametrize(
    ("stages", "ja", "en"),
    [
        (("considered", "planned"), "旅券・出入国×番号: 検討→決定", "passports and borders × number: considered→planned"),
        (("planned", "adopted"), "旅券・出入国×番号: 決定→実施", "passports and borders × number: planned→in use"),
        (("considered", "halted"), "旅券・出入国×番号: 検討→停止", "passports and borders × number: considered→halted"),
        (("considered",), "旅券・出入国×番号: 新規→検討", "passports and borders × number: new→considered"),
        (("halted",), "旅券・出入国×番号: 停止", "passports and borders × number: halted"),
    ],
)  # fmt: skip
def test_a_subject_carries_the_news(
    store: Store, config: Config, stages: tuple[str, ...], ja: str, en: str
) -> None:
    open_world(store)
    said = Said(name="s", text="旅券で番号を使うことについて。", sector="passport", title="旅券")
    for number, stage in enumerate(stages):
        if number == len(stages) - 1:
            compose_due(store, config, MONDAY - timedelta(days=1))
        at = MONDAY - timedelta(days=3 - number)
        tell(store, replace(said, name=f"s{number}", stage=stage, at=at))
    for language, expected in (("ja", ja), ("en", en)):
        reader = config.subscribers[0].model_copy(update={"language": language})
        assert subject(preview(store, reader, MONDAY)) == expected
    tell(store, *(new_use(n, name=f"n{n}", text=f"第{n}の計画") for n in range(3)))
    told = preview(store, config.subscribers[0], MONDAY)
    assert subject(told).endswith(" ほか3件")


def test_a_subject_without_changes_names_the_promise_or_the_nearest_date(store: Store) -> None:
    open_world(store)
    tell(store, PROMISE, replace(TURN, system="driving_licence"))
    told = replace(preview(store, Subscriber(name="d"), MONDAY), changes=())
    assert subject(told) == "運転免許証×番号: 否定から40日後に検討"
    nearest = ToldDeadline(
        id="c", title_ja="命令案への意見募集" * 20, title_en="", due=date(2026, 11, 30), url="", use_case_id=None
    )  # fmt: skip
    dates = replace(told, comparisons=(), deadlines=(nearest,))
    assert subject(dates).startswith("期日 11/30: 命令案への意見募集")
    assert len(subject(dates)) <= 60


def test_a_reversal_quotes_both_sides_and_other_outlets_are_folded(store: Store) -> None:
    open_world(store)
    tell(store, PROMISE, replace(TURN, story="s"))
    tell(store, replace(TURN, name="wire", source_id="yowa", story="s"))
    digest = preview(store, Subscriber(name="desk", language="en"), MONDAY)
    [reversal, denial] = digest.changes
    assert (reversal.event.kind, reversal.more_outlets, digest.repeats) == ("reversal", 1, 1)
    assert denial.event.kind == "denial"
    text = render(digest, "text", None)
    assert "other outlets: 1" in text
    assert "40 days before" in text
    for language, words in (
        ("ja", ("以前の表明 (40日前)", "今回")),
        ("en", ("Earlier statement (40 days before)", "Now")),
    ):
        told = preview(store, Subscriber(name="desk", language=language), MONDAY)
        for form in ("text", "markdown", "html"):
            said = render(told, form, None)  # type: ignore[arg-type]
            places = [said.index(part) for part in (words[0], PROMISE.text, words[1], TURN.text)]
            assert places == sorted(places), "the earlier statement first, then the later one"
