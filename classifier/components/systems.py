"""Component: whose system the sentence speaks of: sector cues and concrete systems."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from classifier.annotations import declare_extensions, text_of
from classifier.lexicon import load_lexicon

declare_extensions()


@Language.factory("scopewatch_systems", assigns=["doc._.cues"])
def make_systems(nlp: Language, name: str) -> SystemFinder:
    return SystemFinder()


class SystemFinder:
    """Writes `doc._.cues`, a tuple of lexicon Cues with character offsets."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.cues = tuple(load_lexicon().cues(text_of(doc)))
        return doc
