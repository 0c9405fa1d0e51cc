"""One look over a whole gated text: sentences, mentions and cues, before anything is parsed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from classifier.dates import tenses
from classifier.enumeration import Lists, listed
from classifier.genre import genre
from classifier.lexicon import Cue, Lexicon, Mention, load_lexicon
from classifier.normalise import Normalised, normalise
from classifier.segment import Sentence, segment
from classifier.shortened import resolved
from classifier.stand import CELLS_BACK, COLUMNS, Stand, cell_above, stand
from classifier.timeline import Timeline, timeline
from classifier.turns import Exchange, exchanges
from data.vocabulary import Identifier, Sector

SIBLINGS = {Identifier.NUMBER, Identifier.CARD}
"""A text that names one of these calls the other by a bare word (the number, the card)."""

TIED = re.compile(
    r"(?:住民票|住基)コード(?:を|から|の|や|、)?[^。]{0,24}?"
    r"(?:基に|もとに|元に|活用|[用使]い|使う|使っ|転用|変換|生成|作[っりる成]|利用|流用|加工|充て|当て|番号と)"
    r"|(?:番号|納番)[^。]{0,24}?(?:住民票|住基)コードを?[^。]{0,8}(?:[用使]い|使う|使っ|活用|転用|基|利用|充て|当て)"
)

OWN_NAME = re.compile(r"個人番号|マイナンバー")
"""The names that the number has borne since 2011: a code tied under one of them is no new use of the code."""


@dataclass(frozen=True)
class Survey:
    """A text as the rules see it: `mentions[k]` and `cues[k]` belong to `sentences[k]`."""

    verbatim: str
    normalised: Normalised
    sentences: list[Sentence]
    mentions: list[list[Mention]]
    cues: list[list[Cue]]
    publisher_cues: list[Cue]
    publisher: str
    contexts: list[frozenset[str]] = field(repr=False)

    @cached_property
    def identifiers(self) -> frozenset[Identifier]:
        """Identifiers that the text names outright."""
        return frozenset(
            m.identifier for found in self.mentions for m in found if m.strength != "weak"
        )

    @cached_property
    def named(self) -> list[frozenset[Identifier | Sector]]:
        """Identifiers and sectors that each sentence names."""
        return [
            frozenset({*(m.identifier for m in found), *(cue.sector for cue in cues)})
            for found, cues in zip(self.mentions, self.cues, strict=True)
        ]

    @cached_property
    def genre(self) -> str:
        """The form of the text (genre.py)."""
        return genre(self.sentences)

    @cached_property
    def exchanges(self) -> dict[int, Exchange]:
        """The question and answer that a sentence belongs to, where there is one."""
        return exchanges(self.sentences)

    @cached_property
    def lists(self) -> list[Lists]:
        """Per sentence the sectors that it names in one list (enumeration.py)."""
        pairs = zip(self.sentences, self.cues, strict=True)
        return [listed(sentence.text, cues) for sentence, cues in pairs]

    @cached_property
    def sector_counts(self) -> Counter[Sector]:
        """In how many sentences each sector's systems are named."""
        return Counter(
            sector
            for found in self.cues
            for sector in {cue.sector for cue in found if cue.system is not None}
        )

    @cached_property
    def context_counts(self) -> Counter[str]:
        """In how many sentences each context family shows."""
        return Counter(context for contexts in self.contexts for context in contexts)

    @cached_property
    def _naming(self) -> Counter[Identifier]:
        return Counter(i for found in self.mentions for i in {m.identifier for m in found})

    def naming(self, identifier: Identifier) -> int:
        """How many sentences name the identifier or point to it."""
        return self._naming[identifier]

    @cached_property
    def tie_to_code(self) -> str:
        """How the text makes a number of the 住民票コード (settled cases 15, 28); empty where it does not.

        `made_of_code` where it calls that number 個人番号 or マイナンバー: the code tells only how the number comes
        to be. `tied_to_code` where it has another name or none.
        """
        texts = [sentence.text for sentence in self.sentences]
        if not any(TIED.search(text) for text in texts):
            return ""
        return "made_of_code" if any(OWN_NAME.search(text) for text in texts) else "tied_to_code"

    @cached_property
    def stands(self) -> list[list[Stand]]:
        """The places of `cues`, one for one: who asks, whose records are read (stand.py)."""
        lines = [sentence.text for sentence in self.sentences]
        table = any(COLUMNS.search(line) for line in lines)
        found = [
            [stand(line, cue.start, cue.end, table=table) for cue in cues]
            for line, cues in zip(lines, self.cues, strict=True)
        ]
        for k, own in enumerate(found):
            above = cell_above(lines[max(0, k - CELLS_BACK) : k]) if table and own else None
            found[k] = [above if above and one == "plain" else one for one in own]
        return found

    @cached_property
    def acting(self) -> frozenset[Sector]:
        """Sectors that are named somewhere as more than a supplier of records or papers."""
        return frozenset(
            cue.sector
            for cues, places in zip(self.cues, self.stands, strict=True)
            for cue, place in zip(cues, places, strict=True)
            if place in ("querier", "desk", "plain")
        )

    @cached_property
    def first_mention(self) -> int:
        """The first sentence that names an identifier."""
        return next((i for i, found in enumerate(self.mentions) if found), 0)

    @cached_property
    def first_draft(self) -> int | None:
        """The first sentence that speaks of a draft or a bill."""
        return next((i for i, found in enumerate(self.contexts) if "draft" in found), None)

    @cached_property
    def beginnings(self) -> list[int]:
        """Sentences that say when something begins."""
        return [i for i, found in enumerate(self.contexts) if "begins" in found]

    @cached_property
    def _timelines(self) -> dict[date | None, Timeline]:
        return {}

    def timeline(self, published: date | None) -> Timeline:
        """The days of the whole text, set against the day of publication; found once for all candidates."""
        if published not in self._timelines:
            self._timelines[published] = timeline(self.sentences, published)
        return self._timelines[published]

    @cached_property
    def _begin_tenses(self) -> dict[date | None, Counter[str]]:
        return {}

    def begin_tenses(self, published: date | None) -> Counter[str]:
        """In how many of the `beginnings` a day of each tense stands; counted once for all candidates."""
        if published not in self._begin_tenses:
            self._begin_tenses[published] = Counter(
                tense
                for k in self.beginnings
                for tense in set(tenses(self.sentences[k].text, published))
            )
        return self._begin_tenses[published]

    def span(self, sentence: Sentence) -> tuple[int, int]:
        """Verbatim offsets of a sentence, without the white space around it."""
        start, end = self.normalised.verbatim_span(sentence.start, sentence.end)
        while end > start and self.verbatim[end - 1].isspace():
            end -= 1
        return start, end


def survey(title: str, body: str, publisher: str = "") -> Survey:
    """Read `title` + newline + `body` with the lexicon only (about 2 MB/s)."""
    lexicon = load_lexicon()
    verbatim = f"{title}\n{body}"
    normalised = normalise(verbatim)
    sentences = segment(normalised.text, len(normalise(title).text))
    mentions = [lexicon.mentions(sentence.text) for sentence in sentences]
    mentions = without_lone_portal(sentences, mentions)
    named = {m.identifier for found in mentions for m in found if m.strength != "weak"}
    pointed_at = named | (SIBLINGS if named & SIBLINGS or not named else set())
    mentions = [[m for m in found if m.identifier in pointed_at] for found in mentions]
    cues = [outside(lexicon, s.text, found) for s, found in zip(sentences, mentions, strict=True)]
    return Survey(
        verbatim=verbatim,
        normalised=normalised,
        sentences=sentences,
        mentions=mentions,
        cues=resolved([sentence.text for sentence in sentences], cues),
        publisher_cues=lexicon.cues(normalise(publisher).text),
        publisher=publisher,
        contexts=[surroundings(lexicon, sentence.text) for sentence in sentences],
    )


PORTAL = re.compile("マイナポータル|マイナアプリ|マイキー")


def without_lone_portal(
    sentences: list[Sentence], mentions: list[list[Mention]]
) -> list[list[Mention]]:
    """The mentions without the portal's where the text never speaks of a card (settled case 2)."""

    def is_portal(sentence: Sentence, mention: Mention) -> bool:
        named = PORTAL.match(sentence.text, mention.start)
        return mention.identifier is Identifier.CARD and named is not None

    cards = [
        is_portal(sentence, mention)
        for sentence, found in zip(sentences, mentions, strict=True)
        for mention in found
        if mention.identifier is Identifier.CARD
    ]
    if not all(cards):
        return mentions
    return [
        [mention for mention in found if not is_portal(sentence, mention)]
        for sentence, found in zip(sentences, mentions, strict=True)
    ]


def outside(lexicon: Lexicon, text: str, mentions: list[Mention]) -> list[Cue]:
    """Cues of `text`, without generic words inside an identifier's own name."""
    return [
        cue
        for cue in lexicon.cues(text)
        if cue.system is not None
        or not any(m.start <= cue.start and cue.end <= m.end for m in mentions)
    ]


def surroundings(lexicon: Lexicon, text: str) -> frozenset[str]:
    """Names of the context families that `text` hits."""
    return frozenset(name for name, pattern in lexicon.contexts.items() if pattern.search(text))
