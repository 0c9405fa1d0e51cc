"""ja_ginza's own tok2vec, computed with less work: the same vectors, to the rounding of a sum.

spaCy embeds every token anew, writes every intermediate matrix out in full, and carries eight rows of padding per
sentence through all layers. Here a word is embedded once per batch, a layer is computed a block of rows at a time
(what stays in the processor's cache is not fetched again), and of the padding only what a token can still hear.
bench/classifier_speed.py says what it is worth; tests/classifier/test_tok2vec.py holds that the parses are identical.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import ORTH
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Model

from classifier.ops import Floats

BLOCK = 512
"""Rows at a time: 512 of 768 floats are 1.6 MB, and the second-level cache of a server core has 2."""
EPSILON = 1e-8
"""What thinc's LayerNorm adds to a variance."""
SILENCE = (0, 1, 2)
"""The first rows of the matrix: one that feels no document, between two like it."""


@dataclass(frozen=True, slots=True)
class Window:
    """One layer of a MaxoutWindowEncoder: a token becomes itself plus what it and its two neighbours make."""

    weights: tuple[Floats, ...]
    """One matrix per piece of the maxout, three widths by one."""
    biases: tuple[Floats, ...]
    gain: Floats
    shift: Floats

    @classmethod
    def of(cls, residual: Model[Any, Any]) -> Window:
        """The layer of `residual(expand_window >> maxout >> layernorm >> dropout)`."""
        # thinc's own array types are no subtypes of numpy's
        layers: dict[str, Any] = {one.name: one for one in residual.walk() if not one.layers}
        maxout, norm = layers["maxout"], layers["layernorm"]
        weights, biases = maxout.get_param("W"), maxout.get_param("b")
        pieces = range(weights.shape[1])
        return cls(
            tuple(np.ascontiguousarray(weights[:, piece].T) for piece in pieces),
            tuple(np.ascontiguousarray(biases[:, piece]) for piece in pieces),
            norm.get_param("G"),
            norm.get_param("b"),
        )

    def __call__(self, tokens: Floats, rows: NDArray[np.intp]) -> Floats:
        """What these rows become; the first and the last row of `tokens` are never among them."""
        made = np.empty((len(rows), tokens.shape[1]), np.float32)
        for at in range(0, len(rows), BLOCK):
            some = rows[at : at + BLOCK]
            heard = np.hstack([tokens[some - 1], tokens[some], tokens[some + 1]])
            best = made[at : at + BLOCK]
            self._strongest(heard, best)
            best -= best.mean(axis=1, keepdims=True)
            spread = np.einsum("ij,ij->i", best, best) / np.float32(best.shape[1])
            best *= ((spread + np.float32(EPSILON)) ** np.float32(-0.5))[:, None]
            best *= self.gain
            best += self.shift
            best += tokens[some]
        return made

    def _strongest(self, heard: Floats, best: Floats) -> None:
        for number, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            piece = heard @ weights
            piece += bias
            if number:
                np.maximum(best, piece, out=best)
            else:
                best[:] = piece


class Encoder:
    """A `spacy.Tok2Vec.v2` of words' own attributes (MultiHashEmbed) and of windows of one (MaxoutWindowEncoder)."""

    def __init__(self, model: Model[Any, Any]) -> None:
        self._embed, encode = model.layers
        self._windows = [Window.of(layer) for layer in encode.layers[0].layers]
        self._pad = (len(self._windows) + 1) // 2

    def __call__(self, docs: Sequence[Doc]) -> list[Floats]:
        """One row per token of each document; at least one document has a token."""
        lengths = np.array([len(doc) for doc in docs])
        encoded = self._encode(self._embedded(docs), lengths)
        return np.split(encoded, np.cumsum(lengths)[:-1])

    def _embedded(self, docs: Sequence[Doc]) -> Floats:
        """All tokens one below the other; equal words have equal attributes."""
        words, which = np.unique(
            np.concatenate([doc.to_array(ORTH) for doc in docs]), return_inverse=True
        )
        strings = docs[0].vocab.strings
        each = Doc(docs[0].vocab, words=[strings[int(word)] for word in words])
        embedded: Floats = self._embed.predict([each])[0]
        return embedded[which]

    def _encode(self, embedded: Floats, lengths: NDArray[np.int64]) -> Floats:
        """The tokens heard through all layers, as if nothing stood before and behind each document.

        What stands there changes with the layers too. A row of it feels the document from the layer on whose
        number is its distance, and is felt only while so many layers are left: in between alone it is computed,
        and before it is what SILENCE becomes, which feels none.
        """
        behind = np.cumsum(lengths + 2 * self._pad)
        starts = len(SILENCE) + behind - lengths - self._pad
        distance = np.full(len(SILENCE) + behind[-1] + 1, len(self._windows))
        for step in range(1, self._pad + 1):
            distance[starts - step] = step
            distance[starts + lengths - 1 + step] = step
        places = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(sum(lengths))
        distance[places] = 0
        tokens = np.zeros((len(distance), embedded.shape[1]), np.float32)
        tokens[places] = embedded
        for layer, window in enumerate(self._windows, 1):
            rows = np.flatnonzero(distance <= min(layer, len(self._windows) - layer))
            if layer < self._pad:
                rows = np.append(SILENCE[1], rows)
            tokens[rows] = window(tokens, rows)
            if layer < self._pad:
                tokens[distance > layer] = tokens[SILENCE[1]]
        return tokens[places]


def lighten(nlp: Language) -> None:
    """Let the pipeline's tok2vec be computed so. It cannot be trained any more."""
    pipe: Any = nlp.get_pipe("tok2vec")
    encoder = Encoder(pipe.model)
    pipe.model = Model(
        "tok2vec",
        lambda _, docs, is_train: (encoder(docs), _untaught),
        dims={"nO": pipe.model.get_dim("nO")},
        layers=[pipe.model],
    )


def _untaught(_: object) -> None:
    raise NotImplementedError("this tok2vec is only read; train the one of spacy.load")
