"""What the pages of statutes, charts and reviewers read, for bench/browse.py: laws, runs of sources, a reviewer."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from data.clock import to_text
from data.statute_diff import diff_states
from data.statutes import LawRevision, LawText, TableRow
from data.store.connection import Store
from data.store.reviewers import add_reviewer
from data.store.statute_changes import save_changes
from data.store.statutes import save_texts

LAWS = {"425AC0000000027": 180, "342AC0000000081": 650}
"""The two big laws and about as many rows as their tables have."""
STATES = 60
TASKS = (
    "旅券の発給",
    "地方税の賦課",
    "年金の給付",
    "運転免許の更新",
    "健康保険の給付",
    "口座の登録",
)
NAME, PASSWORD = "bench", "a password for the bench only"


def fill_statutes(store: Store) -> None:
    """Sixty states of each of two laws; each adds a row, rewords one and renumbers some."""
    for law, rows in LAWS.items():
        states = [state(law, number, rows) for number in range(STATES)]
        save_texts(store, states)
        save_changes(store, [diff_states(one, other) for one, other in pairwise(states)])


def state(law: str, number: int, rows: int) -> LawText:
    day = date(2017, 1, 1) + timedelta(days=55 * number)
    amending = f"5{number:02d}AC0000000001"
    return LawText(
        revision=LawRevision(
            revision_id=f"{law}_{day:%Y%m%d}_{amending}",
            law_id=law,
            enforced_on=day,
            title="測定のための法律",
            amending_law_id=amending,
            amending_law_title=f"第{number}次改正法",
        ),
        rows=tuple(row(each, number) for each in range(rows + number)),
        sentences=(),
    )


def row(each: int, number: int) -> TableRow:
    words = (
        f"架空第{each}法（昭和{each % 60 + 1}年法律第{each}号）による{TASKS[each % 6]}に関する事務"
    )
    return TableRow(
        table="別表",
        number=str(each + number // 10),
        body=f"第{each % 40}大臣",
        task=words
        + ("及びこれに附帯する事務" if each == number else "であって主務省令で定めるもの"),
    )


def run_rows(now: datetime, sources: int) -> Iterator[dict[str, object]]:
    """A run of each source every hour of ninety days."""
    for hour in range(90 * 24):
        at = to_text(now - timedelta(hours=hour))
        for number in range(sources):
            yield {
                "source_id": f"source_{number}", "started_at": at, "finished_at": at,
                "outcome": "ok" if (hour + number) % 50 else "unreachable", "requests": 1, "bytes": 1,
                "items_seen": 20, "items_new": 1, "items_changed": 0, "dropped": "{}", "detail": "",
                "extra": "{}",
            }  # fmt: skip


def make_reviewer(store: Store) -> None:
    add_reviewer(store, NAME, PASSWORD)


def sign_in(root: str) -> str:
    """The cookies of the signed-in reviewer, as a browser sends them."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(f"{root}/-/sign-in") as answer:
        token = re.search(r'name="csrftoken" value="([^"]+)"', answer.read().decode())
    assert token
    form = {"csrftoken": token[1], "name": NAME, "password": PASSWORD}
    opener.open(f"{root}/-/sign-in", urllib.parse.urlencode(form).encode()).close()
    return "; ".join(f"{crumb.name}={crumb.value}" for crumb in jar)
