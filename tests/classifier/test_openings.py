"""What is learned from the beginnings of labelled texts, and what is not."""

from dataclasses import replace

import pytest
from spacy.language import Language

from classifier import train
from classifier.gold import GoldText, Label
from classifier.openings import LEADS, is_opened, openings, tells_too_much
from classifier.read import scan_many
from classifier.table import Example
from classifier.train import readable, scan_all
from data.vocabulary import Identifier, Sector, Stage

TITLE = "湖北銀行、口座開設の本人確認にマイナンバーカード"
FIRST = "湖北銀行は12日、来年4月からスマートフォンによる口座開設の本人確認にマイナンバーカードの電子証明書を使うと発表した。"
SECOND = "暗証番号を忘れた人は、これまでどおり店の窓口で担当者に顔の写った書類を見せて手続きを済ませることができる。"
THIRD = "同行の担当者は「なりすましを防ぎたい」と話し、県内の信用金庫にも参加を呼び掛けるという。"
FOURTH = "県の旅券の窓口でも、来年度からマイナンバーカードの電子証明書で申請者を確かめる。"


def text(body: str, *labels: Label, title: str = TITLE, kind: str = "news") -> GoldText:
    return GoldText("t-9", "2025-05-13", kind, "湖北日報", title, body, labels, "", "t")


def label(sector: Sector, evidence: str, body: str) -> Label:
    start = len(TITLE) + 1 + body.index(evidence)
    end = start + len(evidence)
    return Label(sector, Identifier.CARD, Stage.PLANNED, False, None, None, evidence, start, end)


def scanned(nlp: Language, *texts: GoldText) -> list[Example]:
    scans = scan_many(nlp, [readable(text) for text in texts])
    return [Example(text, scan) for text, scan in zip(texts, scans, strict=True)]


def cuts(nlp: Language, whole: GoldText) -> dict[str, GoldText]:
    [example] = scanned(nlp, whole)
    return {cut.id.partition("#")[2]: cut for cut in openings(whole, example.scan)}


def test_a_headline_that_names_both_carries_the_label_of_its_text(nlp: Language) -> None:
    body = FIRST + SECOND + THIRD
    cut = cuts(nlp, text(body, label(Sector.BANK, FIRST, body)))["title"]
    [told] = cut.labels
    assert (cut.title, cut.body) == (TITLE, "")
    assert (told.evidence, told.start, told.end) == (TITLE, 0, len(TITLE))
    assert (told.sector, told.stage) == (Sector.BANK, Stage.PLANNED)


def test_a_lead_keeps_the_evidence_that_stands_in_it(nlp: Language) -> None:
    body = FIRST + SECOND + THIRD
    own = label(Sector.BANK, FIRST, body)
    cut = cuts(nlp, text(body, own))["lead"]
    assert cut.body in (FIRST, FIRST + SECOND)
    assert len(cut.body) >= min(LEADS)
    assert cut.labels == (own,)


def test_the_label_of_a_sentence_further_down_is_left_behind(nlp: Language) -> None:
    body = FIRST + SECOND + THIRD + FOURTH
    whole = text(body, label(Sector.BANK, FIRST, body), label(Sector.PASSPORT, FOURTH, body))
    assert {x.sector for x in cuts(nlp, whole)["lead"].labels} == {Sector.BANK}


def test_a_short_text_is_an_opening_already(nlp: Language) -> None:
    assert not cuts(nlp, text(FIRST, label(Sector.BANK, FIRST, FIRST)))


def test_the_headline_of_a_speech_is_the_name_of_a_meeting(nlp: Language) -> None:
    assert set(cuts(nlp, text(FIRST + SECOND + THIRD, kind="diet"))) == {"lead"}


def test_nothing_is_learned_from_an_opening_that_leaves_its_evidence_behind(nlp: Language) -> None:
    vague = "口座開設とマイナンバーカードをめぐる動き"
    body = SECOND + THIRD + SECOND + FIRST
    start = len(vague) + 1 + body.index(FIRST)
    own = replace(label(Sector.BANK, FIRST, body), start=start, end=start + len(FIRST))
    whole = text(body, own, title=vague)
    [example] = scanned(nlp, whole)
    lead = next(x for x in openings(whole, example.scan) if x.id.endswith("#lead"))
    untold = replace(lead, labels=())
    [read] = scanned(nlp, untold)
    assert tells_too_much(untold, read.scan, whole)
    assert not tells_too_much(replace(untold, labels=(own,)), read.scan, whole)


def test_openings_come_last_are_marked_and_hold_a_candidate() -> None:
    body = FIRST + SECOND + THIRD
    found = scan_all(
        [text(body, label(Sector.BANK, FIRST, body)), text("雨が降った。" * 30, title="天気")]
    )
    assert [x.text.id for x in found] == ["t-9", "t-9", "t-9#title", "t-9#lead"]
    assert [x.opening for x in found] == [False, False, True, True]
    assert all(x.scan.instances for x in found if x.opening)


def test_one_text_in_twelve_is_opened_and_by_its_id_alone() -> None:
    texts = [replace(text(FIRST), id=f"q-{n:03}") for n in range(400)]
    opened = [one for one in texts if is_opened(one)]
    assert 15 < len(opened) < 60
    assert all(is_opened(replace(one, title="", body="")) for one in opened)
    [first, second] = [next(x for x in texts if is_opened(x) == wanted) for wanted in (True, False)]
    found = scan_all([replace(one, body=FIRST + SECOND + THIRD) for one in (first, second)])
    assert {x.text.id.partition("#")[0] for x in found if x.opening} == {first.id}


def test_a_sentence_parsed_before_gives_the_same_features(nlp: Language) -> None:
    body = FIRST + SECOND + THIRD
    whole = text(body, label(Sector.BANK, FIRST, body))
    for cut in (x for x in scan_all([whole]) if x.opening):
        [alone] = scanned(nlp, cut.text)
        assert cut.scan.instances == alone.scan.instances


def test_processes_scan_as_one_does(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text(FIRST + SECOND), text(SECOND + FOURTH)]
    monkeypatch.setattr(train, "CHUNK", 1)
    apart = [(x.text.body, x.scan.instances) for x in scan_all(texts) if not x.opening]
    assert apart == [(x.text.body, x.scan.instances) for x in scanned(nlp, *texts)]
