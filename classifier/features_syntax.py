"""Features of the parse around identifier and sector: case, governing predicate, polarity, path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc, Token

from classifier.components.predicates import clause_head
from classifier.lexicon import Cue, Mention
from classifier.place import Place


def syntax(place: Place) -> Iterator[str]:
    """The parse around identifier and sector: case, governing predicate, its polarity, the path."""
    doc = place.doc
    identifier = _roots(doc, place.mentions)
    sector = _roots(doc, place.cues)
    for token in identifier[:3]:
        yield from _role(token, "id")
    for token in sector[:3]:
        yield from _role(token, "sector")
    for token in [*identifier[:2], *sector[:2]]:
        yield from _tail(clause_head(token), "tail")
    for token in (identifier or sector)[:2]:
        yield from _chain(token)
    for token in identifier[:2]:
        for other in sector[:3]:
            yield from _link(token, other)
    for root in (token for token in doc if token.head.i == token.i):
        yield f"root:{root.norm_}"
        yield from _tail(root, "root_tail")
        yield from (f"root+:{child.norm_}" for child in root.rights if child.dep_ != "punct")


def _roots(doc: Doc, mentions: Iterable[Mention | Cue]) -> list[Token]:
    spans = (doc.char_span(m.start, m.end, alignment_mode="expand") for m in mentions)
    return list(dict.fromkeys(span.root for span in spans if span is not None))


def _role(token: Token, name: str) -> Iterator[str]:
    case = "".join(child.text for child in token.rights if child.dep_ == "case")
    yield f"{name}_case:{case}"
    yield f"{name}_dep:{token.dep_}"
    governor = token.head
    yield f"{name}_head:{governor.norm_}"
    yield f"{name}_case_head:{case}+{governor.norm_}"
    clause = clause_head(token)
    yield f"{name}_clause:{clause.norm_}"
    yield f"{name}_clause_dep:{'root' if clause.head.i == clause.i else clause.dep_}"
    yield from (
        f"{name}_clause_aux:{child.norm_}"
        for child in clause.rights
        if child.dep_ in ("aux", "mark")
    )
    if clause.dep_ in ("acl", "advcl"):
        yield f"{name}_outer:{clause.head.norm_}"


NEGATIONS = frozenset({"ない", "無い", "ず", "ぬ", "ん"})
PREDICATIVE = ("動詞", "形容詞", "名詞-普通名詞-サ変", "形状詞")


def _chain(token: Token) -> Iterator[str]:
    """The predicates above the identifier, each with its polarity: use < thing < not-consider."""
    climbed = token
    level = negated = 0
    path = []
    while climbed.head.i != climbed.i and level < 4:
        climbed = climbed.head
        if not climbed.tag_.startswith(PREDICATIVE):
            continue
        minus = any(
            c.norm_ in NEGATIONS for c in climbed.rights if c.dep_ in ("aux", "fixed", "advmod")
        )
        minus = minus or climbed.norm_ in NEGATIONS
        name = f"{climbed.norm_}{'-' if minus else ''}"
        yield f"up:{name}"
        yield f"up{level}:{name}"
        path.append(name)
        negated += minus
        level += 1
    yield f"up_negations:{negated}"
    if len(path) > 1:
        yield f"up_path:{'<'.join(path[:2])}"
        yield f"up_path:{path[0]}<..<{path[-1]}"


def _tail(governor: Token, name: str) -> Iterator[str]:
    """How a clause ends after its predicate: the chain of auxiliaries and particles."""
    chain: list[str] = []
    for token in governor.doc[governor.i + 1 : governor.i + 9]:
        if token.tag_.startswith(("補助記号", "名詞", "代名詞")) and not chain:
            break
        if token.tag_.startswith("補助記号"):
            break
        chain.append(token.norm_)
    for size in range(1, len(chain) + 1):
        yield f"{name}:{'_'.join(chain[:size])}"
    yield f"{name}_of:{governor.norm_}+{'_'.join(chain[:3])}"
    yield f"{name}_place:{'main' if governor.head.i == governor.i else governor.dep_}"


def _link(token: Token, other: Token) -> Iterator[str]:
    if token.i == other.i:
        yield "link:same_token"
        return
    gap = abs(token.i - other.i)
    yield f"link:gap{min(gap // 4, 6)}"
    yield f"link:{'identifier_first' if token.i < other.i else 'sector_first'}"
    if clause_head(token).i == clause_head(other).i:
        yield "link:same_clause"
    if other.is_ancestor(token):
        yield "link:sector_governs"
    if token.is_ancestor(other):
        yield "link:identifier_governs"
