"""Which rules of the inventory fired: in a whole text, and in the sentence that a finding was told by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from classifier.assess import Instance
from classifier.lexicon import IdentifierEntry, Mention, load_lexicon, look_alikes, read_words
from classifier.read import Scan
from classifier.rules import feature_family
from classifier.survey import Survey
from data.gate import PHRASES
from data.models import Finding
from data.reasons import feature_groups

HERE = {"use": "use", "mark": "stage", "final": "stage", "here": "context", "system": "system",
        "floor": "role", "genre": "genre"}  # fmt: skip
"""Families of features of the sentence itself, with the kind of rule that they name."""
AROUND = ("title", "before", "after", "heading")
"""Families of the sentences around: they name a predicate (`use.query`) or a stage."""
ELSEWHERE = {
    **dict.fromkeys(("far", "clause_final", "stage_lead"), "stage"),
    **dict.fromkeys(("far_in", "title_in", "before_in", "after_in", "heading_in"), "context"),
    **dict.fromkeys(("text", "text_much"), "context"),
}
CASES = {"actor:body": "case:body_acts", "quotation:reported": "case:reported_speech"}


def fired(scan: Scan, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Ids of the rules that fired anywhere in a text that passed the gate, whatever came of it."""
    read = scan.read
    found = {f"gate:{phrase}" for phrase in PHRASES if phrase in read.verbatim}
    names = set[str]().union(*(instance.names for instance in scan.instances))
    for feature in names:
        found.update(_anywhere(feature))
    for instance in scan.instances:
        found.update(_milestones(read, instance))
    for sentence, mentions in zip(read.sentences, read.mentions, strict=True):
        found.update(_word(sentence.text, mention) for mention in mentions)
    found.update(_lookalikes(read.normalised.text))
    if any(finding.conflated_headline for finding in findings):
        found.add("case:conflated_headline")
    return tuple(sorted(found))


def spoke(read: Survey, best: Instance, *, conflated: bool) -> tuple[str, ...]:
    """Ids of the rules that a finding's best sentence was proposed and told by."""
    found = {rule for feature in best.names for rule in _here(feature)}
    found.update(_milestones(read, best))
    k = best.candidate.sentence
    found.update(
        _word(read.sentences[k].text, mention)
        for mention in read.mentions[k]
        if mention.identifier == best.candidate.identifier
    )
    if conflated:
        found.add("case:conflated_headline")
    return tuple(sorted(found))


MOST_NAMES = 32_768
"""Names of features kept with the rules that they tell of; most of them come in every text."""


@lru_cache(MOST_NAMES)
def _here(feature: str) -> tuple[str, ...]:
    """The rule that a feature of the sentence itself tells of, if any."""
    family, _, said = feature.partition(":")
    if family in HERE:
        return (f"{HERE[family]}:{said.partition('+')[0]}",)
    if family in ("identifier", "sector"):
        return (f"route:{family}_{said}",)
    if feature.startswith("cue:generic+"):
        return (f"sector:{feature.partition('+')[2]}",)
    return (CASES[feature],) if feature in CASES else ()


@lru_cache(MOST_NAMES)
def _anywhere(feature: str) -> tuple[str, ...]:
    """The rules that any feature tells of: its group, and the words of the sentences around."""
    family = feature_family(feature)
    group = feature_groups().get(family)
    found = (f"feature:{group.key if group else family}", *_here(feature))
    said = feature.partition(":")[2]
    if family in AROUND and said not in ("identifier", "sector"):
        return (*found, f"use:{said[4:]}" if said.startswith("use.") else f"stage:{said}")
    return (*found, f"{ELSEWHERE[family]}:{said}") if family in ELSEWHERE else found


def _milestones(read: Survey, instance: Instance) -> Iterator[str]:
    """The days since when a use has run that the text's own date was held against."""
    c, since = instance.candidate, load_lexicon().milestones
    if {"milestone:older:system", "milestone:younger:system"} & set(instance.names):
        systems = {cue.system for cue in read.cues[c.sentence] if cue.sector == c.sector}
        for subject in (*systems, c.sector.value):
            if subject and (c.identifier, subject) in since:
                yield f"milestone:{c.identifier}/{subject}"
    if f"milestone:older:{c.identifier}" in instance.names:
        yield f"milestone:{c.identifier}/{c.identifier}"


@cache
def _patterns() -> dict[tuple[str, str], list[tuple[str, re.Pattern[str]]]]:
    """The words of each identifier and strength, one pattern each."""
    found: dict[tuple[str, str], list[tuple[str, re.Pattern[str]]]] = {}
    for entry in map(IdentifierEntry.model_validate, read_words("identifiers.yml")["identifiers"]):
        found[entry.identifier, entry.strength] = [(p, re.compile(p)) for p in entry.patterns]
    return found


def _word(text: str, mention: Mention) -> str:
    """The word of the lexicon that a mention was found by: the first that matches there, as in the union."""
    kind = (mention.identifier, mention.strength)
    word = next(word for word, pattern in _patterns()[kind] if pattern.match(text, mention.start))
    return f"identifier:{mention.identifier}/{mention.strength}/{word}"


@cache
def _lookalike_patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(word, re.compile(word)) for word in look_alikes(read_words("identifiers.yml"))]


def _lookalikes(text: str) -> Iterator[str]:
    """Look-alikes that kept a word of the text from being read as an identifier."""
    for match in load_lexicon().mention_pattern.finditer(text):
        if match.lastgroup in ("body", "no"):
            words = _lookalike_patterns()
            word = next(word for word, pattern in words if pattern.match(text, match.start()))
            yield f"lookalike:{word}"
