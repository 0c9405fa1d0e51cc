from classifier.gold import GoldText, Label
from classifier.measures import Answer
from classifier.worst import UNOPENED, UNPROPOSED, worst
from data.models import Finding
from data.vocabulary import Identifier, Sector, Stage

USED = "北浜銀行は口座の開設にマイナンバーカードを使い始めた。"
UNNAMED = "北浜銀行は新しい支店を開いた。"


def text(name: str, body: str, *pairs: tuple[Sector, Identifier]) -> GoldText:
    labels = tuple(
        Label(*pair, Stage.ADOPTED, False, None, None, body, 2, 2 + len(body)) for pair in pairs
    )
    return GoldText(name, "", "news", "", "題", body, labels, f"note of {name}", "a")


def told(body: str, score: float) -> Finding:
    return Finding(
        sector=Sector.BANK, identifier=Identifier.CARD, stage=Stage.ADOPTED, unlawful=False,
        evidence=body, start=2, end=2 + len(body), score=score,
    )  # fmt: skip


def test_an_error_says_what_spoke_for_it_though_the_answer_did_not():
    wrong = Answer(text("wrong", USED), (told(USED, 0.9),), ())
    missed = Answer(text("missed", USED, (Sector.BANK, Identifier.CARD)), (), (told(USED, 0.3),))
    errors = worst([missed, wrong])
    assert [(e["id"], e["error"], e["score"]) for e in errors] == [
        ("wrong", "wrong", 0.9),
        ("missed", "missed", 0.3),
    ]
    for error in errors:
        assert error["note"] == f"note of {error['id']}"
        assert len(error["why"]) > 3
        assert all(float(reason.rsplit(" ", 1)[1]) for reason in error["why"])


def test_a_label_that_no_rule_proposed_or_no_word_let_in_says_so():
    unproposed = text("unproposed", USED, (Sector.PASSPORT, Identifier.JUKI))
    unnamed = text("unnamed", UNNAMED, (Sector.BANK, Identifier.CARD))
    why = {e["id"]: e["why"] for e in worst([Answer(x, (), ()) for x in (unproposed, unnamed)])}
    assert why == {"unproposed": [UNPROPOSED], "unnamed": [UNOPENED]}


def test_right_answers_are_no_errors():
    assert (
        worst([Answer(text("x", USED, (Sector.BANK, Identifier.CARD)), (told(USED, 1),), ())]) == []
    )
