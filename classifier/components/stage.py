"""Component: markers of stage, polarity, tense and modality, and which of them end the sentence."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from classifier.annotations import Mark, declare_extensions, text_of
from classifier.lexicon import families, load_lexicon

declare_extensions()


@Language.factory(
    "scopewatch_stage", assigns=["doc._.marks"], default_config={"final_characters": 18}
)
def make_stage(nlp: Language, name: str, final_characters: int) -> StageMarker:
    return StageMarker(final_characters)


class StageMarker:
    """Writes `doc._.marks`; a mark within `final_characters` of the end counts as the main clause's."""

    def __init__(self, final_characters: int) -> None:
        self._final_characters = final_characters

    def __call__(self, doc: Doc) -> Doc:
        whole = text_of(doc)
        text = whole.rstrip("。」』 )")
        border = len(text) - self._final_characters
        doc._.marks = tuple(
            Mark(name, start, end, start >= border)
            for name, start, end in families(load_lexicon().stages, whole)
        )
        return doc
