"""The model disposes: which pairs are findings, how far they have gone, who acts, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from classifier.asking import merely_asked, only_asked
from classifier.assess import Instance, Pair, gather, gist_names, pooled
from classifier.blend import LOUDEST, pair_values, sentence_scores, stage_values
from classifier.evidence import evidence_of
from classifier.fired import spoke
from classifier.lexicon import load_lexicon
from classifier.model import STAGES, Model, probability
from classifier.ops import Floats
from classifier.read import Scan
from classifier.refusal import refuses_number_only
from classifier.survey import Survey
from classifier.wording import wording
from data.models import Finding
from data.vocabulary import Identifier, Sector, Stage

REASONS = 8
NETWORKS = "network:sentence"
"""What the networks say is told as one reason beside the features that were named."""
NOTHING = 0.005
"""A reason that weighs less is none."""
LEAST = 0.05
"""Pairs below this probability are not even `also_seen`; those that a rule sets aside have it at most."""


def judge(
    scan: Scan, heard: Floats, model: Model, *, told: bool = True
) -> tuple[list[Finding], list[Finding]]:
    """(findings, also_seen) of a text, in the order of their evidence; `heard` is what networks.py hears in it.

    Without `told` no finding says why it was made, and by which rules: training reads every labelled text and asks neither.
    """
    read = scan.read
    pairs = _pairs(scan, heard, model)
    gist = gist_names(read, pairs)
    text_score = float(model.text.scores(gist)[0])
    aside = {i for i in Identifier if headline_only(read, i) or register_law(read, i)}
    found = []
    for pair in pairs:
        worded = sorted(wording(read, pair.instances[0].candidate))
        wording_score = float(model.wording.scores(worded)[0])
        values = pair_values(read, pair, pairs, text_score, wording_score)
        score = probability(float(model.pair.weigh(values)[0]))
        set_aside = pair.identifier in aside or merely_asked(read, pair)
        score = min(score, LEAST) if set_aside else score
        if score >= LEAST:
            found.append(_finding(scan, pair, score, worded, model, told=told))
    found.sort(key=lambda f: (f.start, f.sector, f.identifier))
    kept = [f for f in found if f.score >= model.threshold]
    return kept, [f for f in found if f.score < model.threshold]


def _finding(
    scan: Scan, pair: Pair, score: float, worded: Sequence[str], model: Model, *, told: bool
) -> Finding:
    read = scan.read
    best = pair.instances[0]
    unlawful = np.array([model.unlawful.scores(instance.names) for instance in pair.instances])
    stage = stage_of(read, pair, worded, model)
    start, end = evidence_of(read, pair, stage)
    headline = conflated(read, pair.identifier)
    return Finding(
        sector=pair.sector,
        identifier=pair.identifier,
        stage=stage,
        unlawful=probability(float(pooled(pair, unlawful)[0])) >= 0.5,
        evidence=read.verbatim[start:end],
        start=start,
        end=end,
        score=round(score, 4),
        domain=domain_of(read, best) if pair.sector == Sector.OTHER else None,
        system=system_of(read, best),
        actor=scan.actors[best.candidate.sentence],
        conflated_headline=headline,
        why=_reasons(best, float(pair.heard[0, 0]), model) if told else (),
        rules=spoke(read, best, conflated=headline) if told else (),
    )


def why(
    scan: Scan, heard: Floats, model: Model, sector: Sector, identifier: Identifier
) -> tuple[str, ...]:
    """What spoke for and against a pair, whatever its score; nothing where no rule proposed it."""
    for pair in _pairs(scan, heard, model):
        if (pair.sector, pair.identifier) == (sector, identifier):
            return _reasons(pair.instances[0], float(pair.heard[0, 0]), model)
    return ()


def _pairs(scan: Scan, heard: Floats, model: Model) -> list[Pair]:
    named = np.array([model.detect.scores(instance.names)[0] for instance in scan.instances])
    scores = sentence_scores(model.sentence, named, heard[:, 0])
    return gather(scan.instances, scores, heard)


def _reasons(best: Instance, heard: float, model: Model) -> tuple[str, ...]:
    """The features that weighed most, and the networks, each with its share in the sentence's logit."""
    weight = {
        name: float(model.sentence.weights[at, 0]) for name, at in model.sentence.index.items()
    }
    said = [
        (name, share * weight["named"])
        for name, share in model.detect.reasons(best.names, 0, REASONS - 1)
    ]
    said.append((NETWORKS, min(max(heard, -LOUDEST), LOUDEST) * weight["heard"]))
    said.sort(key=lambda reason: -abs(reason[1]))
    return tuple(f"{name} {share:+.2f}" for name, share in said if abs(share) >= NOTHING)


def stage_of(read: Survey, pair: Pair, worded: Sequence[str], model: Model) -> Stage:
    """How far the use has gone, by all sentences of the pair and by the wording of the best one."""
    rows = np.array([model.stage.scores(instance.names) for instance in pair.instances])
    values = stage_values(read, pair, rows, model.worded_stage.scores(worded))
    logits = model.pair_stage.weigh(values)
    if not values["against"] or only_asked(read, pair) or refuses_number_only(read, pair):
        logits[STAGES.index(Stage.DENIED)] = -np.inf
    return Stage(STAGES[int(logits.argmax())])


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


REGISTER_LAW = re.compile(r"住民基本台帳法(?:施行令|施行規則)?(?:\s*(?:別表|第|抄|[(])|\s*$)")
"""The titles of that law and its orders; not of a law that amends it."""


def register_law(read: Survey, identifier: Identifier) -> bool:
    """True for the number in the 住民基本台帳法, whose tables say who is given 本人確認情報 (juki).

    個人番号 stands there in the names of other laws, and as one of the facts that are confirmed.
    """
    return (
        identifier == Identifier.NUMBER
        and read.genre == "statute"
        and REGISTER_LAW.match(read.sentences[0].text) is not None
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
