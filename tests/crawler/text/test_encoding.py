import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.encoding import codec_name, decode

SENTENCE = "見本銀行は、マイナンバーカードで本人確認をはじめると発表しました。"
VENDOR = "①㈱髙橋商店のお知らせ、あたらしい窓口をひらきます。"


def to_euc(text: str) -> bytes:
    """EUC-JP with the vendor rows that Python's own codec cannot write, by way of cp932."""
    out = b""
    for sign in text:
        pair = sign.encode("cp932")
        if len(pair) == 1:
            out += pair
            continue
        lead, trail = pair
        row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2
        cell = trail - 0x40 - (trail > 0x7F)
        row, cell = (row + 1, cell - 94) if cell >= 94 else (row, cell)
        out += bytes((row + 0xA1, cell + 0xA1))
    return out


def to_jis(text: str) -> bytes:
    return b"\x1b$B" + bytes(value & 0x7F for value in to_euc(text)) + b"\x1b(B"


@pytest.mark.parametrize(
    ("body", "content_type", "text", "encoding"),
    [
        (b"\xef\xbb\xbf" + SENTENCE.encode(), None, SENTENCE, "utf-8/bom"),
        (b"\xff\xfe" + SENTENCE.encode("utf-16-le"), None, SENTENCE, "utf-16-le/bom"),
        (SENTENCE.encode("cp932"), "text/html; charset=Shift_JIS", SENTENCE, "cp932/header"),
        (VENDOR.encode("cp932"), "text/html; charset=x-sjis", VENDOR, "cp932/header"),
        (VENDOR.encode("cp932"), None, VENDOR, "cp932/strict"),
        (SENTENCE.encode(), None, SENTENCE, "utf-8/strict"),
        (SENTENCE.encode(), "text/html; charset=ISO-8859-1", SENTENCE, "utf-8/strict"),
        (SENTENCE.encode(), "text/html; charset=Shift_JIS", SENTENCE, "utf-8/strict"),
        (to_euc(SENTENCE), None, SENTENCE, "euc_jp/strict"),
        (to_euc(VENDOR), None, VENDOR, "euc_jp/strict"),
        (to_euc(VENDOR), "text/html; charset=EUC-JP", VENDOR, "euc_jp/header"),
        (to_euc(SENTENCE), "text/html; charset=Shift_JIS", SENTENCE, "euc_jp/strict"),
        (to_euc(SENTENCE), "text/html; charset=iso-8859-1", SENTENCE, "euc_jp/strict"),
        (VENDOR.encode("cp932"), "text/html; charset=windows-1252", VENDOR, "cp932/strict"),
        (to_jis(SENTENCE), None, SENTENCE, "iso2022_jp/escape"),
        (to_jis(VENDOR), "text/html; charset=iso-2022-jp", VENDOR, "iso2022_jp/header"),
        *((to_jis(SENTENCE), f"text/html; charset={said}", SENTENCE, "iso2022_jp/escape")
          for said in ("utf-8", "Shift_JIS", "EUC-JP", "iso-8859-1")),
        (to_jis("見本") + b"\x1b(I6\x5e\x1b(B", None, "見本ｶﾞ", "iso2022_jp/escape"),
        (b"\x1b[1m plain \x1b[0m", "text/plain; charset=utf-8", "\x1b[1m plain \x1b[0m", "utf-8/header"),
        (f"\x1b$B{SENTENCE}".encode(), "text/html; charset=utf-8", f"\x1b$B{SENTENCE}", "utf-8/header"),
        ("café à Genève".encode("cp1252"), "text/html; charset=iso-8859-1", "café à Genève", "cp1252/header"),
        (b"", None, "", "utf-8/strict"),
    ],
)  # fmt: skip
def test_ladder(body: bytes, content_type: str | None, text: str, encoding: str) -> None:
    decoded = decode(body, content_type)
    assert (decoded.text, decoded.encoding, decoded.replacement_characters) == (text, encoding, 0)


def test_meta_and_prolog_declare() -> None:
    page = f'<html><head><meta charset="shift_jis"><title>{VENDOR}</title>'
    assert decode(page.encode("cp932")).encoding == "cp932/meta"
    feed = f'<?xml version="1.0" encoding="EUC-JP"?><rss>{SENTENCE}</rss>'
    assert decode(to_euc(feed)).encoding == "euc_jp/prolog"
    escaped = b'<meta charset="utf-8">' + to_jis(SENTENCE)
    assert decode(escaped).encoding == "iso2022_jp/escape"
    wide = f'<meta charset="utf-16">{SENTENCE}'
    assert decode(wide.encode()).encoding == "utf-8/meta"


def test_hint_decides_before_the_header() -> None:
    decoded = decode(SENTENCE.encode("cp932"), "text/html; charset=utf-8", hint="shift_jis")
    assert decoded.encoding == "cp932/hint"


def test_a_declaration_that_does_not_hold_falls_on() -> None:
    decoded = decode(SENTENCE.encode("cp932"), "text/html; charset=utf-8")
    assert (decoded.text, decoded.encoding) == (SENTENCE, "cp932/strict")


def test_damage_is_counted_and_stays_small() -> None:
    body = (SENTENCE * 20).encode()
    cut = decode(body[:-1])
    assert cut.encoding == "utf-8/damaged"
    assert cut.replacement_characters == 1
    assert cut.text.startswith(SENTENCE)


def test_a_page_pasted_from_two_encodings_is_read_as_most_of_it() -> None:
    body = (
        "schöne Grüße für Bücher, täglich ".encode() * 3 + "schön".encode("cp1252") + b" dar\xfcber"
    )
    decoded = decode(body)
    assert (decoded.encoding, decoded.replacement_characters) == ("utf-8/damaged", 2)


def test_shift_jis_is_never_the_2004_table() -> None:
    for label in ("Shift_JIS", "x-sjis", "windows-31J", "shift_jis_2004", "SJIS", "ms_kanji"):
        assert codec_name(label) == "cp932"
    assert codec_name("utf-7") is None
    assert codec_name("rot13") is None
    assert codec_name("no-such-thing") is None
    assert codec_name("base64") is None


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "text/html; charset=euc-jp", "a; charset=\x00", "charset=zlib"]),
)
def test_any_bytes_decode(body: bytes, content_type: str | None) -> None:
    decoded = decode(body, content_type)
    assert decoded.replacement_characters <= decoded.text.count("\ufffd")


@given(
    st.text(
        alphabet="ぁあいうえおかきくけこ銀行警察旅券税務署番号、。ABC 123",
        min_size=12,
        max_size=200,
    )
)
def test_kana_text_survives_each_encoding(text: str) -> None:
    text = "あいうえお" + text
    for codec in ("utf-8", "cp932", "euc_jp", "iso2022_jp"):
        assert decode(text.encode(codec)).text == text


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells a process's peak on Linux only")
@pytest.mark.parametrize("codec", ["utf-8", "cp932"])
def test_a_large_damaged_text_is_read_within_the_limit(codec: str) -> None:
    program = (
        "from pathlib import Path; from crawler.text.encoding import decode\n"
        f"found = decode('あいう'.encode('{codec}') * 2_500_000 + b'\\x81')\n"
        "print(found.replacement_characters, len(found.text))\n"
        "own = Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0]\n"
        "print(int(own) >> 10)  # ru_maxrss would be that of the process which started this one"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    damage, peak = done.stdout.decode().splitlines()
    assert damage == "1 7500001"
    assert int(peak) < 400
