"""The inventory of rules: everything named that can propose or decide a finding, as an operator can change it.

A rule is a system, a word of an identifier, a family of predicates or stage cues, a near-miss surrounding, a
date of settled case 33, a way to carry a topic, a group of features of the learned layer. `fired.py` says which
of them fired; the store counts, and the operator's report tells what never does.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib import resources

from classifier.lexicon import FOLDER, IdentifierEntry, load_lexicon, look_alikes, read_words
from classifier.model import Model
from data.gate import PHRASES
from data.models import Rule
from data.names import name, subject_name
from data.reasons import feature_groups
from data.vocabulary import Sector

NAMED = ("use", "stage", "context", "role", "genre", "route", "case")
"""Kinds whose names stand in lexicon/rules.yml."""


def inventory(model: Model) -> dict[str, Rule]:
    """Every rule by its id, `kind:name`."""
    return {rule.id: rule for rule in (*_words(), *_subjects(), *_named(), *_features(model))}


def inventory_version(model: Model) -> str:
    """Changes with the model and with any word: read from the files' bytes, without parsing them."""
    digest = hashlib.sha256(model.version.encode())
    for path in sorted(FOLDER.glob("*.yml")):
        digest.update(path.read_bytes())
    for file in ("systems.yml", "reasons.yml", "gate.yml"):
        digest.update(resources.files("data").joinpath(file).read_bytes())
    return digest.hexdigest()[:12]


def _words() -> Iterator[Rule]:
    """Words that open the gate, that name an identifier, and that only look like one."""
    yield from (Rule(id=f"gate:{phrase}", ja=phrase, en=phrase) for phrase in PHRASES)
    content = read_words("identifiers.yml")
    for entry in map(IdentifierEntry.model_validate, content["identifiers"]):
        for pattern in entry.patterns:
            word, means = plain(pattern), f"{entry.identifier}/{entry.strength}"
            ja, en = (name("identifier_short", entry.identifier, "ja"), entry.strength)
            yield Rule(
                id=f"identifier:{means}/{pattern}",
                ja=f"{word}（{ja}）",
                en=f"{word} ({entry.identifier}, {en})",
            )
    for pattern in look_alikes(content):
        yield Rule(id=f"lookalike:{pattern}", ja=plain(pattern), en=plain(pattern))


def _subjects() -> Iterator[Rule]:
    """Systems, the general words of each sector, and the days since when a use has run."""
    lexicon = load_lexicon()
    for system in lexicon.systems.values():
        yield Rule(id=f"system:{system.id}", ja=system.ja, en=system.en)
    for sector in Sector:
        ja, en = name("sector", sector, "ja"), name("sector", sector, "en")
        yield Rule(id=f"sector:{sector}", ja=ja, en=en)
    for (identifier, subject), since in lexicon.milestones.items():
        used = [name("identifier_short", identifier, language) for language in ("ja", "en")]
        named = ["", ""]
        if subject != identifier:
            named = [f"{subject_name(subject, 'ja')}×", f"{subject_name(subject, 'en')} × "]
        yield Rule(
            id=f"milestone:{identifier}/{subject}",
            ja=f"{named[0]}{used[0]} {since}から",
            en=f"{named[1]}{used[1]} since {since}",
        )


def _named() -> Iterator[Rule]:
    content = read_words("rules.yml")
    for kind in NAMED:
        for word, said in content[kind].items():
            yield Rule(id=f"{kind}:{word}", ja=said["ja"], en=said["en"])


def _features(model: Model) -> Iterator[Rule]:
    """Groups of the features that a finding is judged by; a family without a phrase stands for itself."""
    for family in {feature_family(feature) for feature in model.detect.index}:
        group = feature_groups().get(family)
        if group is None:
            yield Rule(id=f"feature:{family}", ja=family, en=family)
        else:
            yield Rule(id=f"feature:{group.key}", ja=group.ja, en=group.en)


def feature_family(feature: str) -> str:
    """What stands before the colon; the words around identifier and sector are words of the sentence."""
    return "w" if feature.startswith("<") else feature.partition(":")[0]


_ASSERTED = re.compile(r"\(\?(?:<?[!=])(?:[^()]|\([^()]*\))*\)")
"""What must or must not stand beside a word."""


def plain(pattern: str) -> str:
    """A lexicon's pattern as a dictionary writes it: マイナ(?:ンバー)?カード(?!型) becomes マイナ[ンバー]カード."""
    text = _ASSERTED.sub("", pattern)
    text = re.sub(r"\(\?:\|*\)", "", text)
    text = re.sub(r"\(\?:([^()]*)\)\?", r"[\1]", text)
    text = re.sub(r"([^\])])\?", r"[\1]", text.replace("(?:", "("))
    text = re.sub(r"\[([^\[\]]*)\](?=\[)", r"[\1]", text)
    return re.sub(r"\\w(?:\*|\{[0-9,]*\})", "…", text)
