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
        for at, label in enumerate(doc.to_array(DEP).tolist()):
            name = doc.vocab.strings[label]
            if name.endswith(SUFFIX):
                doc[at].dep_ = name.removesuffix(SUFFIX)
        return doc
