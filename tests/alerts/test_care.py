"""Care: backups under load, restore that refuses rubbish, the doctor, the report, the sign of life."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts import ping as ping_module
from alerts.care_commands import doctor, try_channels
from alerts.composing import compose_due
from alerts.doctor import examine, mail_records
from alerts.ping import ping
from alerts.sending import send_waiting
from data.care import backups, make_backup, restore
from data.config import Config, MailSection
from data.errors import InputError, ScopewatchError
from data.store.connection import Store, open_store
from data.store.outbox import load_cursor
from data.store.outbox_care import list_parts
from data.store.runs import note_run
from data.store.subscriptions import UNSUBSCRIBED, list_suspensions, suspend
from data.subscribers import Filter, Subscriber
from tests.alerts.servers import Answer, http_server, mail_server
from tests.alerts.world import MONDAY, PLAN, PROMISE, TURN, open_world, tell

DAY = timedelta(days=1)


def told(store: Store) -> list[str]:
    rows = store.private.query("SELECT event_id FROM covered_events WHERE event_id NOT LIKE '%:%'")
    return [row["event_id"] for row in rows]


def test_a_backup_taken_while_others_write_restores_equal(store: Store, config: Config) -> None:
    open_world(store)
    tell(store, PROMISE, TURN)
    compose_due(store, config, MONDAY)
    stop = threading.Event()

    def write() -> None:
        with open_store(config) as other:
            while not stop.is_set():
                with other.writing_public() as db:
                    db.table("issues").insert(
                        {"at": "2026-11-20T00:00:00Z", "kind": "x", "detail": "y"}
                    )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = make_backup(config, 5, MONDAY)
    finally:
        stop.set()
        writer.join()
    before = told(store)
    store.close()
    config.watch_db.write_bytes(b"ruined")
    aside = restore(config, done.path)
    assert aside is not None
    assert (aside / "watch.db").read_bytes() == b"ruined"
    with open_store(config) as again:
        assert told(again) == before
        assert again.public.table("events").count == 2
        assert compose_due(again, config, MONDAY) == []


def test_after_a_restore_no_event_is_skipped_and_none_told_twice(
    store: Store, config: Config
) -> None:
    open_world(store)
    tell(store, PROMISE)
    compose_due(store, config, MONDAY)
    old = make_backup(config, 5, MONDAY)
    tell(store, TURN)
    compose_due(store, config, MONDAY + DAY)
    # The worst mixture: an old ledger with a newer outbox.
    newer = make_backup(config, 5, MONDAY + DAY)
    (newer.path / "watch.db").write_bytes((old.path / "watch.db").read_bytes())
    store.close()
    restore(config, newer.path)
    with open_store(config) as again:
        cursor = load_cursor(again, "operator")
        assert cursor is not None
        assert cursor.last_seq == 1
        tell(again, TURN, PLAN)
        assert compose_due(again, config, MONDAY + 2 * DAY) == ["operator|2026-11-18"]
        assert len(told(again)) == len(set(told(again))) == 3


def test_a_restore_sends_no_digest_again_and_keeps_who_has_unsubscribed(
    store: Store, config: Config
) -> None:
    channels = ("file", "file:second")
    chosen = config.model_copy(
        update={"subscribers": (Subscriber(name="desk", channels=channels),)}
    )
    open_world(store)
    tell(store, PROMISE)
    compose_due(store, chosen, MONDAY)
    old = make_backup(chosen, 5, MONDAY)
    assert send_waiting(store, chosen, MONDAY).sent == 2
    tell(store, TURN)
    compose_due(store, chosen, MONDAY + DAY)
    assert send_waiting(store, chosen, MONDAY + DAY).sent == 2
    tell(store, PLAN)
    compose_due(store, chosen, MONDAY + 2 * DAY)
    suspend(store, "desk", "file:second", UNSUBSCRIBED, MONDAY + 2 * DAY)
    store.close()
    aside = restore(chosen, old.path)
    assert aside is not None
    assert not (chosen.directory / ".restore").exists()
    with open_store(chosen) as again:
        assert [row["channel"] for row in list_suspensions(again)] == ["file:second"]
        tell(again, TURN, PLAN)
        assert compose_due(again, chosen, MONDAY + 2 * DAY) == []
        assert send_waiting(again, chosen, MONDAY + 2 * DAY).sent == 1, "what waited still waits"
        assert compose_due(again, chosen, MONDAY + 3 * DAY) == ["desk|2026-11-19"]
        assert sorted(told(again)) == sorted(set(told(again)))
        states = Counter(row["state"] for row in list_parts(again))
        assert states == {"sent": 5, "dropped": 1, "pending": 1}


@pytest.mark.parametrize("rubbish", [b"", b"no database", None])
def test_a_private_database_that_cannot_be_read_does_not_stop_a_restore(
    store: Store, config: Config, rubbish: bytes | None
) -> None:
    open_world(store)
    done = make_backup(config, 5, MONDAY)
    store.close()
    if rubbish is None:
        config.private_db.unlink()
    else:
        config.private_db.write_bytes(rubbish)
    assert restore(config, done.path) is not None
    with open_store(config) as again:
        assert compose_due(again, config, MONDAY) == ["operator|2026-11-16"]


def test_backups_are_rotated_and_half_ones_never_seen(store: Store, config: Config) -> None:
    for number in range(5):
        make_backup(config, 3, MONDAY + number * DAY)
    assert [path.name[:10] for path in backups(config)] == [
        "2026-11-18",
        "2026-11-19",
        "2026-11-20",
    ]
    (config.directory / "backups" / ".2026-11-21T073000.half").mkdir()
    assert len(backups(config)) == 3


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut", "foreign", "flipped"])
def test_a_bad_backup_is_refused_and_nothing_is_touched(
    store: Store, config: Config, tmp_path: Path, damage: str
) -> None:
    open_world(store)
    tell(store, PROMISE, TURN)
    done = make_backup(config, 5, MONDAY)
    path = done.path / "watch.db"
    content = path.read_bytes()
    path.unlink()
    if damage == "empty":
        path.write_bytes(b"")
    if damage == "text":
        path.write_text("not a database" * 99, encoding="utf-8")
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    if damage == "flipped":
        path.write_bytes(content[:8192] + bytes(8192) + content[16384:])
    if damage == "foreign":
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE x (y)")
        other.close()
    with pytest.raises(InputError, match=r"watch\.db: is not restored"):
        restore(config, done.path)
    assert store.public.table("events").count == 2
    assert not list(config.directory.glob("before-restore*"))


def test_a_backup_on_a_full_disk_says_so_and_removes_nothing(store: Store, config: Config) -> None:
    make_backup(config, 1, MONDAY)
    script = (
        "import resource, sys; from pathlib import Path; from data.config import Config, StoreSection;"
        "from data.care import make_backup; from data.errors import ScopewatchError;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, resource.RLIM_INFINITY));"
        "config = Config(base=Path(sys.argv[1]), store=StoreSection(directory=Path('var')))\n"
        "try: make_backup(config, 1)\n"
        "except ScopewatchError as error: print('refused')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(config.base)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "refused\n", done.stderr
    assert len(backups(config)) == 1
    assert len(list((config.directory / "backups").iterdir())) == 1


def test_restore_without_a_database_needs_none_aside(store: Store, config: Config) -> None:
    done = make_backup(config, 5, MONDAY)
    store.close()
    for path in config.directory.glob("*.db*"):
        path.unlink()
    assert restore(config, done.path) is None
    with pytest.raises(ScopewatchError):
        restore(config, config.directory / "nothing")


def test_the_doctor_names_what_is_wrong(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK_URL", raising=False)
    sick = config.model_copy(
        update={
            "subscribers": (Subscriber(name="desk", channels=("webhook:HOOK_URL", "email:a@example.org")),),
            "mail": MailSection(user="watch", host="mail.example.org", sender="w <watch@example.org>"),
        }
    )  # fmt: skip
    open_world(store, failing=1)
    open_world(store, failing=1)
    found = examine(store, sick, MONDAY)
    problems = [check.text for check in found if check.level == "problem"]
    assert any("contact" in text for text in problems)
    assert any("HOOK_URL_KEY" in text for text in problems)
    assert any("SCOPEWATCH_SMTP_PASSWORD" in text for text in problems)
    assert any(text.startswith("shiomi: unreachable") for text in problems)
    assert {check.topic for check in found} == {
        "configuration", "databases", "disk", "clock", "sources", "outbox", "set aside", "backups",
    }  # fmt: skip
    records = "\n".join(mail_records(sick))
    assert 'example.org.                 TXT  "v=spf1 mx a:mail.example.org -all"' in records
    assert "_dmarc.example.org" in records


def test_the_doctor_sends_a_test_through_each_channel(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server() as (box, port), http_server() as (inbox, root):
        monkeypatch.setenv("HOOK_URL", f"{root}/hook")
        monkeypatch.setenv("HOOK_URL_KEY", "k")
        monkeypatch.setenv("SLACK_URL", f"{root}/slack")
        inbox.answers.extend([Answer(), Answer(404, "no_service")])
        chosen = config.model_copy(
            update={
                "mail": MailSection(host="127.0.0.1", port=port, security="none"),
                "subscribers": (
                    Subscriber(
                        name="desk",
                        channels=(
                            "file",
                            "email:a@example.org",
                            "webhook:HOOK_URL",
                            "slack:SLACK_URL",
                        ),
                    ),
                ),
            }
        )
        checks = try_channels(chosen)
    assert [check.level for check in checks] == ["ok", "ok", "ok", "problem"]
    assert "404 no_service" in checks[-1].text
    assert len(box.messages) == 1


def run_verb(config: Config, *words: str) -> subprocess.CompletedProcess[str]:
    path = config.base / "scopewatch.toml"
    if not path.exists():
        path.write_text('contact = "mailto:desk@example.org"\n', encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "scopewatch", *words],
        env=os.environ | {"SCOPEWATCH_CONFIG": str(path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_verbs_of_care_from_the_command_line(store: Store, config: Config) -> None:
    open_world(store)
    done = json.loads(run_verb(config, "backup", "--json").stdout)
    assert Path(done["backup"]).is_dir()
    assert run_verb(config, "restore").stdout.strip() == done["backup"]
    assert run_verb(config, "restore", "nothing").returncode == 2
    assert "restored" in run_verb(config, "restore", done["backup"]).stdout
    healthy = run_verb(config, "doctor", "--json")
    assert healthy.returncode == 0, healthy.stdout
    assert {json.loads(line)["level"] for line in healthy.stdout.splitlines()} <= {"ok", "note"}


def test_the_doctor_tells_the_operator_once_a_day(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.base)
    monkeypatch.delenv("SCOPEWATCH_CONFIG", raising=False)
    for _ in range(2):
        assert CliRunner().invoke(doctor, ["--tell"]).exit_code == 1
    assert len(list((config.digests / "letters").iterdir())) == 1


@pytest.mark.parametrize("rubbish", [b"no database at all " * 300, b""])
def test_the_doctor_says_that_a_database_is_broken_and_tells_the_operator_past_it(
    tmp_path: Path, rubbish: bytes
) -> None:
    config = Config(base=tmp_path)
    with open_store(config):
        pass
    config.private_db.write_bytes(rubbish or config.private_db.read_bytes()[:5000])
    done = run_verb(config, "doctor", "--json", "--tell")
    assert done.returncode == 1, done.stderr
    checks = [json.loads(line) for line in done.stdout.splitlines()]
    assert [c for c in checks if c["topic"] == "databases" and c["level"] == "problem"]
    [letter] = (config.digests / "letters").iterdir()
    assert "private.db" in letter.read_text(encoding="utf-8")


def test_the_letter_becomes_a_file_when_the_database_and_every_channel_are_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config(base=tmp_path)
    config.directory.mkdir()
    config.private_db.write_bytes(b"no database at all " * 300)
    monkeypatch.setenv("DESK_HOOK", "ftp://elsewhere.example/only-for-this-test")
    (tmp_path / "scopewatch.toml").write_text(
        '[[subscribers]]\nname = "op"\nrole = "operator"\nchannels = ["slack:DESK_HOOK"]\n',
        encoding="utf-8",
    )
    done = run_verb(config, "doctor", "--json", "--tell")
    assert done.returncode == 1, done.stderr
    assert "DESK_HOOK holds no https:// address" in done.stdout
    [letter] = (config.digests / "letters").iterdir()
    assert "private.db" in letter.read_text(encoding="utf-8")
    assert "only-for-this-test" not in done.stdout + done.stderr + letter.read_text("utf-8")


def test_the_doctor_sees_a_clock_that_went_back_and_a_filter_that_finds_nothing(
    store: Store, config: Config
) -> None:
    open_world(store)
    note_run(store, "run", MONDAY + 2 * DAY, 0, {})
    reader = Subscriber(name="desk", filter=Filter(sources=("shiomi", "shiomy")))
    found = examine(store, config.model_copy(update={"subscribers": (reader,)}), MONDAY)
    problems = [check.text for check in found if check.level == "problem"]
    assert any("2026-11-18 07:30 in Tokyo, which is still to come" in text for text in problems)
    assert any("the filter of desk names the source shiomy" in text for text in problems)


def test_mail_records_are_shown_where_a_sender_is_named(tmp_path: Path) -> None:
    config = Config(base=tmp_path)
    text = 'contact = "mailto:a@example.org"\n[mail]\nsender = "w <watch@example.org>"\n'
    (tmp_path / "scopewatch.toml").write_text(text, encoding="utf-8")
    told = run_verb(config, "doctor").stdout
    for record in ("v=spf1 mx a:", "v=DKIM1", "_dmarc.example.org."):
        assert record in told
    assert "a:localhost" not in told
    lines = [json.loads(line) for line in run_verb(config, "doctor", "--json").stdout.splitlines()]
    assert sum(line["topic"] == "mail records" for line in lines) == 4


def test_the_ping_tells_start_success_and_failure_and_never_its_address(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SCOPEWATCH_PING_URL", raising=False)
    assert ping("start") is False
    with http_server() as (inbox, root):
        monkeypatch.setenv("SCOPEWATCH_PING_URL", f"{root}/secretsecret/")
        paths: list[bool] = [ping("start"), ping("success")]
        inbox.answers.append(Answer(500))
        assert [*paths, ping("fail")] == [True, True, False]
        assert len(inbox.requests) == 3
    monkeypatch.setattr(ping_module, "TIMEOUT", 1)
    assert ping("fail") is False
    monkeypatch.setenv("SCOPEWATCH_PING_URL", "ftp://x/secretsecret")
    assert ping("fail") is False
    assert "secretsecret" not in "".join(capfd.readouterr())


def test_a_run_that_cannot_even_begin_pings_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scopewatch.toml").write_text("", encoding="utf-8")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "watch.db").write_bytes(b"this is no database at all" * 100)
    with http_server() as (inbox, root):
        environment = os.environ | {
            "SCOPEWATCH_CONFIG": str(tmp_path / "scopewatch.toml"),
            "SCOPEWATCH_PING_URL": f"{root}/ping-0123",
        }
        done = subprocess.run(
            [sys.executable, "-m", "scopewatch", "run"], env=environment, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 2
        assert inbox.paths == ["/ping-0123/start", "/ping-0123/fail"]
    assert "ping-0123" not in done.stdout + done.stderr
