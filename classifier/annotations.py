"""What the components write on a parsed sentence: records, and the extensions that hold them."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc


@dataclass(frozen=True, slots=True)
class Predicate:
    """A use predicate: its family, place, the token that carries it, and how it is asserted."""

    family: str
    start: int
    end: int
    token: int
    negated: bool
    main: bool
    """True when it is the predicate of the sentence, not of a relative or adverbial clause."""
    conditional: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker of stage, polarity, tense or modality and whether it stands at the end of the sentence."""

    name: str
    start: int
    end: int
    final: bool


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quoted stretch and the reporting verb's subject, as far as the parse names it."""

    start: int
    end: int
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Actor:
    """The subject of the sentence, and whether its name looks like a body or an authority."""

    text: str
    start: int
    end: int
    is_body: bool


EXTENSIONS: dict[str, object] = {
    "identifiers": (),
    "cues": (),
    "predicates": (),
    "marks": (),
    "quotations": (),
    "papers": 0,
    "contexts": (),
    "actor": None,
}
"""Extension attributes of a Doc, each with its value before its component has run."""


def declare_extensions() -> None:
    """Register the extensions once per process."""
    for name, default in EXTENSIONS.items():
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=default)


JOINED = "scopewatch.text"


def text_of(doc: Doc) -> str:
    """The text of a doc, joined once: `Doc.text` joins its tokens at every call, a tenth of all reading."""
    joined = doc.user_data.get(JOINED)
    if joined is None:
        joined = doc.user_data[JOINED] = doc.text
    return str(joined)
