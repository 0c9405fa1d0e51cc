"""A candidate with its parsed sentence: the place where features are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from spacy.tokens import Doc

from classifier.annotations import text_of
from classifier.candidates import Candidate
from classifier.focus import Focus, focus
from classifier.lexicon import Cue, Mention
from classifier.survey import Survey


@dataclass(frozen=True)
class Place:
    """A candidate, its sentence as parsed, and the text around it."""

    read: Survey
    candidate: Candidate
    doc: Doc
    published: date | None = None

    @cached_property
    def focus(self) -> Focus:
        """The part of the sentence that speaks of the candidate."""
        return focus(self.read, self.candidate)

    @property
    def beside(self) -> dict[str, int]:
        """The sentences `before` and `after` the candidate's, where there are any; never the first one."""
        k, count = self.candidate.sentence, len(self.read.sentences)
        around = {"before": k - 1, "after": k + 1}
        return {name: other for name, other in around.items() if 0 < other < count}

    @property
    def text(self) -> str:
        """The sentence, in the characters that the parse counts."""
        return text_of(self.doc)

    @property
    def cues(self) -> list[Cue]:
        """Words of the sentence that point to the candidate's sector."""
        found = self.read.cues[self.candidate.sentence]
        return [cue for cue in found if cue.sector == self.candidate.sector]

    @property
    def mentions(self) -> list[Mention]:
        """Places of the sentence that name the candidate's identifier."""
        found = self.read.mentions[self.candidate.sentence]
        return [m for m in found if m.identifier == self.candidate.identifier]
