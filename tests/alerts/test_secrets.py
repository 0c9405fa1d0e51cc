"""Secrets stay where they are: with every channel set up, well and failing, none is found in anything that is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.config import read_config
from data.store.connection import open_store
from tests.alerts.servers import USER, Answer, authority_file, http_server, mail_server
from tests.alerts.world import MONDAY, PROMISE, TURN, open_world, tell

VERBS = (
    ("digest", "--due", "--send", "--json"),
    ("outbox", "list"),
    ("outbox", "send"),
    ("doctor", "--send", "--tell"),
    ("doctor", "--json"),
    ("report",),
    ("report", "--send"),
    ("digest", "--preview"),
    ("schedule", "--print-cron"),
    ("schedule", "--print-systemd"),
    ("backup", "--json"),
)
CONFIG = """
contact = "mailto:a@example.org"
[browse]
public_url = "https://watch.example.org"
[mail]
host = "127.0.0.1"
port = {port}
user = "{user}"
ca_file = "ca.pem"
timeout_seconds = 2
[[subscribers]]
name = "desk"
channels = ["email:desk@example.org", "slack:HOOK_A", "slack:TOKEN_B/C0123ABCD", "webhook:HOOK_C", "apprise:CHAT_D", "file", "atom"]
[[subscribers]]
name = "operator"
role = "operator"
channels = ["email:op@example.org", "file"]
"""

EACH = """
import json, sys
import scopewatch
for words in json.loads(sys.argv[1]):
    sys.argv = ["scopewatch", *words]
    status = 0
    try:
        scopewatch.main()
    except SystemExit as end:
        status = end.code or 0
    print("ended", status, *words, file=sys.stderr, flush=True)
"""


@pytest.mark.parametrize("well", [True, False], ids=["well", "failing"])
def test_no_secret_is_written_anywhere(tmp_path: Path, well: bool) -> None:
    authority_file(tmp_path)
    path = tmp_path / "scopewatch.toml"
    with mail_server("starttls", login=True) as (box, port), http_server() as (inbox, root):
        host = root.removeprefix("http://")
        secrets = {
            "SCOPEWATCH_SMTP_PASSWORD": "only-for-this-test" if well else "s3cr3t-wrong-password",
            "SCOPEWATCH_SECRET": "s3cr3t-of-the-links",
            "SCOPEWATCH_PING_URL": f"{root}/s3cr3t-ping",
            "HOOK_A": f"{root}/services/s3cr3t-slack",
            "TOKEN_B": "xoxb-s3cr3t-token",
            "HOOK_C": f"{root}/s3cr3t-hook",
            "HOOK_C_KEY": "s3cr3t-key",
            "CHAT_D": f"json://watch:s3cr3t-chat@{host}/x",
        }
        path.write_text(CONFIG.format(port=port, user=USER), encoding="utf-8")
        config = read_config(path)
        with open_store(config) as store:
            open_world(store)
            tell(store, PROMISE, TURN)
        if not well:
            for status in (404, 500, 403, 302, 200) * 8:
                where = {"Location": f"{root}/services/s3cr3t-slack"}
                inbox.answers.append(Answer(status, "no, s3cr3t-hook", where))
        environment = os.environ | secrets | {
            "SCOPEWATCH_CONFIG": str(path), "SCOPEWATCH_SLACK_API": f"{root}/api/",
            "SCOPEWATCH_NOW": MONDAY.isoformat(),
        }  # fmt: skip
        # One process for all verbs: each is the command itself, and starting one takes most of a second.
        done = subprocess.run(
            [sys.executable, "-c", EACH, json.dumps(VERBS)], env=environment, capture_output=True, check=False
        )  # fmt: skip
    ended = [line.split(b" ", 2) for line in done.stderr.splitlines() if line.startswith(b"ended ")]
    assert len(ended) == len(VERBS), done.stderr
    assert all(status in (b"0", b"1") for _, status, _ in ended), done.stderr
    printed = done.stdout + done.stderr
    assert bool(box.messages) is well
    assert inbox.requests
    written = printed + b"".join(
        file.read_bytes() for file in sorted(tmp_path.rglob("*")) if file.is_file()
    )
    for name, secret in secrets.items():
        found = secret.rpartition("/")[2] if "://" in secret and name != "CHAT_D" else secret
        for told in (found, "s3cr3t"):
            place = written.find(told.encode())
            assert place < 0, (name, written[max(place - 200, 0) : place + 80])
