"""Component: who does it: the subject of the main clause, with what stands before it."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Token

from classifier.annotations import Actor, declare_extensions
from classifier.lexicon import load_lexicon

declare_extensions()
ATTACHED = frozenset({"compound", "nmod", "amod", "nummod"})


@Language.factory("scopewatch_actor", requires=["token.dep", "token.head"], assigns=["doc._.actor"])
def make_actor(nlp: Language, name: str) -> ActorFinder:
    return ActorFinder()


class ActorFinder:
    """Writes `doc._.actor`: the subject nearest to the root whose name looks like a body, if any."""

    def __call__(self, doc: Doc) -> Doc:
        subjects = [token for token in doc if token.dep_ == "nsubj"]
        ranked = sorted(subjects, key=lambda token: (_depth(token), token.i))
        actors = [self._actor(token) for token in ranked]
        doc._.actor = next((a for a in actors if a.is_body), actors[0] if actors else None)
        return doc

    def _actor(self, token: Token) -> Actor:
        first = min(
            (left.left_edge.i for left in token.lefts if left.dep_ in ATTACHED), default=token.i
        )
        span = token.doc[first : token.i + 1]
        text = span.text.strip("「」、。・ ")
        start = span.start_char + span.text.find(text)
        is_body = text.endswith(load_lexicon().body_suffix) and len(text) <= 40
        return Actor(text, start, start + len(text), is_body)


def _depth(token: Token) -> int:
    depth = 0
    while token.head.i != token.i and depth < 30:
        token = token.head
        depth += 1
    return depth
