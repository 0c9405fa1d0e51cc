"""Archived pages to the store: real WARC files, written here as archives write them."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.backfill import slices
from crawler.backfill.drops import WORDS, Drop, told
from crawler.backfill.prefilter import may_name
from crawler.backfill.slices import read_slice
from crawler.backfill_commands import files_of
from data.config import Config
from data.errors import InputError
from data.gate import PHRASES
from data.store.connection import open_store
from tests.conftest import ROOT

NEWS = "潮見銀行は、口座を開く人にマイナンバーの記入を求める運用を始めた。支店の窓口で書いてもらい、本店で照合する。"
OTHER = "潮見市の朝市に人が集まった。野菜と魚が並び、昼には売り切れた。来月も第一日曜に開くという。"


def page(text: str, title: str = "朝市の話", encoding: str = "utf-8") -> bytes:
    body = "".join(f"<p>{part}。</p>" for part in text.split("。") if part)
    return (
        f"<html lang=ja><head><meta charset={encoding}><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode(encoding)


def archive(path: Path, pages: list[tuple[str, int, bytes]], compressed: bool = True) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=compressed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for url, status, body in pages:
            headers = StatusAndHeaders(
                f"{status} OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"
            )
            record = writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2016-03-04T05:06:07Z"},
            )
            writer.write_record(record)
            record.raw_stream.close()
    return path


def twelve(path: Path) -> Path:
    return archive(
        path,
        [
            (
                f"https://www.shiomi-{n % 3}.example.jp/news/{n}.html",
                200,
                page(f"{NEWS}その{n}。", f"記事{n}"),
            )
            if n % 2
            else (f"https://www.shiomi.example.jp/market/{n}.html", 200, page(OTHER, f"朝市{n}"))
            for n in range(12)
        ],
    )


def backfill(config: Config, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    (config.base / "scopewatch.toml").touch()
    return subprocess.run(
        [sys.executable, "-m", "scopewatch", "backfill", *words],
        cwd=config.base,
        env={**os.environ, "PYTHONPATH": str(ROOT), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def stored(config: Config) -> list[tuple[str, ...]]:
    with open_store(config) as store:
        rows = store.public.execute(
            "SELECT id, source_id, url, title, fetched_at, status, text_sha256 FROM documents ORDER BY id"
        ).fetchall()
        assert all(
            place for (place,) in store.public.execute("SELECT warc_record_id FROM documents")
        )
        return rows


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16", "iso2022_jp"])
def test_a_page_is_named_in_whatever_encoding(tmp_path, encoding):
    path = archive(
        tmp_path / "a.warc.gz", [("https://a.example.jp/1", 200, page(NEWS, encoding=encoding))]
    )
    (kept,) = read_slice(str(path), 0).pages
    assert "マイナンバーの記入を求める運用を始めた" in kept.extract.text
    assert kept.capture.fetched_at.isoformat() == "2016-03-04T05:06:07+00:00"


def test_a_page_kept_as_it_was_sent_is_unpacked(tmp_path):
    path = archive(
        tmp_path / "a.warc.gz", [("https://a.example.jp/1", 200, gzip.compress(page(NEWS)))]
    )
    (kept,) = read_slice(str(path), 0).pages
    assert "マイナンバーの記入" in kept.extract.text


def test_every_gate_phrase_passes_the_look_at_the_bytes():
    for phrase in PHRASES:
        for encoding in ("utf-8", "cp932", "euc_jp"):
            assert may_name(page(f"{OTHER}{phrase}", encoding=encoding)), (phrase, encoding)
        references = "".join(f"&#{ord(sign)};" for sign in phrase)
        assert may_name(f"<p>{references}</p>".encode())
    assert not may_name(page(OTHER))


REFUSED = [
    ("https://a.example.jp/gone", 404, page(NEWS)),
    ("dns:a.example.jp", 200, b"a.example.jp. 60 IN A 192.0.2.1"),
    ("https://a.example.jp/large", 200, page(NEWS * 400)),
    ("https://a.example.jp/noise", 200, bytes(range(256)) * 9),
    ("https://a.example.jp/broken", 200, b"\x1f\x8b" + bytes(99)),
    ("https://a.example.jp/broken.pdf", 200, f"%PDF-1.7 {NEWS}".encode()),
]


def test_what_is_not_read_is_counted_with_its_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(slices, "LARGEST", 20_000)
    other = ("https://a.example.jp/market", 200, page(OTHER))
    path = archive(tmp_path / "a.warc.gz", [*REFUSED, other])
    found = read_slice(str(path), 0)
    assert (found.records, found.pages, found.fault) == (7, [], None)
    assert found.dropped == dict.fromkeys(Drop, 1)


def test_the_summary_says_what_was_dropped_and_why(tmp_path, config):
    pages = [*REFUSED, ("https://a.example.jp/moved", 301, b"")]
    pages = [one for one in pages if not one[0].endswith("/large")]
    for name in ("a", "b"):
        archive(tmp_path / f"{name}.warc.gz", [(f"{url}?{name}", *rest) for url, *rest in pages])
    run = backfill(config, str(tmp_path / "a.warc.gz"), "--workers", "1")
    assert (run.returncode, run.stdout.splitlines()[1:]) == (
        0,
        [
            "dropped unread: 6 of the pages: 2 answered with another status than 200 (errors, redirects); "
            "1 without an http(s) address (such as DNS records); "
            "1 whose gzip bytes are damaged or unpack to more than that; "
            "1 neither HTML, text nor PDF (pictures, feeds, Office files); "
            "1 whose text cannot be read (a scanned, locked or broken PDF)"
        ],
    ), run.stderr
    (*_, last) = (json.loads(line) for line in run.stderr.splitlines())
    assert last["dropped"] == 6
    summary = json.loads(backfill(config, str(tmp_path), "--workers", "1", "--json").stdout)
    assert (summary["files"], summary["done"], summary["records"], summary["named"]) == (2, 2, 6, 0)
    assert summary["dropped"] == {
        "no_success": 2,
        "no_web_address": 1,
        "not_unpacked": 1,
        "other_kind": 1,
        "unreadable": 1,
    }
    states = [
        json.loads(line) for line in backfill(config, "--status", "--json").stdout.splitlines()
    ]
    assert [(one["name"], one["done"], one["records"]) for one in states] == [
        ("a.warc.gz", True, 6),
        ("b.warc.gz", True, 6),
    ]


def test_every_reason_to_drop_has_words():
    assert set(WORDS) == set(Drop)
    assert told({}) == ""
    assert (
        told({Drop.TOO_LARGE: 1200})
        == "dropped unread: 1,200 of the pages: 1,200 larger than 8 MiB"
    )


def test_slices_follow_each_other_to_the_end(tmp_path, monkeypatch):
    path = twelve(tmp_path / "a.warc.gz")
    whole = [one.url for one in read_slice(str(path), 0).pages]
    monkeypatch.setattr(slices, "MOST_PAGES", 5)
    urls, offset = [], 0
    while offset is not None:
        found = read_slice(str(path), offset)
        urls += [one.url for one in found.pages]
        offset = found.next
    assert urls == whole
    assert len(urls) == 6


@pytest.mark.parametrize("compressed", [True, False])
def test_pages_become_documents_once(tmp_path, config, compressed):
    path = archive(
        tmp_path / ("a.warc.gz" if compressed else "a.warc"),
        [
            ("https://www.soumu.go.jp/menu_news/s-news/2016/1.html", 200, page(NEWS, "総務省から")),
            ("https://www.mori.example.go.jp/1.html", 200, page(NEWS, "森の庁から")),
            ("https://www.city.shiomi.lg.jp/1.html", 200, page(NEWS, "潮見市から")),
            ("https://shiomi-news.example.jp/1.html", 200, page(NEWS, "潮見新聞から")),
            ("https://shiomi-news.example.jp/2.html", 200, page(OTHER)),
        ],
        compressed,
    )
    run = backfill(config, str(path), "--workers", "1")
    assert (run.returncode, run.stdout) == (
        0,
        "1 of 1 files read; 5 pages looked at, 4 name an identifier: 4 new, 0 changed. Next: scopewatch read\n",
    ), run.stderr
    homes = {title: source for _, source, _, title, *_ in stored(config)}
    assert homes["森の庁から"] == "archive_ministry"
    assert homes["潮見市から"] == "archive_localgov"
    assert homes["潮見新聞から"] == "archive_news"
    assert homes["総務省から"].startswith("soumu")
    before = stored(config)
    again = backfill(config, str(tmp_path), "--workers", "1")
    assert "1 of 1 files read; 0 pages looked at" in again.stdout
    assert stored(config) == before
    shown = backfill(config, "--status")
    assert path.name in shown.stdout
    assert "read" in shown.stdout


def test_a_damaged_file_is_told_and_harms_no_other(tmp_path, config):
    whole = twelve(tmp_path / "whole.warc.gz")
    content = whole.read_bytes()
    (tmp_path / "cut.warc.gz").write_bytes(content[: len(content) * 3 // 5])
    (tmp_path / "sorry.warc.gz").write_bytes(b"<html><title>404 Not Found</title></html>")
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    (tmp_path / "other.warc.zst").write_bytes(bytes.fromhex("28b52ffd") + b"\0" * 40)
    run = backfill(config, str(tmp_path), "--workers", "1")
    assert run.returncode == 1
    assert "2 of 5 files read" in run.stdout
    assert "other.warc.zst: is compressed with zstd, which is not read: unpack it" in run.stderr
    assert "cut.warc.gz: the file breaks off within a record: fetch it again" in run.stderr
    assert "sorry.warc.gz: not readable beyond byte 0" in run.stderr
    assert len(stored(config)) == 6
    events = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
    assert events[-1]["event"] == "backfill"


def test_a_wrong_call_says_what_to_do(tmp_path):
    for paths, message in (
        ((), "name WARC files"),
        ((tmp_path / "none",), "no such file"),
        ((tmp_path,), "holds no file"),
    ):
        with pytest.raises(InputError, match=message):
            files_of(paths, tmp_path / "archive")


def test_our_own_archive_is_not_read_again(tmp_path):
    own = tmp_path / "var" / "archive"
    own.mkdir(parents=True)
    twelve(own / "own.warc.gz")
    other = twelve(tmp_path / "other.warc.gz")
    assert files_of((tmp_path,), own) == [other]


@pytest.mark.slow
def test_workers_and_a_kill_leave_the_same_store(tmp_path, config):
    """Two Dask workers, and a run that dies after its first slice, store what one quiet process stores."""
    for name in ("a", "b", "c"):
        twelve(tmp_path / f"{name}.warc.gz")
    files = [str(tmp_path / f"{name}.warc.gz") for name in ("a", "b", "c")]
    quiet = Config(base=tmp_path / "quiet")
    quiet.base.mkdir()
    assert backfill(quiet, *files, "--workers", "1").returncode == 0
    parallel = Config(base=tmp_path / "parallel")
    parallel.base.mkdir()
    run = backfill(parallel, *files, "--workers", "2")
    assert run.returncode == 0, run.stderr
    assert stored(parallel) == stored(quiet)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *files], cwd=config.base, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert killed.returncode == -9
    assert backfill(config, *files, "--workers", "1").returncode == 0
    assert stored(config) == stored(quiet)


KILLED = """
import os, signal, sys
from pathlib import Path
from crawler.backfill import drive, pools, slices
from crawler.backfill_commands import files_of
from data.config import Config
from data.errors import InputError
slices.MOST_PAGES = 5
put, calls = drive.put_file_state, []
def die(store, state):
    calls.append(state)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    put(store, state)
drive.put_file_state = die
drive.backfill(Config(base=Path.cwd()), [Path(p) for p in sys.argv[1:]], pools.Here(), lambda p: None)
"""
