"""What the features of a pair are, for tests: parse one text and look at its candidates."""

from __future__ import annotations

from spacy.language import Language

from classifier.read import Readable, scan_many


def names_of_pair(nlp: Language, text: Readable, sector: str, identifier: str) -> set[str]:
    """Features of all candidates of one pair."""
    [scan] = scan_many(nlp, [text])
    return {
        name
        for instance in scan.instances
        if (instance.candidate.sector, instance.candidate.identifier) == (sector, identifier)
        for name in instance.names
    }
