"""Faults against compose → send → record, over a real mail server and a real HTTP server as Slack: `make chaos`.

Each row breaks something while digests are composed and sent, then lets things be well again, and
counts over all that arrived: news that reached nobody (lost), news that a reader was told in two
different messages (doubled), and messages that came twice as the same message, with the same
Message-ID on e-mail (repeated): the one case that cannot be told apart, when the answer never came.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import re
import socket
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from alerts.sending import send_waiting
from data.config import Config, MailSection, StoreSection
from data.store.connection import open_store
from data.store.outbox_care import retry_dead
from data.store.subscriptions import list_suspensions, resume
from data.subscribers import Subscriber
from tests.alerts.chaos_work import HOOK, work
from tests.alerts.servers import Answer, Inbox, Mailbox, authority_file, http_server, mail_server
from tests.alerts.world import MONDAY, new_use, open_world, tell

MAILS = ("desk@example.org", "home@example.org")
DAY = timedelta(days=1)
LATER = timedelta(hours=8)
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.alerts.chaos_warm"])


@dataclass
class Count:
    """One row of the table."""

    fault: str
    news: int
    messages: int
    lost: int
    doubled: int
    repeated: int


@dataclass
class Scene:
    """A store, its servers, and what was told so far."""

    config: Config
    box: Mailbox
    inbox: Inbox
    port: int
    rounds: int = 0
    rng: random.Random = field(default_factory=lambda: random.Random(2026))

    def news(self, at: datetime) -> None:
        """One new use, told the evening before `at`."""
        number, self.rounds = self.rounds, self.rounds + 1
        with open_store(self.config) as store:
            said = f"第{number:04}号の計画で番号を使うことを決めた。"
            tell(store, new_use(number, name=f"n{number}", text=said, at=at - timedelta(hours=9)))

    def work(self, at: datetime) -> None:
        work(self.config, at)

    def arrived(self) -> int:
        """How many messages have come so far."""
        return len(self.box.messages) + len(self.inbox.taken)

    def well_again(self, at: datetime) -> None:
        """Let all that waits go out: a person retries and resumes what was given up, the servers answer."""
        for queue in (self.box.rcpt, self.box.mail, self.box.data, self.inbox.answers):
            queue.clear()
        for hours in (8, 16, 24):
            with open_store(self.config) as store:
                for row in list_suspensions(store):
                    resume(store, row["subscriber"], row["channel"])
                retry_dead(store, at + timedelta(hours=hours))
                send_waiting(store, self.config, at + timedelta(hours=hours))

    def count(self, fault: str) -> Count:
        streams: dict[str, list[tuple[str, str]]] = {name: [] for name in (*MAILS, "slack")}
        for to, mail in list(self.box.messages):
            streams[to].append((mail["Message-ID"], _text(mail)))
        for body in list(self.inbox.taken):
            streams["slack"].append((str(body["blocks"]), str(body["blocks"])))
        lost = doubled = repeated = 0
        for arrived in streams.values():
            once = dict(arrived)
            repeated += len(arrived) - len(once)
            told = Counter(
                n for text in once.values() for n in set(re.findall(r"第(\d{4})号", text))
            )
            lost += sum(1 for number in range(self.rounds) if not told[f"{number:04}"])
            doubled += sum(times - 1 for times in told.values() if times > 1)
        return Count(fault, self.rounds, sum(map(len, streams.values())), lost, doubled, repeated)


def _text(mail: object) -> str:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]  # type: ignore[attr-defined]
    return str(parts[0].get_payload(decode=True).decode())


@contextmanager
def scene(**mail: object) -> Iterator[Scene]:
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        box, port = stack.enter_context(mail_server())
        inbox, root = stack.enter_context(http_server())
        os.environ[HOOK] = f"{root}/services/x"
        section = MailSection(
            **{"host": "127.0.0.1", "port": port, "security": "none", "timeout_seconds": 1, **mail}
        )
        config = Config(
            base=place,
            store=StoreSection(directory=Path("var")),
            mail=section,
            subscribers=(
                Subscriber(
                    name="desk", channels=(*(f"email:{to}" for to in MAILS), f"slack:{HOOK}")
                ),
                Subscriber(name="operator", role="operator"),
            ),
        )
        with open_store(config) as store:
            open_world(store)
        yield Scene(config, box, inbox, port)


def scripted(rounds: int, fault: str, break_it: Callable[[Scene], None]) -> Count:
    """`rounds` days, each with the fault in the way of its first sending."""
    with scene() as stage:
        for number in range(rounds):
            at = MONDAY + number * DAY
            stage.news(at)
            break_it(stage)
            stage.work(at)
            stage.work(at + LATER)
        stage.well_again(at)
        return stage.count(fault)


def elsewhere(rounds: int, fault: str, wrong: Callable[[Scene], dict[str, object]]) -> Count:
    """`rounds` days with a wrong [mail] section, which the operator mends at the end."""
    with scene() as stage:
        right = stage.config
        for number in range(rounds):
            at = MONDAY + number * DAY
            stage.news(at)
            mail = MailSection(**{**right.mail.model_dump(), **wrong(stage)})
            stage.config = right.model_copy(update={"mail": mail})
            stage.work(at)
            stage.config = right
        stage.well_again(at)
        return stage.count(fault)


def slack_away(rounds: int, fault: str, wrong: Callable[[str], str]) -> Count:
    """`rounds` days on which Slack's address leads elsewhere, until it is mended at the end."""
    with scene() as stage:
        right = os.environ[HOOK]
        for number in range(rounds):
            at = MONDAY + number * DAY
            stage.news(at)
            os.environ[HOOK] = wrong(right)
            stage.work(at)
            os.environ[HOOK] = right
        stage.well_again(at)
        return stage.count(fault)


def closed_port(stage: Scene) -> dict[str, object]:
    return {"port": free_port()}


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clock_jump(rounds: int, hours: int) -> Count:
    """The clock jumps over the digest's hour and back again."""
    with scene() as stage:
        for number in range(rounds):
            at = MONDAY + number * DAY
            stage.news(at)
            stage.work(at - timedelta(hours=1))
            stage.work(at + timedelta(hours=hours))
            stage.work(at - timedelta(hours=1))
            stage.work(at)
        stage.well_again(at)
        return stage.count(f"the clock jumps {hours:+d} h and back")


def disk_full(rounds: int) -> Count:
    """A write into one of the outbox's tables fails, as on a full disk, until there is room again."""
    with scene() as stage:
        for number in range(rounds):
            at = MONDAY + number * DAY
            stage.news(at)
            _forbid_writing(stage.config, stage.rng.choice(["digests", "parts", "covered_events"]))
            with suppress(sqlite3.Error):
                stage.work(at)
            _allow_writing(stage.config)
            stage.work(at + timedelta(minutes=5))
        stage.well_again(at)
        return stage.count("disk full in the middle of a transaction")


def _forbid_writing(config: Config, table: str) -> None:
    with sqlite3.connect(config.private_db) as db:
        for verb in ("INSERT", "UPDATE"):
            db.execute(
                f"CREATE TRIGGER full_{verb} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )
    db.close()


def _allow_writing(config: Config) -> None:
    with sqlite3.connect(config.private_db) as db:
        db.execute("DROP TRIGGER IF EXISTS full_INSERT")
        db.execute("DROP TRIGGER IF EXISTS full_UPDATE")
    db.close()


def no_room(rounds: int) -> Count:
    """No file may grow beyond a random size while a child composes and sends: a disk that fills at any moment."""
    with scene() as stage:
        for number in range(rounds):
            at = MONDAY + number * DAY
            stage.news(at)
            child = _child(stage, at, room=stage.rng.randrange(20_000, 260_000))
            child.join()
            stage.work(at + timedelta(minutes=5))
        stage.well_again(at)
        return stage.count(f"disk full at {rounds} random moments")


def two_at_once(rounds: int) -> Count:
    """Two whole runs, as from cron and from the schedule, at the same moment."""
    with scene() as stage:
        for number in range(rounds):
            at = MONDAY + number * DAY
            stage.news(at)
            pair = [_child(stage, at) for _ in range(2)]
            for child in pair:
                child.join()
        stage.well_again(at)
        return stage.count("two schedulers at once")


def killed(rounds: int) -> tuple[Count, Counter[str]]:
    """kill -9 at a random moment of compose → send → record, then an ordinary next run.

    A quarter of the kills falls before anything has arrived, the others after the first, second and third
    message, however slow the machine is. Gives also where they found the work, by what it had left behind.
    """
    found: Counter[str] = Counter()
    with scene() as stage:
        stage.box.pause = stage.inbox.pause = 0.01
        whole = _seconds(stage)
        for number in range(rounds):
            at = MONDAY + (number + 2) * DAY
            stage.news(at)
            before = stage.arrived()
            child = _child(stage, at)
            if wait_for := number % 4:
                while child.is_alive() and stage.arrived() < before + wait_for:
                    time.sleep(0.001)
                time.sleep(stage.rng.uniform(0.0, 0.04))
            else:
                time.sleep(stage.rng.uniform(0.0, whole))
            child.kill()
            child.join()
            found[_left_behind(stage.config)] += 1
            stage.work(at + timedelta(minutes=2))
        stage.well_again(at)
        return stage.count(f"kill -9 at {rounds} random moments"), found


def _seconds(stage: Scene) -> float:
    """How long an undisturbed child works; the first one starts the fork server and does not count."""
    taken = 0.0
    for day in range(2):
        stage.news(MONDAY + day * DAY)
        child = _child(stage, MONDAY + day * DAY)
        started = time.monotonic()
        child.join()
        taken = time.monotonic() - started
    return taken


def _left_behind(config: Config) -> str:
    with open_store(config) as store:
        states = Counter(
            row["state"]
            for row in store.private.query(
                "SELECT state FROM parts WHERE digest_id = "
                "(SELECT id FROM digests WHERE subscriber = 'desk' ORDER BY composed_at DESC LIMIT 1)"
            )
        )
        news = store.public.execute("SELECT count(*) FROM events").fetchone()[0]
        told = store.private.execute(
            "SELECT count(*) FROM covered_events WHERE subscriber = 'desk'"
        ).fetchone()[0]
    if told < news:
        return "before composing"
    if not states["sent"]:
        return "composed, nothing sent"
    return "partly sent" if states["pending"] else "all sent"


def _child(
    stage: Scene, at: datetime, room: int | None = None
) -> multiprocessing.process.BaseProcess:
    """A process that has begun its work when this returns; no file of its own may outgrow `room` bytes."""
    begun = FORK.Event()
    child = FORK.Process(target=work, args=(stage.config, at, os.environ[HOOK], begun, room))
    child.start()
    assert begun.wait(30), "the child did not begin"
    return child


def mail_reply(command: str, reply: str) -> Callable[[Scene], None]:
    return lambda stage: getattr(stage.box, command).append(reply)


def slack_answer(answer: Answer) -> Callable[[Scene], None]:
    return lambda stage: stage.inbox.answers.append(answer)


def table(rounds: int, kills: int) -> Iterator[Count]:
    """Every fault, `rounds` days each, and `kills` kills."""
    yield elsewhere(rounds, "mail: connection refused", closed_port)
    yield elsewhere(rounds, "mail: TLS where none is spoken", lambda _: {"security": "tls"})
    yield elsewhere(rounds, "mail: STARTTLS is not offered", lambda _: {"security": "starttls"})
    with tempfile.TemporaryDirectory() as place, mail_server("starttls", login=True) as (_, port):
        bad = {"port": port, "security": "starttls", "ca_file": authority_file(Path(place))}
        os.environ["SCOPEWATCH_SMTP_PASSWORD"] = "wrong"
        yield elsewhere(rounds, "mail: AUTH fails", lambda _: {**bad, "user": "watch"})
        unknown = {"port": port, "security": "starttls"}
        yield elsewhere(rounds, "mail: certificate of nobody we know", lambda _: unknown)
    yield scripted(rounds, "mail: MAIL 421", mail_reply("mail", "421 4.3.2 going down"))
    for reply in ("421 4.3.2 going down", "451 4.7.1 later", "550 5.1.1 no such user"):
        yield scripted(rounds, f"mail: RCPT {reply[:3]}", mail_reply("rcpt", reply))
    for reply in ("421 4.3.2 going down", "451 4.3.0 scanner down", "550 5.7.1 refused"):
        yield scripted(rounds, f"mail: DATA {reply[:3]}", mail_reply("data", reply))
    for moment, command in (("before", "mail"), ("after", "data")):
        yield scripted(rounds, f"mail: no answer {moment} DATA", mail_reply(command, "hang"))
        yield scripted(rounds, f"mail: hangs up {moment} DATA", mail_reply(command, "drop"))
        yield scripted(rounds, f"mail: half-closed {moment} DATA", mail_reply(command, "half"))
    yield slack_away(
        rounds, "slack: connection refused", lambda _: f"http://127.0.0.1:{free_port()}/services/x"
    )
    yield slack_away(
        rounds, "slack: TLS where none is spoken", lambda root: root.replace("http:", "https:")
    )
    for name, answer in {
        "slack: 429 with Retry-After": Answer(429, "rate_limited", {"Retry-After": "60"}),
        "slack: 500": Answer(500, "oops"),
        "slack: 200 with invalid_blocks": Answer(200, "invalid_blocks"),
        "slack: 404 no_service": Answer(404, "no_service"),
        "slack: hangs, did not take it": Answer(200, "ok", seconds=2, taken=False),
        "slack: hangs, took it": Answer(200, "ok", seconds=2),
        "slack: half-closed": Answer(200, "ok", cut=True, taken=False),
    }.items():
        yield scripted(rounds, name, slack_answer(answer))
    yield disk_full(rounds)
    yield no_room(max(rounds, kills // 5))
    yield clock_jump(rounds, 3)
    yield clock_jump(rounds, -3)
    yield two_at_once(rounds)
    row, found = killed(kills)
    yield row
    print("  the kills came: " + ", ".join(f"{where} {n}" for where, n in found.most_common()))


def main() -> int:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    rounds, kills = map(int, sys.argv[1:3] or (5, 100))
    print(f"{'fault':44} {'news':>5} {'messages':>9} {'lost':>5} {'doubled':>8} {'repeated':>9}")
    total = Count("all", 0, 0, 0, 0, 0)
    for row in table(rounds, kills):
        print(
            f"{row.fault:44} {row.news:5} {row.messages:9} {row.lost:5} {row.doubled:8} {row.repeated:9}",
            flush=True,
        )
        for name in ("news", "messages", "lost", "doubled", "repeated"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    print(
        f"{'all':44} {total.news:5} {total.messages:9} {total.lost:5} {total.doubled:8} {total.repeated:9}"
    )
    print("repeated: the same message twice, because its answer never came or was not recorded")
    return 1 if total.lost or total.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
