"""Fingerprints of a text: NFKC form, SHA-256, and a 64-bit simhash over character 4-grams."""

from __future__ import annotations

import hashlib
import unicodedata

import numpy as np

GRAM = 4
SHORT = 16
"""Below this many characters a text gets its own hash: too few grams to be near to anything."""
_BITS = 64
_CHUNK = 1 << 14
_MASK = (1 << 64) - 1


def nfkc(text: str) -> str:
    """`text` as it is matched (full-width digits, half-width kana unified); quotations stay verbatim."""
    return unicodedata.normalize("NFKC", text)


def sha256_text(text: str) -> str:
    """Hex SHA-256 of the UTF-8 of `text` as it is; a lone surrogate counts as its own three bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def simhash64(text: str) -> int:
    """Unsigned 64-bit simhash over the character 4-grams of the NFKC text without white space.

    Texts that share most of their wording differ in few bits (`hamming`). The same on every machine
    and release: stored values are compared for years, so the mixing below may not change.
    """
    plain = "".join(nfkc(text).split())
    if len(plain) < SHORT:
        return int.from_bytes(
            hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()[:8], "big"
        )
    balance = np.zeros(_BITS, dtype=np.int64)
    for start in range(
        0, len(plain) - GRAM + 1, _CHUNK
    ):  # the whole as numbers takes eight times its memory
        hashes = _gram_hashes(_points(plain[start : start + _CHUNK + GRAM - 1]))
        balance += 2 * _ones(hashes) - len(hashes)
    return int.from_bytes(np.packbits(balance > 0).tobytes(), "big")


def hamming(one: int, other: int) -> int:
    """The number of bits in which two simhashes differ, 0 to 64."""
    return ((one ^ other) & _MASK).bit_count()


def _ones(
    hashes: np.ndarray[tuple[int], np.dtype[np.uint64]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many of the values have each bit set, the highest bit first.

    Added in bytes, 255 rows at a time: a byte holds that sum, and adding bytes is several times quicker.
    """
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    whole = len(bits) // 255 * 255
    blocks = bits[:whole].reshape(-1, 255, _BITS).sum(axis=1, dtype=np.uint8)
    ones: np.ndarray[tuple[int], np.dtype[np.int64]] = blocks.sum(axis=0, dtype=np.int64)
    ones += bits[whole:].sum(axis=0, dtype=np.uint8)
    return ones


def _points(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)


def _gram_hashes(
    points: np.ndarray[tuple[int], np.dtype[np.uint64]],
) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """One mixed 64-bit value per 4-gram; the finaliser is that of splitmix64 (Steele et al., 2014)."""
    count = len(points) - GRAM + 1
    value = np.zeros(count, dtype=np.uint64)
    for offset in range(GRAM):
        value = value * np.uint64(0x100000001B3) + points[offset : offset + count]
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray[tuple[int], np.dtype[np.uint64]] = value ^ (value >> np.uint64(31))
    return mixed
