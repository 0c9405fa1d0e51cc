"""Who acts: the subject of the evidence, the one who holds the floor, or the publisher of a notice."""

from __future__ import annotations

import re

from spacy.tokens import Doc

from classifier.lexicon import load_lexicon
from classifier.survey import Survey

OWN_NOTICE = re.compile(
    r"当(?:行|社|金庫|組合|院|町|市|村|県|館|校|会|庁)|本(?:市|町|村|県|学|校)|弊社|お知らせ|皆さま|皆様|お客さま"
)
"""Words by which a body speaks of itself (settled case 31)."""


def actor_of(read: Survey, k: int, doc: Doc) -> str | None:
    """The actor of sentence `k` as the text names it, or None."""
    sentence = read.sentences[k]
    subject = doc._.actor
    if subject is not None and subject.is_body and not OWN_NOTICE.match(subject.text):
        return str(subject.text)
    if sentence.speaker is not None and _has_office(sentence.speaker):
        return sentence.speaker.partition("(")[0]
    if read.publisher and any(OWN_NOTICE.search(s.text) for s in read.sentences):
        return read.publisher
    for back in range(k - 1, -1, -1):
        named = _leading_body(read.sentences[back].text)
        if named and k - back <= 2:
            return named
    return None


def _has_office(speaker: str) -> bool:
    return "authority" in load_lexicon().roles_of(speaker)


def _leading_body(text: str) -> str | None:
    match = re.match(r"([^、。はがも「」]{2,24}?)(?:は|が)[、ぁ-ん一-鿿0-9]", text)
    if match and match.group(1).endswith(load_lexicon().body_suffix):
        return match.group(1)
    return None
