"""Component: which identifiers the sentence names (number, card, juki), look-alikes left out."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from classifier.annotations import declare_extensions, text_of
from classifier.lexicon import load_lexicon

declare_extensions()


@Language.factory("scopewatch_identifiers", assigns=["doc._.identifiers"])
def make_identifiers(nlp: Language, name: str) -> IdentifierFinder:
    return IdentifierFinder()


class IdentifierFinder:
    """Writes `doc._.identifiers`, a tuple of lexicon Mentions with character offsets."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.identifiers = tuple(load_lexicon().mentions(text_of(doc)))
        return doc
