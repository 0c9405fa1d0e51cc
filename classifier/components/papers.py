"""Component: is the card one of several papers (a list), or the only one named."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from classifier.annotations import declare_extensions, text_of
from classifier.lexicon import load_lexicon

declare_extensions()


@Language.factory("scopewatch_papers", assigns=["doc._.papers"])
def make_papers(nlp: Language, name: str) -> PaperList:
    return PaperList()


class PaperList:
    """Writes `doc._.papers`, how many joints of a list of papers the sentence holds."""

    def __call__(self, doc: Doc) -> Doc:
        pattern = load_lexicon().contexts["papers"]
        doc._.papers = sum(1 for _ in pattern.finditer(text_of(doc)))
        return doc
