"""Component: what is done with the identifier, and whether that clause is negated or conditional."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc, Token

from classifier.annotations import Predicate, declare_extensions, text_of
from classifier.lexicon import families, load_lexicon

declare_extensions()


@Language.factory(
    "scopewatch_predicates",
    requires=["token.dep", "token.head"],
    assigns=["doc._.predicates"],
    default_config={"negations": [], "conditions": []},
)
def make_predicates(
    nlp: Language, name: str, negations: list[str], conditions: list[str]
) -> PredicateFinder:
    return PredicateFinder(negations, conditions)


class PredicateFinder:
    """Writes `doc._.predicates`: lexicon families, anchored to the token that governs the clause."""

    def __init__(self, negations: Sequence[str], conditions: Sequence[str]) -> None:
        self._negations = frozenset(negations)
        self._conditions = frozenset(conditions)

    def __call__(self, doc: Doc) -> Doc:
        found = []
        for family, start, end in families(load_lexicon().predicates, text_of(doc)):
            span = doc.char_span(start, end, alignment_mode="expand")
            if span is None:
                continue
            governor = clause_head(span.root)
            found.append(
                Predicate(
                    family=family,
                    start=start,
                    end=end,
                    token=span.root.i,
                    negated=self._in_clause(governor, self._negations),
                    main=governor.head.i == governor.i,
                    conditional=self._in_clause(governor, self._conditions),
                )
            )
        doc._.predicates = tuple(found)
        return doc

    def _in_clause(self, governor: Token, words: frozenset[str]) -> bool:
        return any(
            child.norm_ in words
            for child in governor.children
            if child.i > governor.i and child.dep_ in ("aux", "mark", "fixed", "advmod", "cop")
        ) or any(
            grand.norm_ in words
            for child in governor.children
            if child.i > governor.i and child.dep_ in ("mark", "aux")
            for grand in child.children
        )


def clause_head(token: Token) -> Token:
    """The predicate of the clause that `token` stands in: climb over nominal links."""
    climbed = token
    while climbed.dep_ in (
        "compound",
        "nmod",
        "obj",
        "obl",
        "nsubj",
        "iobj",
        "case",
        "fixed",
        "mark",
        "aux",
        "det",
    ):
        if climbed.head.i == climbed.i:
            break
        climbed = climbed.head
    return climbed
