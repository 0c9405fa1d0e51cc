"""Component: what is quoted, and by whom the parse says it is reported."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc, Token

from classifier.annotations import Quotation, declare_extensions, text_of
from classifier.lexicon import load_lexicon

declare_extensions()
PREDICATIVE = ("動詞", "名詞-普通名詞-サ変可能")
QUOTED = re.compile(r"[「『]([^「」『』]{2,300})[」』]")


@Language.factory(
    "scopewatch_quotation",
    requires=["token.dep", "token.head"],
    assigns=["doc._.quotations"],
)
def make_quotation(nlp: Language, name: str) -> QuotationScope:
    return QuotationScope()


class QuotationScope:
    """Writes `doc._.quotations`: bracketed speech and clauses reported by a verb of saying."""

    def __call__(self, doc: Doc) -> Doc:
        reporter = self._reporter(doc)
        scopes = [
            Quotation(m.start(), m.end(), reporter or self._before(doc, m.start()))
            for m in QUOTED.finditer(text_of(doc))
        ]
        doc._.quotations = tuple(scopes)
        return doc

    def _before(self, doc: Doc, start: int) -> str | None:
        """The first subject left of the quotation: the parser often hangs it on the quoted verb."""
        subjects = (t.text for t in doc if t.dep_ == "nsubj" and t.idx < start)
        return next(subjects, None)

    def _reporter(self, doc: Doc) -> str | None:
        reporting = load_lexicon().reporting
        for token in reversed(doc):
            if token.tag_.startswith(PREDICATIVE) and reporting.match(token.text):
                subject = subject_of(token)
                if subject is not None:
                    return subject.text
        return None


def subject_of(predicate: Token) -> Token | None:
    """The nominal subject of `predicate`, or None."""
    return next((child for child in predicate.children if child.dep_ == "nsubj"), None)
