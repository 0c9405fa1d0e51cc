"""Following e-Gov's API against a server on loopback: what is fetched, what fails, what is kept."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from law_fixture import REVISION_ID, envelope, json_tree
from law_server import LAW, SECOND, SORRY, Server, info, listing, reply

from crawler.statutes.api import LawApi
from crawler.statutes.following import Imported, import_readings
from crawler.statutes.manners import obeying, paced
from crawler.statutes.updating import updates
from crawler.statutes_commands import statutes
from data.errors import Blocked, ConfigError, Empty, Malformed, SourceError, Unreachable
from data.statute_watch import watch_list
from data.statutes import LawRevision
from data.store.connection import Store
from data.store.statutes import revisions_of, text_of

SCHEDULED = "399AC0000000001_20310604_408AC0000000031"


ALL = listing(
    info(
        SCHEDULED,
        amendment_enforcement_comment="公布の日から起算して五年を超えない範囲内において政令で定める日",
    ),
    info(SECOND),
    info(REVISION_ID),
    info("399AC0000000001_20240401_405AC0000000001"),
)


def api(server: Server) -> LawApi:
    return LawApi(server.fetch, server.base)


def update(
    store: Store, server: Server, since: date = date(2017, 1, 1), at_most: int = 9
) -> Imported:
    asked = len(server.asked)
    pauses: list[float] = []
    polite = LawApi(paced(server.fetch, pauses.append), server.base)
    done = import_readings(store, updates(store, polite, [LAW], since=since, at_most=at_most))
    assert len(pauses) == len(server.asked) - asked - 1
    return done


def test_only_missing_texts_of_effective_states_are_fetched(store: Store, server: Server) -> None:
    server.answers = {
        f"law_revisions/{LAW}": (200, ALL),
        f"law_data/{REVISION_ID}": (200, reply(REVISION_ID)),
        f"law_data/{SECOND}": (200, reply(SECOND)),
        f"law_data/{SCHEDULED}": (200, reply(SCHEDULED)),
    }
    done = update(store, server)
    assert done.failed == []
    assert server.asked == [
        f"law_revisions/{LAW}",
        f"law_data/{SCHEDULED}",
        f"law_data/{SECOND}",
        f"law_data/{REVISION_ID}",
    ]
    assert (done.new_texts, len(done.diffs)) == (3, 2)
    assert all(diff.empty for diff in done.diffs)
    scheduled = revisions_of(store.public, LAW)[-1]
    assert scheduled.comment.startswith("公布の日から")
    server.asked.clear()
    update(store, server)
    assert server.asked == [f"law_revisions/{LAW}"]


def test_a_scheduled_revision_whose_day_was_fixed_comes_into_force_once(
    store: Store, server: Server
) -> None:
    """By 2031-06-04 at the latest, then a cabinet order says 2030-04-01: the revision has another id."""
    fixed = "399AC0000000001_20300401_408AC0000000031"
    waiting = info(SCHEDULED, current_revision_status="UnEnforced")
    server.answers = {
        f"law_revisions/{LAW}": (200, listing(waiting, info(REVISION_ID))),
        f"law_data/{REVISION_ID}": (200, reply(REVISION_ID)),
        f"law_data/{SCHEDULED}": (200, reply(SCHEDULED)),
        f"law_data/{fixed}": (200, reply(fixed)),
    }
    update(store, server)
    server.answers[f"law_revisions/{LAW}"] = (200, listing(info(fixed), info(REVISION_ID)))
    done = update(store, server)
    assert [one.revision_id for one in revisions_of(store.public, LAW)] == [REVISION_ID, fixed]
    assert [one.new.revision_id for one in done.diffs] == [fixed]
    gone = store.public.execute("SELECT revision_id FROM law_revisions_gone").fetchall()
    assert gone == [(SCHEDULED,)]


def test_since_and_at_most_limit_what_is_fetched(store: Store, server: Server) -> None:
    server.answers = {
        f"law_revisions/{LAW}": (200, ALL),
        f"law_data/{SCHEDULED}": (200, reply(SCHEDULED)),
    }
    update(store, server, since=date(2025, 1, 1), at_most=1)
    assert server.asked == [f"law_revisions/{LAW}", f"law_data/{SCHEDULED}"]


def test_json_is_read_where_a_server_gives_it(store: Store, server: Server) -> None:
    server.answers = {
        f"law_revisions/{LAW}": (200, listing(info(REVISION_ID))),
        f"law_data/{REVISION_ID}": (200, envelope(json_tree())),
    }
    assert update(store, server).new_texts == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, SORRY, Malformed),
        (200, ALL[:-30], Malformed),
        (200, b"", Malformed),
        (200, b'{"code":"400043","message":"bad id"}', Malformed),
        (200, listing(), Empty),
        (429, b"slow down", Unreachable),
        (503, SORRY, Unreachable),
    ],
)
def test_a_list_that_cannot_be_read_is_kept_as_an_issue(
    store: Store, server: Server, status: int, body: bytes, error: type[Exception]
) -> None:
    server.answers = {f"law_revisions/{LAW}": (status, body)}
    done = update(store, server)
    assert [type(reading.error) for reading in done.failed] == [error]
    (issue,) = store.public.query("SELECT kind, detail FROM issues")
    assert issue["kind"] == error.kind  # type: ignore[attr-defined]
    assert LAW in issue["detail"]


def test_a_broken_text_does_not_stop_the_others_and_is_tried_again(
    store: Store, server: Server
) -> None:
    server.answers = {
        f"law_revisions/{LAW}": (200, listing(info(REVISION_ID), info(SECOND))),
        f"law_data/{SECOND}": (200, SORRY),
        f"law_data/{REVISION_ID}": (200, reply(REVISION_ID)),
    }
    done = update(store, server)
    assert (len(done.failed), done.new_texts) == (1, 1)
    server.answers[f"law_data/{SECOND}"] = (200, reply(SECOND))
    server.asked.clear()
    done = update(store, server)
    assert server.asked == [f"law_revisions/{LAW}", f"law_data/{SECOND}"]
    assert (len(done.failed), len(done.diffs)) == (0, 1)


def test_a_server_that_refuses_is_left_alone(store: Store, server: Server) -> None:
    server.answers = {
        f"law_revisions/{LAW}": (200, ALL),
        f"law_data/{SCHEDULED}": (429, b""),
    }
    update(store, server)
    assert server.asked == [f"law_revisions/{LAW}", f"law_data/{SCHEDULED}"]


def test_another_revision_than_asked_is_refused(server: Server) -> None:
    server.answers = {f"law_data/{SECOND}": (200, reply(REVISION_ID))}
    asked = LawRevision(revision_id=SECOND, law_id=LAW, enforced_on=date(2025, 4, 1))
    with pytest.raises(Malformed, match="something else"):
        api(server).text(asked)


def test_what_was_kept_stays_when_the_api_breaks(store: Store, server: Server) -> None:
    server.answers = {
        f"law_revisions/{LAW}": (200, listing(info(REVISION_ID))),
        f"law_data/{REVISION_ID}": (200, reply(REVISION_ID)),
    }
    update(store, server)
    server.answers = {f"law_revisions/{LAW}": (200, SORRY)}
    update(store, server)
    (revision,) = revisions_of(store.public, LAW)
    assert text_of(store.public, revision) is not None


def test_the_verb_asks_the_server_that_stands_in(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = {
        f"law_revisions/{LAW}": (200, listing(info(REVISION_ID), info(SECOND))),
        f"law_data/{SECOND}": (200, reply(SECOND)),
    }
    host = server.base.split("/")[2]
    path = tmp_path / "scopewatch.toml"
    path.write_text(
        f'contact = "mailto:ops@example.org"\n[crawl]\nallow_hosts = ["{host}"]\ndelay_seconds = 0\n'
    )
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    monkeypatch.setenv("SCOPEWATCH_LAW_API", server.base)
    monkeypatch.setattr("crawler.statutes.manners.PAUSE_SECONDS", 0.0)
    result = CliRunner().invoke(statutes, ["update", LAW, "--since", "令和7年1月1日"])
    assert result.exception is None, result.exception
    done = json.loads(result.stdout)
    assert (done["new_texts"], done["new_revisions"], done["failed"]) == (1, 2, 0)
    assert server.asked == ["/robots.txt", f"law_revisions/{LAW}", f"law_data/{SECOND}"]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"User-agent: *\nDisallow: /api/", "robots.txt disallows"),
        (200, b"User-agent: scopewatch\nCrawl-delay: 900", "900 seconds"),
        (503, SORRY, "robots.txt: the server answered 503"),
        (429, b"", "robots.txt: the server answered 429"),
    ],
)
def test_robots_txt_is_obeyed_and_what_cannot_be_read_is_a_no(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: bytes,
    words: str,
) -> None:
    server.answers = {
        "/robots.txt": (status, body),
        f"law_revisions/{LAW}": (200, listing(info(REVISION_ID))),
    }
    path = tmp_path / "scopewatch.toml"
    host = server.base.split("/")[2]
    path.write_text(
        f'contact = "mailto:ops@example.org"\n[crawl]\nallow_hosts = ["{host}"]\ndelay_seconds = 0\n'
    )
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    result = CliRunner().invoke(statutes, ["update", LAW, "--api", server.base])
    assert server.asked == ["/robots.txt"]
    assert isinstance(result.exception, SourceError)
    assert words in str(result.exception)


def test_a_crawl_delay_lengthens_the_pause() -> None:
    slept: list[float] = []
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return b""

    polite = obeying(fetch, lambda _: (200, b"User-agent: *\nCrawl-delay: 5"), slept.append)
    for name in ("a", "b"):
        polite(f"https://laws.example.jp/{name}")
    assert (len(asked), slept) == (2, [4.0, 4.0])


def test_a_server_that_asks_for_peace_is_not_asked_for_the_next_law(store: Store) -> None:
    asked: list[str] = []

    def refuse(url: str) -> bytes:
        asked.append(url)
        raise Blocked(f"{url}: answered 429")

    laws = [LAW, "399AC0000000002"]
    done = import_readings(
        store, updates(store, LawApi(refuse), laws, since=date(2017, 1, 1), at_most=9)
    )
    assert (len(asked), len(done.failed)) == (1, 1)


def test_a_private_address_is_not_asked_unless_allowed(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scopewatch.toml"
    path.write_text('contact = "mailto:ops@example.org"\n')
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    result = CliRunner().invoke(statutes, ["update", LAW, "--api", server.base])
    assert server.asked == []
    assert isinstance(result.exception, SourceError)
    assert "could not be read" in str(result.exception) or LAW in str(result.exception)


def test_without_a_contact_nothing_leaves_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scopewatch.toml"
    path.write_text("")
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    result = CliRunner().invoke(statutes, ["update", LAW])
    assert isinstance(result.exception, ConfigError)


def test_the_main_job_follows_the_laws_once_a_day(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def follow(day: str) -> tuple[int, dict[str, object]]:
        monkeypatch.setenv("SCOPEWATCH_NOW", f"{day}+09:00")
        result = CliRunner().invoke(statutes, ["follow", "--json"])
        return result.exit_code, json.loads(result.stdout.splitlines()[-1])

    host = server.base.split("/")[2]
    path = tmp_path / "scopewatch.toml"
    path.write_text(
        'contact = "mailto:ops@example.org"\n'
        f'[crawl]\nsources = ["none"]\nallow_hosts = ["{host}"]\ndelay_seconds = 0\n[laws]\napi = "{server.base}"\n'
    )
    (tmp_path / "none").mkdir()
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    monkeypatch.setattr("crawler.statutes.manners.PAUSE_SECONDS", 0.0)
    server.answers = {}
    status, counted = follow("2025-06-02T07:00")
    assert status == 1
    assert counted["failed"] == 6
    six = {str(law.id) for law in watch_list().laws}
    server.answers = {
        f"law_revisions/{law}": (200, listing(info(f"{law}_20200101_000000000000000")))
        for law in six
    }
    assert follow("2025-06-02T08:00")[0] == 0
    asked = len(server.asked)
    assert follow("2025-06-02T20:00") == (0, {"skipped": "done within the day"})
    assert len(server.asked) == asked
    assert "skipped" not in follow("2025-06-03T08:00")[1]
    path.write_text("[laws]\nfollow = false\n")
    assert follow("2025-06-09T08:00") == (0, {"skipped": "laws.follow is false"})
