"""Features of time: dates against the text's own day, milestones of a use, stage words elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from classifier.annotations import Mark
from classifier.dates import tenses
from classifier.endings import assertion
from classifier.lexicon import load_lexicon
from classifier.place import Place
from classifier.timeline import STARTS, Day

FAR = 20
"""Sentences before and behind the candidate's in which a day may still be the day of the use."""


def times(place: Place) -> Iterator[str]:
    """Dates of the sentence and of the title against the text's own date, with the way it ends."""
    sentences = place.read.sentences
    here = set(tenses(place.text, place.published))
    final = {mark.name for mark in place.doc._.marks if mark.final}
    tense = "past" if "past" in final else "open"
    for time in here:
        yield f"time:{time}"
        yield f"time:{time}+{tense}"
    yield f"time:{'+'.join(sorted(t for t in here if not t.startswith('word')))}|{tense}"
    if sentences[0].kind == "title" and place.candidate.sentence:
        yield from (f"time_title:{time}" for time in tenses(sentences[0].text, place.published))
    yield from _beside(place)
    yield from (f"milestone:{since}|{tense}" for since in _milestones(place))
    yield from (f"milestone:{since}" for since in _milestones(place))
    yield from _elsewhere(place)
    yield from _days(place)
    yield from _crossed(place)


def _beside(place: Place) -> Iterator[str]:
    """Dates of the sentences around: the day often stands a sentence before the use, or in the heading."""
    sentences, k = place.read.sentences, place.candidate.sentence
    around = place.beside
    heading = sentences[k].heading
    if heading and heading != k:
        around["heading"] = heading
    own = assertion(place.text)
    for name, other in around.items():
        for time in set(tenses(sentences[other].text, place.published)):
            yield f"time_{name}:{time}"
            yield f"time_{name}:{time}+is_{own}"


def _milestones(place: Place) -> Iterator[str]:
    """Whether the text is older or younger than the day since when such a use has run."""
    if place.published is None:
        return
    c, since = place.candidate, load_lexicon().milestones
    systems = {cue.system for cue in place.cues if cue.system}
    subjects = [s for s in (*sorted(systems), c.sector.value) if (c.identifier, s) in since]
    for subject in subjects:
        age = "older" if place.published < since[c.identifier, subject] else "younger"
        yield f"{age}:system"
    general = since.get((c.identifier, c.identifier.value))
    if general is not None and place.published < general:
        yield f"older:{c.identifier}"
    if not subjects:
        yield f"unknown:{c.identifier}"


def _elsewhere(place: Place) -> Iterator[str]:
    """What the lead says of time and stage, and the dates beside 施行 or 開始 anywhere in the text."""
    read, k = place.read, place.candidate.sentence
    lexicon = load_lexicon()
    lead = next((s for s in read.sentences if s.kind == "sentence"), None)
    if lead is not None and lead.index != k:
        ending = lead.text[-24:]
        yield from (f"stage_lead:{n}" for n, p in lexicon.stages.items() if p.search(ending))
        yield from (f"stage_lead_time:{t}" for t in tenses(lead.text, place.published))
    own = set(tenses(place.text, place.published)) if "begins" in read.contexts[k] else set()
    for time, count in read.begin_tenses(place.published).items():
        if count > (time in own) and not time.startswith("word"):
            yield f"stage_begins:{time}"
    if read.first_draft is not None and read.first_draft <= k:
        yield "stage_draft"


def _days(place: Place) -> Iterator[str]:
    """The days of the text around: of what they are, where they stand, and the nearest beginning."""
    own = assertion(place.text)
    days = _in_reach(place)
    for day in days:
        said, where = f"{day.kind}/{day.tense}", _where(place, day.sentence)
        yield f"time_day:{said}"
        yield f"time_day:{said}@{where}"
        if where in ("own", "heading", "title"):
            yield f"time_day:{said}@{where}+is_{own}"
        if day.kind == "begin":
            yield f"time_day:{said}+is_{own}"
    nearest = _nearest(days, place.candidate.sentence)
    yield f"time_nearest:{nearest}"
    yield f"time_nearest:{nearest}+is_{own}"
    if nearest.endswith("ahead") and "goes_on" not in place.doc._.contexts:
        yield "time_nearest:ahead_and_not_running"


def _in_reach(place: Place) -> list[Day]:
    """Days of the title, of the heading, and of the sentences around the candidate's."""
    k = place.candidate.sentence
    heading = place.read.sentences[k].heading
    line = place.read.timeline(place.published)
    first, behind = max(0, k - FAR), k + FAR + 1
    away = {other for other in (0, heading) if other is not None and not first <= other < behind}
    found = [day for other in sorted(away) for day in line.within(other, other + 1)]
    return [*found, *line.within(first, behind)]


def _where(place: Place, other: int) -> str:
    """Where a sentence stands, seen from the candidate's."""
    sentences, k = place.read.sentences, place.candidate.sentence
    if other == k:
        return "own"
    if sentences[other].kind == "title":
        return "title"
    if other == sentences[k].heading:
        return "heading"
    if abs(other - k) == 1:
        return "next" if other > k else "before"
    return "later" if other > k else "earlier"


def _nearest(days: Sequence[Day], k: int) -> str:
    """The tense of the beginning that stands nearest to sentence `k`; behind it before in front of it."""
    starts = [day for day in days if day.kind in STARTS]
    if not starts:
        return "none"
    return min(starts, key=lambda day: (abs(day.sentence - k), day.sentence < k)).tense


def _crossed(place: Place) -> Iterator[str]:
    """What outweighs the sentence's own words: another's end, a use that runs on, what is still to come."""
    sentences, k = place.read.sentences, place.candidate.sentence
    own = assertion(place.text)
    ends = [mark for mark in place.doc._.marks if mark.name.startswith("halted.")]
    if ends:
        others = [mark for mark in place.doc._.marks if mark.name == "other_end"]
        yield f"stage_end:{'of_other' if all(_touched(end, others) for end in ends) else 'of_use'}"
    around = {"own": k, **place.beside}
    heading = sentences[k].heading
    if heading is not None and heading != k:
        around["heading"] = heading
    if sentences[0].kind == "title" and k:
        around["title"] = 0
    for where, other in around.items():
        contexts = place.read.contexts[other]
        if "goes_on" in contexts:
            yield f"stage_goes_on:{where}+is_{own}"
            if ends:
                yield f"stage_goes_on:{where}+halted"
        if "to_come" in contexts and where in ("heading", "title"):
            yield f"stage_to_come:{where}"
            yield f"stage_to_come:{where}+is_{own}"
    counts = place.read.context_counts
    force = "/".join(name for name in ("in_force", "unenforced") if counts[name])
    if force:
        yield f"stage_force:{force}"
        yield f"stage_force:{force}+is_{own}"


def _touched(end: Mark, others: Sequence[Mark]) -> bool:
    """Whether a word of an end stands in what tells of the end of something else."""
    return any(other.start < end.end and end.start < other.end for other in others)
