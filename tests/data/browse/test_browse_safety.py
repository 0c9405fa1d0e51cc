"""The pages may stand on the open internet: read-only, watch.db only, nothing fetched can run."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from public_library import TOLD, document
from visiting import Pages

from data.browse.links import original, sentence_in
from data.config import Config
from data.store.connection import Store, bring_up_to_date, open_store
from data.store.documents import save_document

SECRET = "秘密の全文がここに続く"


@pytest.mark.parametrize(
    "path",
    [
        "/private", "/private.db", "/private/texts", "/watch.db", "/watch/../private.db", "/_internal",
        "/_memory", "/-/databases.json", "/-/threads.json", "/-/settings.json", "/-/versions.json",
        "/-/plugins.json", "/-/metadata.json", "/-/config.json", "/-/actor.json", "/-/permissions",
        "/-/allow-debug", "/-/logout", "/-/messages", "/-/patterns", "/-/dashboards/ledger/events", "/-/dashboards/ledger/embed", "/-/review", "/-/reviewed",
        "/-/sign-in", "/-/act/finding/x", "/-/static-plugins/datasette_dashboards/dashboards.js", "/-/static/app.css",
        "/assets/../plugin.py", "/assets/%2e%2e/plugin.py", "/assets/..%2f..%2fprivate.db",
        "/watch/texts", "/watch/runs", "/watch/_sqlite_migrations", "/watch/documents_search",
        "/watch/sqlite_master", "//evil.example/", "/-/use-case", "/-/finding/",
    ],
)  # fmt: skip
def test_nothing_but_the_public_pages_can_be_reached(pages: Pages, path: str) -> None:
    assert pages.get(path).status_code in (302, 400, 403, 404), path


def test_no_page_or_table_shows_a_private_text(pages: Pages, library: Store) -> None:
    told = TOLD[0]
    long = document(told)
    save_document(library, type(long)(**{
        **{name: getattr(long, name) for name in long.__slots__},
        "id": "long", "text": "公開の抜粋。" * 40 + SECRET, "text_sha256": "long",
    }))  # fmt: skip
    for path in (
        "/-/document/long",
        "/watch/documents/long.json",
        "/watch/documents.csv?_stream=1",
    ):
        answer = pages.get(path)
        assert answer.status_code == 200
        assert SECRET not in answer.text
    assert (
        json.loads(pages.get(f"/watch/documents.json?_search={quote('秘密')}").text)["rows"] == []
    )


@pytest.mark.parametrize(
    "path",
    [
        "/watch?sql=select+1",
        "/watch.json?sql=select+*+from+documents",
        "/watch.csv?sql=select+1",
        "/watch/documents?_where=1=1",
        "/watch/documents.json?_where=id+in+(select+id+from+runs)",
        "/watch?sql=attach+database+'private.db'+as+p",
        "/watch/-/query?sql=select+1",
    ],
)
def test_a_reader_cannot_bring_sql(pages: Pages, path: str) -> None:
    assert pages.get(path).status_code in (400, 403, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_only_reading_is_allowed(pages: Pages, method: str) -> None:
    for path in ("/", "/watch/documents", "/-/finding/x"):
        assert pages.ask(method, path).status_code == 405


@pytest.mark.parametrize(
    "path", ["/", "/-/health", "/watch/documents", "/nowhere", "/-/feed/all.atom", "/assets/style.css",
             "/watch/documents.json", "/-/finding/none"],
)  # fmt: skip
def test_every_answer_carries_the_headers(pages: Pages, path: str) -> None:
    headers = pages.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in headers
    assert "server" not in headers


def test_the_pages_have_no_script_no_inline_style_and_nothing_from_elsewhere(pages: Pages) -> None:
    for path in ("/", "/-/use-case/police:number", "/watch", "/watch/documents", "/watch/findings",
                 "/watch/documents/evil", "/-/document/evil", "/-/search?q=alert"):  # fmt: skip
        body = pages.get(path).text
        assert not re.search(
            r"<script|<style|\sstyle=|\son\w+=[\"']|javascript:[^<]*[\"']>", body
        ), path
        assert not re.search(r"(src|<link[^>]+href)=[\"']https?://(?!localhost)", body), path


def test_fetched_titles_and_addresses_are_inert(pages: Pages) -> None:
    for path in (
        "/",
        "/-/document/evil",
        "/-/story/evil",
        "/watch/documents",
        "/watch/documents/evil",
    ):
        body = pages.get(path).text
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert 'href="javascript:' not in body
    assert "&lt;script&gt;alert(1)" in pages.get("/-/document/evil").text


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:x", "data:text/html,x", "//host/x",
     "https://u:p@host/", "https://ho st/", 'https://host/"onx="', "https://[::1", "", None,
     "https://host/\u0000", "file:///etc/passwd", "http:///x"],
)  # fmt: skip
def test_only_ordinary_addresses_become_links(url: str | None) -> None:
    assert original(url) is None
    assert sentence_in(url, "文") is None


def test_a_text_fragment_names_a_long_sentence_by_its_ends() -> None:
    short = sentence_in("https://a.example/x", "番号-1, 2&3")
    assert short == "https://a.example/x#:~:text=%E7%95%AA%E5%8F%B7%2D1%2C%202%263"
    long = sentence_in("https://a.example/x#top", "始" * 50 + "終" * 50)
    assert long == f"https://a.example/x#top:~:text={quote('始' * 20)},{quote('終' * 20)}"


# Datasette 0.65 forgets the facets after the one that failed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_a_hostile_question_is_refused_or_answered_but_never_crashes(pages: Pages) -> None:
    for query in ("?" + "a" * 3000, "?sector=%00", "?lang=../../etc", "?_lang=zz", "?identifier[]=1",
                  "?lang=en&lang=ja", "?%ff=%ff"):  # fmt: skip
        assert pages.get("/" + query).status_code in (200, 414), query
    for query in ("?_sort=nope", "?_facet=nope", "?_next=%00", "?_size=99999", "?_search=x&_searchmode=raw",
                  "?_facet_array=title", "?title__regex=x", "?_trace=1"):  # fmt: skip
        assert pages.get("/watch/documents" + query).status_code < 500, query


def test_what_no_table_can_answer_is_the_askers_mistake(pages: Pages) -> None:
    for table in ("documents", "evidence.json", "findings.csv"):
        for query in ("_timelimit=x", "_size=-1", "_facet_size={}", "_through=x", "_facet=nope", "_facet=%00",
                      "_facet={", "nope=1", "nope__contains=x", "search_id__gt=99999999999999999999999",
                      "&".join(["_facet=title"] * 9)):  # fmt: skip
            assert pages.get(f"/watch/{table}?{query}").status_code == 400, (table, query)


def test_a_page_number_and_a_name_of_a_file_have_a_form(pages: Pages) -> None:
    assert pages.get("/watch/evidence?_next=-5").status_code == 400
    assert pages.get("/watch/evidence?_next=5").status_code == 200
    assert pages.get(f"/assets/{'a' * 300}").status_code == 404


def test_the_language_may_have_its_usual_name_on_a_table_too(pages: Pages) -> None:
    answer = pages.get("/watch/documents?lang=en&_search=x")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/watch/documents?_search=x&_lang=en"
    assert pages.get("/watch/reversals?lang=en").status_code == 200


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def configuration(directory: Path) -> dict[str, str]:
    file = directory / "scopewatch.toml"
    file.write_text('[store]\ndirectory = "var"\n', encoding="utf-8")
    return os.environ | {"SCOPEWATCH_CONFIG": str(file)}


def browse(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scopewatch", "browse", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_without_a_database_or_a_port_there_is_one_line(tmp_path: Path) -> None:
    environment = configuration(tmp_path)
    server = browse(environment)
    _, said = server.communicate(timeout=30)
    assert server.returncode == 2
    assert "there is no database yet" in said
    assert said.count("\n") == 1
    with open_store(Config(base=tmp_path)):
        pass
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = browse(environment, "--port", str(taken.getsockname()[1]))
        _, said = server.communicate(timeout=30)
    assert server.returncode == 2
    assert "is in use" in said
    assert said.count("\n") == 1


def test_a_database_of_an_older_version_is_migrated_before_it_is_shown(
    library: Store, config: Config, tmp_path: Path
) -> None:
    with library.writing_public() as db:
        for statement in (
            "DROP VIEW evidence",
            "DROP TABLE comments",
            "DELETE FROM _sqlite_migrations WHERE name IN ('m0004_evidence', 'm0001_comments')",
        ):
            db.execute(statement)
    library.close()
    environment = configuration(tmp_path)
    out = tmp_path / "static"
    done = subprocess.run(
        [sys.executable, "-m", "scopewatch", "publish-static", str(out)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (out / "index.html").is_file()
    before = config.watch_db.read_bytes()
    bring_up_to_date(config.watch_db)
    assert config.watch_db.read_bytes() == before
    with open_store(config) as store, store.writing_public() as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('x', 'm', '')"
        )
    server = browse(environment)
    _, said = server.communicate(timeout=60)
    assert server.returncode == 2
    assert "newer scopewatch" in said


def test_the_command_serves_while_a_writer_writes_and_ends_on_a_signal(
    library: Store, config: Config, tmp_path: Path
) -> None:
    port = free_port()
    server = browse(configuration(tmp_path), "--port", str(port))
    try:
        wait_for(port)
        stop = threading.Event()
        written: list[int] = []
        writer = threading.Thread(target=write_until, args=(config, stop, written))
        writer.start()
        statuses = []
        for _ in range(15):
            for path in ("/", "/watch/documents.json", "/-/search?q=%E9%8A%80%E8%A1%8C"):
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                    statuses.append(answer.status)
        stop.set()
        writer.join(30)
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=30)
    assert set(statuses) == {200}
    assert written[0] > 20
    assert "Traceback" not in said
    assert "locked" not in said


def write_until(config: Config, stop: threading.Event, written: list[int]) -> None:
    count = 0
    template = document(TOLD[1])
    fields = {name: getattr(template, name) for name in template.__slots__}
    with open_store(config) as store:
        while not stop.is_set():
            save_document(store, type(template)(**{**fields, "id": f"w{count}"}))
            count += 1
    written.append(count)


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not come up")
