"""Following the laws by the days' lists of e-Gov's bulk download, over HTTP on loopback."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from law_fixture import PLAIN_XML, REVISION_ID
from law_server import LAW, SECOND, SORRY, Server, day_archive, info, list_row, listing, reply

from crawler.statutes_commands import statutes
from data.config import load_config
from data.errors import SourceError
from data.store.connection import Store, open_store
from data.store.statutes import revisions_of, text_of

GHOST = "399AC0000000001_20270518_405AC0000000031"
OTHER = "399AC0000000009_20250601_407AC0000000009"
CHANGED = PLAIN_XML.replace(
    "花火保険の給付に関する事務", "花火保険の給付及び還付に関する事務"
).encode()
FIRST_DAY, DAY = "2025-06-02T07:00", "2025-06-03T07:00"  # Monday, Tuesday
NEWS = day_archive([list_row(SECOND), list_row(OTHER)], {SECOND: CHANGED, OTHER: b"<Law/>"})


@pytest.fixture
def update(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """`scopewatch statutes update LAW` at a moment in Tokyo; gives what it printed and what was asked."""
    path = tmp_path / "scopewatch.toml"
    host = server.base.split("/")[2]
    path.write_text(
        f'contact = "mailto:ops@example.org"\n[crawl]\nallow_hosts = ["{host}"]\ndelay_seconds = 0\n'
    )
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    monkeypatch.setenv("SCOPEWATCH_LAW_API", server.base)
    monkeypatch.setattr("crawler.statutes.manners.PAUSE_SECONDS", 0.0)
    server.answers = {
        f"law_revisions/{LAW}": (200, listing(info(REVISION_ID))),
        f"law_data/{REVISION_ID}": (200, reply(REVISION_ID)),
        f"law_data/{SECOND}": (200, reply(SECOND)),
    }

    def run(moment: str, *options: str) -> dict[str, Any]:
        monkeypatch.setenv("SCOPEWATCH_NOW", f"{moment}+09:00")
        server.asked.clear()
        result = CliRunner().invoke(statutes, ["update", LAW, "--since", "2017-01-01", *options])
        assert result.exception is None or isinstance(result.exception, SourceError), (
            result.exc_info
        )
        asked = [one for one in server.asked if one != "/robots.txt"]
        return {"asked": asked, "error": result.exception, **json.loads(result.stdout)}

    return run


def opened() -> Store:
    return open_store(load_config())


def issues() -> list[tuple[str, str]]:
    with opened() as store:
        return [(row["kind"], row["detail"]) for row in store.public.query("SELECT * FROM issues")]


def test_the_first_run_asks_each_law_and_later_runs_ask_one_list_a_day(
    server: Server, update: Callable[..., dict[str, Any]]
) -> None:
    assert update(FIRST_DAY)["asked"] == [f"law_revisions/{LAW}", f"law_data/{REVISION_ID}"]
    server.answers["bulkdownload/20250602"] = (200, day_archive([list_row(OTHER)], {}))
    done = update(DAY)
    # Yesterday's list is whole, today's may grow: it is asked for again tomorrow.
    assert done["asked"] == ["bulkdownload/20250602", "bulkdownload/20250603"]
    assert (done["failed"], done["files"], issues()) == (0, 0, [])
    server.answers["bulkdownload/20250603"] = (200, day_archive([list_row(OTHER)], {}))
    assert update("2025-06-04T07:00")["asked"] == ["bulkdownload/20250603", "bulkdownload/20250604"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_a_law_that_the_list_names_is_read_from_the_archive(
    server: Server, update: Callable[..., dict[str, Any]], encoding: str
) -> None:
    update(FIRST_DAY)
    server.answers["bulkdownload/20250602"] = (
        200,
        day_archive([list_row(OTHER), list_row(SECOND)], {SECOND: CHANGED}, encoding=encoding),
    )
    server.answers[f"law_revisions/{LAW}"] = (200, listing(info(SECOND), info(REVISION_ID)))
    done = update(DAY)
    assert done["asked"] == [
        "bulkdownload/20250602",
        "bulkdownload/20250603",
        f"law_revisions/{LAW}",
    ]
    assert (done["new_texts"], done["changes"]["amended"]) == (1, 1)
    with opened() as store:
        newest = revisions_of(store.public, LAW)[-1]
        assert (newest.revision_id, newest.confirmed) == (SECOND, True)
        assert newest.amending_law_title == "花火番号法の一部を改正する法律"
    assert update(DAY)["asked"] == ["bulkdownload/20250603"]


def test_a_law_whose_xml_is_not_in_the_archive_is_asked_for_at_the_api(
    server: Server, update: Callable[..., dict[str, Any]]
) -> None:
    update(FIRST_DAY)
    row = list_row(SECOND).replace(f"/{SECOND.partition('_')[2]}", "")  # no revision in the address
    server.answers["bulkdownload/20250602"] = (200, day_archive([row], {}))
    server.answers[f"law_revisions/{LAW}"] = (200, listing(info(SECOND), info(REVISION_ID)))
    done = update(DAY)
    assert done["asked"][2:] == [f"law_revisions/{LAW}", f"law_data/{SECOND}"]
    assert done["new_texts"] == 1


@pytest.mark.parametrize(
    ("moment", "asks"),
    [
        ("2025-06-16T07:00", "bulkdownload/20250602"),  # 14 days: list by list
        ("2025-06-17T07:00", f"law_revisions/{LAW}"),  # 15 days: the law itself
    ],
)
def test_a_long_gap_is_made_good_by_asking_each_law(
    server: Server, update: Callable[..., dict[str, Any]], moment: str, asks: str
) -> None:
    update(FIRST_DAY)
    assert update(moment)["asked"][0] == asks


def test_a_weekend_has_no_list_but_a_working_day_without_one_is_looked_into(
    server: Server, update: Callable[..., dict[str, Any]]
) -> None:
    friday, monday = "2025-06-06T07:00", "2025-06-09T07:00"
    update(friday)
    quiet = (200, day_archive([list_row(OTHER)], {}))
    server.answers["bulkdownload/20250606"] = quiet
    server.answers["bulkdownload/20250607"] = (500, SORRY)  # as observed on a Saturday
    assert update(monday)["asked"] == [f"bulkdownload/2025060{n}" for n in (6, 7, 8, 9)]
    server.answers["bulkdownload/20250609"] = (500, SORRY)  # a holiday, or the server is down
    done = update("2025-06-10T07:00")
    assert done["asked"] == [
        "bulkdownload/20250609",
        "bulkdownload/20250610",
        f"law_revisions/{LAW}",
    ]
    assert (done["failed"], issues()) == (0, [])


def test_each_law_is_asked_for_once_a_week_whatever_the_lists_say(
    server: Server, update: Callable[..., dict[str, Any]]
) -> None:
    update(FIRST_DAY)
    quiet = (200, day_archive([list_row(OTHER)], {}))
    server.answers |= {f"bulkdownload/202506{n:02}": quiet for n in range(1, 11)}
    polled = [
        day
        for day in range(3, 11)
        if f"law_revisions/{LAW}" in update(f"2025-06-{day:02}T07:00")["asked"]
    ]
    assert polled == [9]
    assert update("2025-06-11T07:00", "--poll")["asked"] == [f"law_revisions/{LAW}"]


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("R070602.csv", "法令ID\r\n" + ",\r\n" * (4 << 20))
    return packed.getvalue()


def escaping() -> bytes:
    packed = io.BytesIO(NEWS)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(f"../../{SECOND}.xml", CHANGED)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, SORRY, "malformed"),
        (200, b"", "malformed"),
        (200, NEWS[: len(NEWS) // 2], "malformed"),
        (200, NEWS[:-200] + bytes(200), "malformed"),
        (200, day_archive([], {}), "empty"),
        (200, day_archive([list_row(SECOND)], {}, header="a,b,c"), "malformed"),
        (200, day_archive([list_row(SECOND), "法律,昭和四十二年"], {}), "malformed"),
        (200, bomb(), "malformed"),
        (200, escaping(), "malformed"),
        (503, SORRY, "unreachable"),
        (403, b"no", "unreachable"),
    ],
    ids=[
        "a page instead of the archive",
        "an empty body",
        "cut off",
        "directory overwritten",
        "no law in the list",
        "other columns",
        "row cut off",
        "bomb",
        "path that leads out",
        "503",
        "403",
    ],
)
def test_a_broken_list_is_an_issue_and_the_laws_are_asked_instead(
    server: Server, update: Callable[..., dict[str, Any]], status: int, body: bytes, kind: str
) -> None:
    update(FIRST_DAY)
    server.answers["bulkdownload/20250602"] = (status, body)
    server.answers[f"law_revisions/{LAW}"] = (200, listing(info(SECOND), info(REVISION_ID)))
    done = update(DAY)
    assert done["asked"] == [
        "bulkdownload/20250602",
        f"law_revisions/{LAW}",
        f"law_data/{SECOND}",
    ]
    assert (done["failed"], done["new_texts"]) == (0, 1)
    ((found, detail),) = issues()
    assert (found, "the list of 2025-06-02" in detail) == (kind, True)


def test_when_lists_and_laws_both_fail_nothing_is_lost_and_the_same_days_are_asked_again(
    server: Server, update: Callable[..., dict[str, Any]]
) -> None:
    update(FIRST_DAY)
    server.answers["bulkdownload/20250602"] = (503, SORRY)
    server.answers[f"law_revisions/{LAW}"] = (503, SORRY)
    assert isinstance(update(DAY)["error"], SourceError)
    server.answers["bulkdownload/20250602"] = (200, NEWS)
    server.answers[f"law_revisions/{LAW}"] = (200, listing(info(SECOND), info(REVISION_ID)))
    done = update("2025-06-04T07:00")
    assert done["asked"][0] == "bulkdownload/20250602"
    assert done["new_texts"] == 1


def test_broken_xml_in_a_good_list_is_an_issue_and_the_api_is_asked(
    server: Server, update: Callable[..., dict[str, Any]]
) -> None:
    update(FIRST_DAY)
    cut = day_archive([list_row(SECOND)], {SECOND: CHANGED[:900]})
    server.answers["bulkdownload/20250602"] = (200, cut)
    server.answers[f"law_revisions/{LAW}"] = (200, listing(info(SECOND), info(REVISION_ID)))
    done = update(DAY)
    assert done["asked"][2:] == [f"law_revisions/{LAW}", f"law_data/{SECOND}"]
    assert (done["failed"], done["new_texts"]) == (0, 1)
    ((kind, detail),) = issues()
    assert (kind, SECOND in detail) == ("malformed", True)


def test_a_revision_that_the_api_does_not_know_stays_planned_and_is_never_in_force(
    server: Server,
    update: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    update(FIRST_DAY)
    server.answers["bulkdownload/20250602"] = (
        200,
        day_archive(
            [list_row(GHOST, pending="○", note="二年以内で政令で定める日")], {GHOST: CHANGED}
        ),
    )
    done = update(DAY)
    assert (done["failed"], done["new_texts"], done["states_compared"]) == (0, 1, 0)

    def lines(*words: str) -> list[dict[str, Any]]:
        result = CliRunner().invoke(statutes, [*words, "--json"])
        assert result.exception is None, result.exception
        return [json.loads(line) for line in result.stdout.splitlines()]

    for moment in (DAY, "2028-01-04T07:00"):
        monkeypatch.setenv("SCOPEWATCH_NOW", f"{moment}+09:00")
        ghost = lines("list", LAW)[-1]
        assert (ghost["revision_id"], ghost["stage"], ghost["confirmed"]) == (
            GHOST,
            "planned",
            False,
        )
        assert "does not list it" in ghost["note"]
        (stand,) = lines("show", LAW)
        assert stand["revision_id"] == REVISION_ID
        assert [one["revision_id"] for one in stand["scheduled"]] == [GHOST]
    with opened() as store:
        kept = next(one for one in revisions_of(store.public, LAW) if not one.confirmed)
        assert text_of(store.public, kept) is not None
        assert kept.comment == "二年以内で政令で定める日"
    (diff,) = lines("diff", LAW, REVISION_ID, GHOST)
    assert len(diff["amended"]) == 1


def test_a_revision_that_the_api_lists_a_day_later_is_confirmed(
    server: Server, update: Callable[..., dict[str, Any]]
) -> None:
    update(FIRST_DAY)
    server.answers["bulkdownload/20250602"] = (200, NEWS)
    assert update(DAY)["states_compared"] == 0
    server.answers[f"law_revisions/{LAW}"] = (200, listing(info(SECOND), info(REVISION_ID)))
    server.answers["bulkdownload/20250603"] = (200, day_archive([list_row(OTHER)], {}))
    done = update("2025-06-04T07:00")
    assert done["asked"][2:] == [f"law_revisions/{LAW}"]
    assert (done["states_compared"], done["changes"]["amended"]) == (1, 1)
    # The next list names it again: what the API confirmed stays so even while the API is down.
    server.answers["bulkdownload/20250604"] = (200, NEWS)
    server.answers[f"law_revisions/{LAW}"] = (503, SORRY)
    update("2025-06-05T07:00")
    with opened() as store:
        assert all(one.confirmed for one in revisions_of(store.public, LAW))


def test_a_server_that_asks_to_wait_is_left_alone_until_then(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = server.base.split("/")[2]
    path = tmp_path / "scopewatch.toml"
    path.write_text(
        'contact = "mailto:ops@example.org"\n'
        f'[crawl]\nsources = ["none"]\nallow_hosts = ["{host}"]\ndelay_seconds = 0\n[laws]\napi = "{server.base}"\n'
    )
    (tmp_path / "none").mkdir()
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    monkeypatch.setattr("crawler.statutes.manners.PAUSE_SECONDS", 0.0)

    def follow(moment: str) -> tuple[int, dict[str, Any], list[str]]:
        monkeypatch.setenv("SCOPEWATCH_NOW", f"{moment}+09:00")
        server.asked.clear()
        result = CliRunner().invoke(statutes, ["follow", "--json"])
        counted = json.loads(result.stdout.splitlines()[-1])
        return result.exit_code, counted, [one for one in server.asked if one != "/robots.txt"]

    first = "law_revisions/425AC0000000027"
    server.answers = {first: (429, b"slow down")}
    server.retry_after = {first: "7200"}
    status, counted, asked = follow("2025-06-02T07:00")
    assert (status, counted["wait_until"], asked) == (1, "2025-06-02T00:00:00Z", [first])
    status, counted, asked = follow("2025-06-02T08:00")
    assert (status, asked) == (0, [])
    assert "asked to wait until" in counted["skipped"]
    assert follow("2025-06-02T09:01")[2] == [first]
