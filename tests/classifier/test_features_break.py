"""What was named before the subject changed."""

from datetime import date

import pytest
from spacy.language import Language

from classifier.read import Readable
from tests.classifier.named import names_of_pair


def breaks(nlp: Language, body: str) -> set[str]:
    """The changes of subject before the sentence that names the hospital."""
    found = names_of_pair(nlp, Readable("定例会", body, "", date(2024, 5, 1)), "health", "card")
    return {name for name in found if name.startswith("break:identifier/")}


@pytest.mark.parametrize(
    ("beginning", "change"),
    [
        ("次に、", "turns"),
        ("○病院長　", "turns"),
        ("三点目は、", "turns"),
        ("また、", "adds"),
        ("", "none"),
    ],
)
def test_a_change_of_subject_is_noticed(nlp: Language, beginning: str, change: str):
    body = f"マイナンバーカードの更新が増えております。{beginning}病院に新しい受付機を入れます。"
    assert f"break:identifier/{change}" in breaks(nlp, body)


def test_what_the_sentence_names_itself_needs_no_bridge(nlp: Language):
    body = "予算の説明をいたします。次に、病院の受付でマイナンバーカードを使います。"
    assert not breaks(nlp, body)
