"""Component: plain dependency labels; ja_ginza marks the heads of its phrases by a suffix."""

from __future__ import annotations

from spacy.attrs import DEP
from spacy.language import Language
from spacy.tokens import Doc

SUFFIX = "_bunsetu"
"""What GiNZA's parser appends to the label of a phrase's head; its bunsetu_recognizer, which we
do not load, would strip it."""


@Language.factory("scopewatch_labels", requires=["token.dep"], assigns=["token.dep"])
def make_labels(nlp: Language, name: str) -> PlainLabels:
    return PlainLabels()


class PlainLabels:
    """Rewrites `token.dep_` without the suffix, as the full ja_ginza pipeline does."""

    def __call__(self, doc: Doc) -> Doc:
        names = doc.vocab.strings
        labels = doc.to_array(DEP)
        for label in set(labels.tolist()):
            name = names[label]
            if name.endswith(SUFFIX):
                plain = name.removesuffix(SUFFIX)
                for at in (labels == label).nonzero()[0].tolist():
                    doc[at].dep_ = plain
        return doc
