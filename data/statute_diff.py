"""Compare two states of a law: which rows and sentences came, went, changed or only moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from data.statute_matching import CITATION, pair_rows
from data.statute_numerals import branch_number
from data.statute_watch import watched_sentences
from data.statutes import LawRevision, LawSentence, LawText, TableRow, folded

SAME_SENTENCE = 60.0
"""From this similarity on (rapidfuzz ratio, 0 to 100) two sentences are versions of one."""
SAME_PLACE_SENTENCE = 40.0
"""The same for two sentences in the same place of the same item."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row before and after."""

    before: TableRow
    after: TableRow

    @property
    def citation_only(self) -> bool:
        """True when nothing changed but law numbers, which wander to the first row naming the law."""
        return CITATION.sub("", self.before.text) == CITATION.sub("", self.after.text)

    @property
    def lines_added(self) -> int:
        return _more(self.after.lines, self.before.lines)

    @property
    def lines_removed(self) -> int:
        return _more(self.before.lines, self.after.lines)

    @property
    def statutes_added(self) -> tuple[str, ...]:
        return tuple(name for name in self.after.statutes if name not in self.before.statutes)


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """One watched sentence before and after; None where it did not exist."""

    before: LawSentence | None
    after: LawSentence | None

    @property
    def sentence(self) -> LawSentence:
        """The sentence as it is now; where it is gone, as it was."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of no sentence")
        return found

    @property
    def place(self) -> tuple[str, str, str]:
        return self.sentence.place


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuteDiff:
    """What separates two states of a law.

    A row whose wording and number changed is in `amended` and in `renumbered`: the first list
    answers what was reworded, the second what has a new number. `moved` rows changed their table.
    """

    old: LawRevision
    new: LawRevision
    added: tuple[TableRow, ...] = ()
    removed: tuple[TableRow, ...] = ()
    amended: tuple[RowChange, ...] = ()
    renumbered: tuple[RowChange, ...] = ()
    moved: tuple[RowChange, ...] = ()
    changed_sentences: tuple[SentenceChange, ...] = ()
    moved_sentences: tuple[SentenceChange, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing that is followed changed: such a revision is no news."""
        return not (
            self.added
            or self.removed
            or self.amended
            or self.renumbered
            or self.moved
            or self.changed_sentences
            or self.moved_sentences
        )


def diff_states(old: LawText, new: LawText) -> StatuteDiff:
    """All differences between two states; `diff_states(b, a)` mirrors `diff_states(a, b)`."""
    pairing = pair_rows(old.rows, new.rows)
    changes = [RowChange(before, after) for before, after in pairing.pairs]
    before, after = watched_sentences(new.revision.law_id, old.sentences, new.sentences)
    sentences = _sentence_changes(before, after)
    return StatuteDiff(
        old=old.revision,
        new=new.revision,
        added=pairing.come,
        removed=pairing.gone,
        amended=tuple(c for c in changes if c.before.text != c.after.text),
        renumbered=tuple(
            c for c in changes if branch_number(c.before.number) != branch_number(c.after.number)
        ),
        moved=tuple(c for c in changes if c.before.table != c.after.table),
        changed_sentences=tuple(
            c
            for c in sentences
            if not (c.before and c.after) or _wording(c.before) != _wording(c.after)
        ),
        moved_sentences=tuple(
            c for c in sentences if c.before and c.after and _wording(c.before) == _wording(c.after)
        ),
    )


def _more(these: Sequence[tuple[str, ...]], those: Sequence[tuple[str, ...]]) -> int:
    """How many printed lines of `these` are not in `those`."""
    left = [folded("\t".join(line)) for line in those]
    extra = 0
    for line in these:
        text = folded("\t".join(line))
        if text in left:
            left.remove(text)
        else:
            extra += 1
    return extra


def _wording(sentence: LawSentence) -> str:
    return folded(sentence.text)


def _sentence_changes(
    old: Iterable[LawSentence], new: Iterable[LawSentence]
) -> list[SentenceChange]:
    """Changes article by article, in the order of the new text; identical sentences in place are left out.

    The placeholder 削除, which keeps an item's number, is no sentence.
    """
    articles: dict[str, tuple[list[LawSentence], list[LawSentence]]] = {}
    for side, sentences in enumerate((old, new)):
        for sentence in sentences:
            if _wording(sentence) == "削除":
                continue
            articles.setdefault(sentence.article, ([], []))[side].append(sentence)
    changes: list[SentenceChange] = []
    for before, after in articles.values():
        changes += _article_changes(before, after)
    return changes


def _article_changes(before: list[LawSentence], after: list[LawSentence]) -> list[SentenceChange]:
    left, right = dict(enumerate(before)), dict(enumerate(after))
    found: list[SentenceChange] = []

    def take(i: int, j: int) -> None:
        a, b = left.pop(i), right.pop(j)
        if a.place != b.place or _wording(a) != _wording(b):
            found.append(SentenceChange(a, b))

    for same_place in (True, False):
        for i, j in _identical(left, right, same_place=same_place):
            take(i, j)
    scored = sorted(
        (
            (-score, i + j, i, j)
            for i, a in left.items()
            for j, b in right.items()
            if (score := fuzz.ratio(_wording(a), _wording(b)))
            >= (SAME_PLACE_SENTENCE if a.place == b.place else SAME_SENTENCE)
        ),
    )
    for _, _, i, j in scored:
        if i in left and j in right:
            take(i, j)
    found += [SentenceChange(sentence, None) for sentence in left.values()]
    found += [SentenceChange(None, sentence) for sentence in right.values()]
    return found


def _identical(
    left: dict[int, LawSentence], right: dict[int, LawSentence], *, same_place: bool
) -> list[tuple[int, int]]:
    waiting: dict[object, list[int]] = {}
    for i, sentence in left.items():
        key = (_wording(sentence), sentence.place if same_place else None)
        waiting.setdefault(key, []).append(i)
    couples = []
    for j, sentence in right.items():
        queue = waiting.get((_wording(sentence), sentence.place if same_place else None))
        if queue:
            couples.append((queue.pop(0), j))
    return couples
