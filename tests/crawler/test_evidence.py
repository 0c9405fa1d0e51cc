"""The evidence zip: packed from a real crawl, checked without the store, broken in every part."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from crawler.verification import verify
from data.errors import InputError
from tests.crawler.test_sources_commands import scopewatch
from tests.crawler.web import BODY, Place, Web, article, rss, serving


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One zip of a followed page and one of a title only, both of a sealed day."""
    place, web = Place(tmp_path_factory.mktemp("evidence")), Web()
    with serving(web) as host:
        items = [("/1.html", "<b>見出し</b> & 一"), ("/2.html", "二")]
        web.put("/feed.xml", rss(host, [(p, t.replace("&", "&amp;").replace("<", "&lt;")) for p, t in items]),
                content_type="text/xml")  # fmt: skip
        web.put("/1.html", article("一", BODY))
        place.source("pages", host, "/feed.xml")
        place.source("titles", host, "/feed.xml", more="fetch: title_only")
        place.configure()
        for day in (16, 17):
            place.crawl(SCOPEWATCH_NOW=f"2026-11-{day}T22:00:00+09:00")
    files = {}
    for row in place.documents():
        if row["url"].endswith("/1.html"):
            output = place.root / f"{row['source_id']}.zip"
            done = scopewatch(place, "evidence", row["id"], "-o", str(output))
            assert done.returncode == 0, done.stderr
            files[row["source_id"]] = output
    return files


@pytest.mark.parametrize("name", ["pages", "titles"])
def test_a_pack_holds_on_its_own(packed: dict[str, Path], name: str) -> None:
    checks = verify(packed[name])
    assert [check.what for check in checks if not check.holds] == []
    assert len(checks) == 9
    with zipfile.ZipFile(packed[name]) as archive:
        assert {"cover.html", "record.warc.gz", "text.txt"} <= set(archive.namelist())
        cover = archive.read("cover.html").decode()
    assert "<b>見出し" not in cover


def _altered(path: Path, name: str, change: tuple[bytes, bytes], target: Path) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            body = old.read(member)
            new.writestr(member, body.replace(*change) if member.startswith(name) else body)
    return target


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("text.txt", ("市".encode(), "町".encode())),
        ("evidence.json", (b'"version": 1', b'"version": 2')),
        ("manifests/", (b"sha256", b"sha255")),
        ("record", (b"\x1f\x8b", b"\x1f\x8c")),
        ("SHA256SUMS", (b"text.txt", b"text.tx")),
    ],
)
def test_an_altered_pack_is_told(
    packed: dict[str, Path], tmp_path: Path, name: str, change: tuple[bytes, bytes]
) -> None:
    altered = _altered(packed["pages"], name, change, tmp_path / "altered.zip")
    try:
        broken = [check for check in verify(altered) if not check.holds]
    except InputError:
        return
    assert broken


def _forged(path: Path, changes: dict[str, tuple[str, str]], target: Path) -> Path:
    """As a forger would: a part is changed, and every hash in the pack that speaks of it is written anew."""
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()}
    for name, (before, after) in changes.items():
        assert before.encode() in files[name]
        files[name] = files[name].replace(before.encode(), after.encode())
    facts = json.loads(files["evidence.json"])
    text = files["text.txt"].partition(b"\n")[2]
    facts["document"]["text_sha256"] = hashlib.sha256(text).hexdigest()
    files["evidence.json"] = json.dumps(facts).encode()
    sums = {
        name: hashlib.sha256(body).hexdigest()
        for name, body in files.items()
        if name != "SHA256SUMS"
    }
    files["SHA256SUMS"] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    with zipfile.ZipFile(target, "w") as new:
        for name, body in files.items():
            new.writestr(name, body)
    return target


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, None),
        ({"text.txt": ("窓口の手続き", "警察の手続き")}, "the text stands in the archived response"),
        ({"evidence.json": ('"fetched_at": "2026-11-16', '"fetched_at": "2026-10-16')}, "it was fetched when"),
        ({"cover.html": ("見出し", "別の題")}, "the cover shows"),
    ],
    ids=["nothing", "text", "time", "cover"],
)  # fmt: skip
def test_a_forger_who_writes_the_hashes_anew_is_told(
    packed: dict[str, Path], tmp_path: Path, changes: dict[str, tuple[str, str]], told: str | None
) -> None:
    checks = verify(_forged(packed["pages"], changes, tmp_path / "forged.zip"))
    broken = [check.what for check in checks if not check.holds]
    assert len(broken) == (told is not None)
    assert all(one.startswith(told or "") for one in broken)


@pytest.mark.parametrize("content", [b"", b"junk" * 100, None])
def test_what_is_no_pack_is_a_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.zip"):
        verify(path)


def test_a_bomb_and_a_foreign_zip_are_refused(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}", bytes(100 << 20))
    (tmp_path / "bomb.zip").write_bytes(bomb.getvalue())
    with pytest.raises(InputError, match="MiB"):
        verify(tmp_path / "bomb.zip")
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as archive:
        for name in ("SHA256SUMS", "evidence.json", "text.txt"):
            archive.writestr(name, "[]")
    with pytest.raises(InputError, match=r"evidence\.json"):
        verify(tmp_path / "foreign.zip")


def test_an_unknown_id_is_a_clear_line(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "sources").mkdir()
    place.configure()
    done = scopewatch(place, "evidence", "nothing")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
