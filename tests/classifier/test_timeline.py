"""The days of a text: what each is the day of, and which beginning stands nearest to a use."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from classifier.read import Readable, scan_many
from classifier.survey import survey

TODAY = date(2025, 6, 2)


def kinds(text: str) -> set[tuple[str, str]]:
    return {(day.kind, day.tense) for day in survey("", text).timeline(TODAY).days}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("令和7年10月1日から施行する。", "begin"),
        ("令和7年10月1日から行います。", "begin"),
        ("供用開始日 令和7年10月1日", "begin"),
        ("納期 令和7年10月1日", "begin"),
        ("令和7年10月1日の開館に合わせる。", "begin"),
        ("新しい機械が動くのは10月1日である。", "begin"),
        ("令和7年10月1日で取りやめる。", "end"),
        ("提出期限 令和7年10月1日", "deadline"),
        ("令和7年10月1日に説明会を開く。", "deadline"),
        ("履行期間 令和7年10月1日から12月26日まで", "term"),
        ("令和7年10月1日をめどにする。", "plan"),
        ("令和7年10月1日以降の届け", "from"),
        ("令和7年10月1日までに届ける。", "by"),
        ("令和7年10月1日、市長が述べた。", "day"),
    ],
)
def test_a_day_is_the_day_of_what_stands_beside_it(text: str, kind: str):
    assert (kind, "ahead") in kinds(text)


def test_a_text_without_a_date_of_its_own_has_words_only():
    assert {day.tense for day in survey("", "来月から始める。7月1日。").timeline(None).days} == {
        "word_ahead"
    }


def test_the_days_are_found_once_for_all_candidates():
    read = survey("図書館", "10月1日に開館する。\n個人番号カードで本を借りる。")
    assert read.timeline(TODAY) is read.timeline(TODAY)
    assert read.timeline(TODAY).within(2, 9) == ()


def features(nlp: Language, title: str, body: str, day: date = TODAY) -> set[str]:
    """Features of the candidates of the first sentence under the title."""
    [scan] = scan_many(nlp, [Readable(title, body, published=day)])
    own = [instance for instance in scan.instances if instance.candidate.sentence == 1]
    assert own
    return {name for instance in own for name in instance.names}


def test_the_nearest_beginning_may_stand_far_from_the_use(nlp: Language):
    use = "貸出機は、個人番号カードを読み取って図書の貸出を行う。"
    body = f"{use}\n書架の場所を示す。\n館内に地図を置く。\n納入期限 令和7年9月30日"
    found = features(nlp, "図書館の機器", body)
    assert {"time_nearest:ahead", "time_day:begin/ahead@later"} <= found
    assert "time_nearest:ahead_and_not_running" in found
    assert "time_nearest:behind" in features(nlp, "図書館の機器", body, date(2026, 1, 5))


def test_what_runs_on_is_told_from_what_will_begin(nlp: Language):
    use = "図書の貸出には、これまでどおり個人番号カードを使います。"
    found = features(nlp, "図書館", f"{use}\n新しい書架は10月1日から使えます。")
    assert "time_nearest:ahead" in found
    assert "time_nearest:ahead_and_not_running" not in found
    assert "here:goes_on" in found


def test_a_day_in_the_own_sentence_is_told_with_how_it_ends(nlp: Language):
    body = "令和7年10月1日から、図書の貸出に個人番号カードを使う予定です。"
    found = features(nlp, "図書館", body)
    assert "time_day:from/ahead@own+is_planned" in found


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("引き続きカードで借りられます。", True),
        ("引き続き検討してまいります。", False),
        ("従来どおり番号を書いてください。", True),
        ("11月から照会を再開しました。", True),
        ("照会の再開を求めた。", False),
    ],
)
def test_what_runs_on_as_before(text: str, runs: bool):
    assert ("goes_on" in survey("", text).contexts[0]) is runs


def test_an_end_of_something_else_is_told_from_an_end_of_the_use(nlp: Language):
    other = "図書館では回数券の受付を終了し、個人番号カードで本を貸し出す。"
    assert "stage_end:of_other" in features(nlp, "図書館", other)
    use = "図書館では個人番号カードによる貸出を廃止する。"
    assert "stage_end:of_use" in features(nlp, "図書館", use)


def test_a_use_that_runs_on_outweighs_an_end_beside_it(nlp: Language):
    body = "図書館の入口では個人番号カードの読み取りを終了します。\n本の貸出は従来どおりです。"
    assert "stage_goes_on:after+halted" in features(nlp, "図書館の貸出", body)


def test_what_a_notice_of_what_is_to_come_tells_is_not_running(nlp: Language):
    body = "図書館では、個人番号カードの読取機を置きました。"
    found = features(nlp, "【予告】図書館の新しい貸出", body)
    assert {"stage_to_come:title", "stage_to_come:title+is_done"} <= found
    assert not any(name.startswith("stage_to_come") for name in features(nlp, "図書館", body))


def test_a_rule_with_a_day_still_to_be_set_is_told_from_one_in_force(nlp: Language):
    rule = (
        "第二条 市長は、図書館の貸出に個人番号を利用する。\n附則 この条例は、公布の日から施行する。"
    )
    assert "stage_force:in_force" in features(nlp, "条例", rule)
    body = f"{rule}ただし、第二条は、規則ではなく政令で定める日から施行する。"
    assert "stage_force:in_force/unenforced" in features(nlp, "条例", body)


def test_the_beginnings_elsewhere_are_those_of_the_other_sentences(nlp: Language):
    use = "図書館では、令和7年10月1日から個人番号カードの利用を開始する。"
    assert "stage_begins:ahead" not in features(nlp, "図書館", f"{use}\n書架を示す。")
    assert "stage_begins:ahead" in features(nlp, "図書館", f"{use}\n運用開始日 令和7年10月1日")
