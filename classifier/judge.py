"""The model disposes: which pairs are findings, how far they have gone, who acts, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifier.assess import Instance, Pair, gather, gist_names, pooled
from classifier.blend import pair_values, stage_values
from classifier.fired import spoke
from classifier.lexicon import load_lexicon
from classifier.model import STAGES, Model, probability
from classifier.read import Scan
from classifier.survey import Survey
from classifier.wording import wording
from data.models import Finding
from data.vocabulary import Identifier, Sector, Stage

REASONS = 8
NEARLY = 3.0
"""Logit by which a second sentence may stay behind and still belong to the evidence."""
REACH = 3
"""How many sentences apart the two may stand: act and use are often told with one or two between them."""
LONGEST_RUN = 300
"""Characters of a run of sentences at most. Out of fold these three find 924 of 1,000 labelled evidences in
81 characters on average; with a reach of 2 it is 916 in 77, of 5 930 in 84, which is much to read."""
TITLE_LEAD = 1.0
"""Logit by which a headline must lead the best sentence of the body to be the evidence: annotators quote
the sentence that tells it whole. Half a point of evidence out of fold, and two on dev."""
LEAST = 0.05
"""Pairs below this probability are not even `also_seen`."""


def judge(scan: Scan, model: Model) -> tuple[list[Finding], list[Finding]]:
    """(findings, also_seen) of a text, in the order of their evidence."""
    read = scan.read
    scores = [float(model.detect.scores(instance.names)[0]) for instance in scan.instances]
    pairs = gather(scan.instances, scores)
    gist = gist_names(read, scan.instances, scores)
    text_score = float(model.text.scores(gist)[0])
    found = []
    for pair in pairs:
        if headline_only(read, pair.identifier):
            continue
        worded = wording(read, pair.instances[0].candidate)
        values = pair_values(pair, pairs, text_score, float(model.wording.scores(worded)[0]))
        score = probability(float(model.pair.weigh(values)[0]))
        if score >= LEAST:
            found.append(_finding(scan, pair, score, worded, model))
    found.sort(key=lambda f: (f.start, f.sector, f.identifier))
    kept = [f for f in found if f.score >= model.threshold]
    return kept, [f for f in found if f.score < model.threshold]


def _finding(scan: Scan, pair: Pair, score: float, worded: Sequence[str], model: Model) -> Finding:
    read = scan.read
    best = pair.instances[0]
    unlawful = np.array([model.unlawful.scores(instance.names) for instance in pair.instances])
    start, end = evidence_of(read, pair)
    headline = conflated(read, pair.identifier)
    return Finding(
        sector=pair.sector,
        identifier=pair.identifier,
        stage=stage_of(read, pair, worded, model),
        unlawful=probability(float(pooled(pair, unlawful)[0])) >= 0.5,
        evidence=read.verbatim[start:end],
        start=start,
        end=end,
        score=round(score, 4),
        domain=domain_of(read, best) if pair.sector == Sector.OTHER else None,
        system=system_of(read, best),
        actor=scan.actors[best.candidate.sentence],
        conflated_headline=headline,
        why=_reasons(best, model),
        rules=spoke(read, best, conflated=headline),
    )


def why(scan: Scan, model: Model, sector: Sector, identifier: Identifier) -> tuple[str, ...]:
    """The features that spoke for and against a pair, whatever its score; none where no rule proposed it."""
    own = [
        instance
        for instance in scan.instances
        if (instance.candidate.sector, instance.candidate.identifier) == (sector, identifier)
    ]
    if not own:
        return ()
    return _reasons(max(own, key=lambda x: float(model.detect.scores(x.names)[0])), model)


def _reasons(best: Instance, model: Model) -> tuple[str, ...]:
    heard = model.detect.reasons(best.names, 0, REASONS)
    return tuple(f"{name} {weight:+.2f}" for name, weight in heard)


def stage_of(read: Survey, pair: Pair, worded: Sequence[str], model: Model) -> Stage:
    """How far the use has gone, by all sentences of the pair and by the wording of the best one."""
    rows = np.array([model.stage.scores(instance.names) for instance in pair.instances])
    values = stage_values(read, pair, rows, model.worded_stage.scores(worded))
    logits = model.pair_stage.weigh(values)
    if not values["against"]:
        logits[STAGES.index(Stage.DENIED)] = -np.inf
    return Stage(STAGES[int(logits.argmax())])


def evidence_of(read: Survey, pair: Pair) -> tuple[int, int]:
    """Verbatim offsets of the sentence that carries the pair.

    When another sentence close by carries it about as well, the run of both is the evidence; where a
    headline carries it hardly better than a sentence below, that sentence is.
    """
    best = pair.instances[0]
    home = read.sentences[best.candidate.sentence]
    if home.kind == "title" and len(pair.scores) > 1:
        second = pair.instances[1]
        if pair.scores[0] - pair.scores[1] < TITLE_LEAD:
            return second.start, second.end
        return best.start, best.end
    for instance, score in zip(pair.instances[1:], pair.scores[1:], strict=True):
        if pair.scores[0] - score >= NEARLY:
            break
        other = read.sentences[instance.candidate.sentence]
        start, end = min(best.start, instance.start), max(best.end, instance.end)
        beside = abs(other.index - home.index) <= REACH and end - start <= LONGEST_RUN
        if beside and "title" not in (other.kind, home.kind) and other.speaker == home.speaker:
            return start, end
    return best.start, best.end


def system_of(read: Survey, instance: Instance) -> str | None:
    """The system that the evidence names for the sector, else the nearest carried one."""
    return next((s for s in _systems(read, instance)), None)


def domain_of(read: Survey, instance: Instance) -> str:
    """The domains of sector `other` that the evidence names, joined with ";" (settled case 40)."""
    systems = load_lexicon().systems
    domains = dict.fromkeys(systems[s].domain or "general" for s in _systems(read, instance))
    return ";".join(list(domains)[:3]) or "general"


def _systems(read: Survey, instance: Instance) -> list[str]:
    sector, k = instance.candidate.sector, instance.candidate.sentence
    heading = read.sentences[k].heading
    for other in (k, heading, k - 1, 0):
        if other is None or other < 0:
            continue
        named = [c.system for c in read.cues[other] if c.sector == sector and c.system]
        if named:
            longest = sorted(dict.fromkeys(named), key=lambda s: -_length(read, other, s))
            return [str(s) for s in longest]
    return []


def _length(read: Survey, k: int, system: str) -> int:
    return sum(c.end - c.start for c in read.cues[k] if c.system == system)


def headline_only(read: Survey, identifier: Identifier) -> bool:
    """True for the number where only a confused headline says it: below, all is about the card."""
    below = (m.identifier for found in read.mentions[1:] for m in found)
    return (
        identifier == Identifier.NUMBER
        and conflated(read, Identifier.CARD)
        and Identifier.NUMBER not in below
    )


def conflated(read: Survey, identifier: Identifier) -> bool:
    """True when the headline says the number while the text does something with the card only."""
    if identifier != Identifier.CARD or not read.sentences or read.sentences[0].kind != "title":
        return False
    title = {m.identifier for m in read.mentions[0] if m.strength == "strong"}
    body = {m.identifier for found in read.mentions[1:] for m in found if m.strength == "strong"}
    return (
        Identifier.NUMBER in title
        and Identifier.CARD not in title
        and not load_lexicon().headline_card.search(read.sentences[0].text)
        and Identifier.CARD in body
    )
