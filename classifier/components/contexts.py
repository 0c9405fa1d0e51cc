"""Component: crime, leaks, foreign numbers, critics and the other surroundings of a mention."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from classifier.annotations import declare_extensions, text_of
from classifier.lexicon import load_lexicon

declare_extensions()


@Language.factory("scopewatch_contexts", assigns=["doc._.contexts"])
def make_contexts(nlp: Language, name: str) -> ContextFinder:
    return ContextFinder()


class ContextFinder:
    """Writes `doc._.contexts`, the names of the context families that the sentence hits."""

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        patterns = load_lexicon().contexts
        doc._.contexts = tuple(name for name, pattern in patterns.items() if pattern.search(text))
        return doc
