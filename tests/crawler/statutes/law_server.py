"""A stand-in for laws.e-gov.go.jp on loopback: the law API and the bulk download, answers by path."""

from __future__ import annotations

import io
import json
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from law_fixture import API_XML, LAW_INFO, REVISION_ID, REVISION_INFO

from data.errors import Unreachable

LAW = "399AC0000000001"
SECOND = "399AC0000000001_20250401_407AC0000000003"
SORRY = b"<!DOCTYPE html><html><body>sorry</body></html>"
HEADER = (
    "法令種別,法令番号,法令名,法令名読み,旧法令名,公布日,改正法令名,改正法令番号,改正法令公布日,"
    "施行日,施行日備考,法令ID,本文URL,未施行"
)


@dataclass
class Server:
    """Answers by path (a day's list: `bulkdownload/20250602`); counts what it was asked."""

    base: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    retry_after: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                body: bytes = reply.read()
                return body
        except urllib.error.HTTPError as error:
            error.close()
            raise Unreachable(f"{url}: HTTP {error.code}") from error


@contextmanager
def serving() -> Iterator[Server]:
    known = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix("/api/2/")
            if path == "/bulkdownload":
                asked = parse_qs(parts.query)
                assert asked["file_section"] == ["3"]
                assert asked["only_xml_flag"] == ["true"]
                path = f"bulkdownload/{asked['update_date'][0]}"
            known.asked.append(path)
            status, body = known.answers.get(path, (404, b'{"code":"404001","message":"none"}'))
            self.send_response(status)
            if path in known.retry_after:
                self.send_header("Retry-After", known.retry_after[path])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        known.base = f"http://127.0.0.1:{http.server_port}/api/2"
        yield known
        http.shutdown()
        thread.join()


def info(revision_id: str, **more: str | None) -> dict[str, str | None]:
    day = revision_id.split("_")[1]
    return (
        REVISION_INFO
        | {
            "law_revision_id": revision_id,
            "amendment_enforcement_date": f"{day[:4]}-{day[4:6]}-{day[6:]}",
            "amendment_law_id": revision_id.split("_")[2],
        }
        | more
    )


def listing(*infos: dict[str, str | None]) -> bytes:
    return json.dumps({"law_info": LAW_INFO, "revisions": list(infos)}, ensure_ascii=False).encode()


def reply(revision_id: str) -> bytes:
    return API_XML.replace(REVISION_ID, revision_id).encode()


def list_row(revision_id: str, title: str = "花火番号法", pending: str = "", note: str = "") -> str:
    """A row of a day's list, dates in eras as in the real one."""
    law, rest = revision_id.split("_", 1)
    return (
        f"法律,平成九十九年法律第一号,{title},はなび,,平成九十九年四月一日,{title}の一部を改正する法律,"
        f"令和七年法律第三号,令和七年三月一日,令和７年４月１日,{note},{law},"
        f"https://laws.e-gov.go.jp/law/{law}/{rest},{pending}"
    )


def day_archive(
    rows: list[str], files: dict[str, bytes], *, header: str = HEADER, encoding: str = "utf-8-sig"
) -> bytes:
    """A day's archive: the list, and a folder with its XML for each revision."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("R070602.csv", "\r\n".join([header, *rows, ""]).encode(encoding))
        for revision_id, body in files.items():
            archive.writestr(f"{revision_id}/", b"")
            archive.writestr(f"{revision_id}/{revision_id}.xml", body)
    return packed.getvalue()
