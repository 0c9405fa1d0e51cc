"""Decode a response body: a ladder of declared and tried encodings, with the rung that decided.

The order is traps.md 2.6: BOM, the source's hint, HTTP header, meta or XML prolog, ISO-2022-JP
escapes, strict UTF-8, cp932, EUC-JP, the lightly damaged, a detector. A declared encoding that does
not decode strictly, or that turns plain UTF-8 or EUC-JP into other signs, falls on to the next rung.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_STARTS = {
    codec: tuple(sign.encode(codec) for sign in ("<?", "<h", "<!", "<r", "<f"))
    for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
}
WIDE_MARKUP = tuple(start for starts in _WIDE_STARTS.values() for start in starts)
"""How markup in UTF-16 or UTF-32 begins when it has no BOM."""
_ALIASES = {
    # The web's Shift_JIS is Windows code page 932; shift_jis_2004 would read a wrong name.
    **dict.fromkeys(
        ("shift_jis", "shiftjis", "sjis", "x_sjis", "windows_31j", "ms_kanji", "csshiftjis", "ms932",
         "shift_jis_2004", "shift_jisx0213", "cp932", "windows_932", "csms_kanji"),
        "cp932",
    ),
    **dict.fromkeys(("euc_jp", "eucjp", "x_euc_jp", "ujis", "cp51932", "euc_jis_2004"), "euc_jp"),
    **dict.fromkeys(("iso_2022_jp", "iso2022_jp", "csiso2022jp", "jis", "cp50220", "cp50221"), "iso2022_jp"),
    **dict.fromkeys(("utf8", "utf_8", "unicode_1_1_utf_8"), "utf-8"),
    # https://encoding.spec.whatwg.org/#names-and-labels: the Latin-1 labels mean windows-1252.
    **dict.fromkeys(("iso_8859_1", "iso8859_1", "latin1", "latin_1", "l1", "ascii", "us_ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x_gbk"), "gb18030"),
    **dict.fromkeys(("ks_c_5601_1987", "euc_kr"), "cp949"),
}  # fmt: skip
_FORBIDDEN = frozenset(
    {"utf_7", "utf7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"}
)
_HEAD = 4096
_DETECTOR_SAMPLE = 64 * 1024
_DETECTABLE = [
    "utf_8", "cp932", "euc_jp", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "koi8_r", "cp949", "big5", "gb18030",
]  # fmt: skip
"""What the detector may choose from: left alone it read a German page as cp1006, Urdu."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META = re.compile(rb"<meta\s[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_PROLOG = re.compile(
    rb"^\s{0,80}<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{2,40})", re.IGNORECASE
)
_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\([JI])")
_HALFWIDTH_KANA = re.compile("[\uff61-\uff9f]")
_KANA = re.compile("[\u3041-\u30ff]")
_WIDE_UTF8 = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text; `encoding` is codec and rung (`cp932/meta`), U+FFFD put in are counted."""

    text: str
    encoding: str
    replacement_characters: int = 0


def decode(body: bytes, content_type: str | None = None, hint: str | None = None) -> Decoded:
    """The text of `body`; never raises: what nothing decodes comes with U+FFFD, counted.

    `content_type` is the HTTP header's value, `hint` the encoding that a source's YAML names.
    """
    for mark, wide in BOMS:
        if body.startswith(mark):
            marked = body[len(mark) :].decode(wide, "replace")
            return Decoded(marked, f"{wide}/bom", marked.count("\ufffd"))
    declared = [(codec, rung) for codec, rung in _declared(body, content_type, hint) if codec]
    for codec, rung in declared:
        text = _strict(body, codec)
        if text is not None and not _contradicted(body, text, codec):
            return Decoded(text, f"{codec}/{rung}")
    return _tried(body) or _damaged(body, [codec for codec, _ in declared])


def codec_name(label: str | None) -> str | None:
    """Python's codec for an encoding label as the web uses it; None for what is no text encoding."""
    if not label:
        return None
    key = re.sub(r"[^a-z0-9]+", "_", label.strip().lower()).strip("_")
    if key in _ALIASES:
        return _ALIASES[key]
    if key in _FORBIDDEN:
        return None
    try:
        found = codecs.lookup(key)
        "".encode(found.name)
    except (LookupError, ValueError):
        return None
    return found.name


def _declared(
    body: bytes, content_type: str | None, hint: str | None
) -> Iterator[tuple[str | None, str]]:
    yield codec_name(hint), "hint"
    header = _CHARSET.search(content_type or "")
    yield codec_name(header[1] if header else None), "header"
    head = body[:_HEAD]
    for codec, starts in _WIDE_STARTS.items():
        if head.startswith(starts):
            yield codec, "prolog"
    for pattern, rung in ((_PROLOG, "prolog"), (_META, "meta")):
        if match := pattern.search(head):
            named = codec_name(match[1].decode("ascii", "ignore"))
            # A declaration readable as ASCII is not in UTF-16, whatever it says (HTML 13.2.3.2).
            wide = named is not None and named.replace("_", "-").startswith(("utf-16", "utf-32"))
            yield ("utf-8" if wide else named), rung


def _tried(body: bytes) -> Decoded | None:
    """The strict rungs for a body that declares nothing usable."""
    if _ESCAPES.search(body):
        text = _strict(body, "iso2022_jp")
        if text is not None:
            return Decoded(text, "iso2022_jp/escape")
    text = _strict(body, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8/strict")
    for codec in ("cp932", "euc_jp"):
        text = _strict(body, codec)
        if text is not None and not _contradicted(body, text, codec) and _japanese(text):
            return Decoded(text, f"{codec}/strict")
    return None


def _damaged(body: bytes, declared: list[str]) -> Decoded:
    """Bytes that no rung decodes: least damage among the likely codecs, else what the detector says."""
    # Bytes of another encoding hardly ever form UTF-8 sequences: a page that mostly does is UTF-8.
    mixed = body.decode("utf-8", "replace")
    broken = mixed.count("\ufffd")
    if broken * 4 <= _wide(mixed) - broken:
        return Decoded(mixed, "utf-8/damaged", broken)
    del mixed
    best_codec, text, lost = "", "", len(body) + 1
    for codec in dict.fromkeys([*declared, "utf-8", "cp932", "euc_jp"]):
        # One beside the best: each may take four times the bytes.
        reading = body.decode(codec, "replace")
        if (count := reading.count("\ufffd")) < lost:
            best_codec, text, lost = codec, reading, count
    if lost <= max(1, _wide(text) // 50):
        return Decoded(text, f"{best_codec}/damaged", lost)
    best = from_bytes(body[:_DETECTOR_SAMPLE], cp_isolation=_DETECTABLE).best()
    if best is not None:
        guess = body.decode(best.encoding, "replace")
        if guess.count("\ufffd") < lost:
            return Decoded(guess, f"{best.encoding}/detector", guess.count("\ufffd"))
    return Decoded(text, f"{best_codec}/damaged", lost)


def _strict(body: bytes, codec: str) -> str | None:
    errors = "scopewatch-vendor" if codec in {"euc_jp", "iso2022_jp"} else "strict"
    try:
        # Half-width katakana (ESC ( I), which the web's ISO-2022-JP has, are in Python's `ext` alone.
        return body.decode("iso2022_jp_ext" if codec == "iso2022_jp" else codec, errors)
    except ValueError:
        return None


def _contradicted(body: bytes, text: str, codec: str) -> bool:
    """Whether `text`, though strictly decoded, is visibly another encoding misread."""
    # ISO-2022-JP is ASCII to every other codec, and reads as `$B8+=P` there.
    if codec != "iso2022_jp" and b"\x1b" in body and body.isascii() and _ESCAPES.search(body):
        return _strict(body, "iso2022_jp") is not None
    if codec == "utf-8":
        return False
    if codec == "cp1252":
        # Every byte is a sign of Latin-1's, so only another reading can tell (format-traps.md, 40).
        return any(
            (other := _strict(body, wide)) is not None
            and not _contradicted(body, other, wide)
            and _mostly_kana(other)
            for wide in ("euc_jp", "cp932")
        )
    if codec != "iso2022_jp" and _WIDE_UTF8.search(body) and _strict(body, "utf-8") is not None:
        return True
    if codec == "cp932":
        # EUC-JP read as cp932 is a page of half-width katakana.
        narrow = _count(_HALFWIDTH_KANA, text)
        if narrow * 4 > _wide(text):
            other = _strict(body, "euc_jp")
            return other is not None and _KANA.search(other) is not None
    return False


def _wide(text: str) -> int:
    """How many signs lie beyond ASCII, without a list of them: of 20 MB it would take a gigabyte."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _count(signs: re.Pattern[str], text: str) -> int:
    return len(text) - len(signs.sub("", text))


def _japanese(text: str) -> bool:
    """Kana, or so many wide signs that it is not a European text whose accents look like kanji."""
    return _KANA.search(text) is not None or _wide(text) * 10 > len(text) * 3


def _mostly_kana(text: str) -> bool:
    """Whether kana make up a fifth of the signs beyond ASCII, as in any Japanese sentence."""
    wide = _wide(text)
    return wide >= 4 and _count(_KANA, text) * 5 >= wide


def _vendor_row(error: UnicodeError) -> tuple[str, int]:
    """NEC and IBM rows (①, ㈱, 髙) that Python's EUC-JP and ISO-2022-JP lack, read through cp932."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    high, low = (*error.object[error.start : error.start + 2], 0, 0)[:2]
    row, cell = (high & 0x7F) - 0x21, (low & 0x7F) - 0x21
    if not (0 <= row < 94 and 0 <= cell < 94 and high & 0x80 == low & 0x80):
        raise error
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)
    try:
        return bytes((lead, trail)).decode("cp932"), error.start + 2
    except UnicodeDecodeError:
        raise error from None


codecs.register_error("scopewatch-vendor", _vendor_row)
