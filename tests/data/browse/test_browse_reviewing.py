"""Reviewing on the pages: who may, what is written under whose name, and everything that must be refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import NAME, PASSWORD
from public_library import PROMISE
from visiting import Pages, Person

from data.browse.desk import Desk
from data.browse.rates import Rate
from data.config import BrowseSection, Config
from data.store.connection import Store
from data.store.reviewers import add_reviewer, remove_reviewer
from data.store.reviews import authors_of


def finding(store: Store, document: str = "shi-1") -> dict[str, object]:
    row: dict[str, object] = next(
        store.public.query("SELECT * FROM findings WHERE document_id = ?", [document])
    )
    return row


def written(store: Store) -> dict[str, int]:
    """How many rows there are of everything that a reviewer can write."""
    counted = {
        table: store.public.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("reviews", "comments", "merged_use_cases")
    }
    for table in ("review_authors", "verdicts"):
        counted[table] = store.private.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return counted


def seen(row: dict[str, object]) -> dict[str, str]:
    return {"seen": str(row["evidence_sha256"]), "seen_review": str(row["review_id"] or "")}


@pytest.fixture
def visitor(reviewed_pages: Pages) -> Person:
    return Person(reviewed_pages)


@pytest.fixture
def reviewer(reviewed_pages: Pages) -> Person:
    person = Person(reviewed_pages)
    answer = person.sign_in(NAME, PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/-/review")
    return person


ACTS = [
    ("/-/act/finding/{id}", {"verdict": "confirm"}),
    ("/-/act/finding/{id}/undo", {}),
    ("/-/act/finding/{id}/comment", {"text": "見出しと本文が違う"}),
    ("/-/act/comment/1/withdraw", {}),
    ("/-/act/use-case/police:number/merge", {"into": "bank:juki", "note": "同じ"}),
    ("/-/act/use-case/police:number/part", {}),
    (f"/-/act/promise/{PROMISE}", {"verdict": "broken", "note": "計画が出た"}),
]


@pytest.mark.parametrize(("path", "fields"), ACTS)
def test_an_anonymous_visitor_can_do_none_of_it(
    visitor: Person, library: Store, path: str, fields: dict[str, str]
) -> None:
    row = finding(library)
    before = written(library)
    assert visitor.post(path.format(id=row["id"]), **seen(row), **fields).status_code == 401
    visitor.cookies["ds_actor"] = "forged"
    assert visitor.post(path.format(id=row["id"]), **seen(row), **fields).status_code == 401
    assert visitor.get(path.format(id=row["id"])).status_code == 404
    assert written(library) == before


def test_an_anonymous_visitor_is_led_to_the_sign_in_page(visitor: Person) -> None:
    for path in ("/-/review", "/-/reviewed"):
        answer = visitor.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/-/sign-in?next={quote(path, safe='')}"
    body = visitor.get("/-/finding/" + "none").text + visitor.get("/-/use-case/police:number").text
    assert "/-/act/" not in body


def test_without_reviewing_nothing_of_it_is_there(pages: Pages) -> None:
    for path in ("/-/review", "/-/reviewed", "/-/sign-in", "/-/sign-out", "/-/act/finding/x"):
        assert pages.get(path).status_code == 404
        assert pages.ask("POST", path).status_code == 405
    assert "/-/sign-in" not in pages.get("/").text


def test_signing_in_sets_a_cookie_that_no_script_reads(visitor: Person, desk: Desk) -> None:
    for name, password in ((NAME, "wrong"), ("nobody", PASSWORD), ("", ""), (NAME, "x" * 10_000)):
        answer = visitor.sign_in(name, password)
        assert answer.status_code == 401
        assert "ds_actor" not in answer.headers.get("set-cookie", "")
    cookie = visitor.sign_in(NAME, PASSWORD).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert PASSWORD not in cookie
    assert "Max-Age=43200" in cookie


def test_behind_tls_the_cookie_is_sent_over_tls_only(
    reviewed_pages: Pages, desk: Desk, config: Config
) -> None:
    secure = BrowseSection(public_url="https://watch.example.jp/")
    desk._config = config.model_copy(update={"browse": secure})
    assert "Secure" in Person(reviewed_pages).sign_in(NAME, PASSWORD).headers["set-cookie"]


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_our_own_pages_only(visitor: Person, goal: str) -> None:
    answer = visitor.post("/-/sign-in", name=NAME, password=PASSWORD, next=goal)
    assert answer.headers["location"] == "/-/review"


def test_signing_out_ends_it(reviewer: Person) -> None:
    assert reviewer.get("/-/review").status_code == 200
    assert reviewer.post("/-/sign-out").status_code == 303
    assert reviewer.get("/-/review").status_code == 303


def test_who_was_removed_or_has_a_new_password_is_out_at_once(
    reviewer: Person, library: Store
) -> None:
    add_reviewer(library, NAME, "another password of mine")
    assert reviewer.get("/-/review").status_code == 303
    reviewer.sign_in(NAME, "another password of mine")
    assert reviewer.get("/-/review").status_code == 200
    remove_reviewer(library, NAME)
    assert reviewer.get("/-/review").status_code == 303


def test_an_actor_of_a_sign_in_plugin_reviews_when_it_was_named(
    visitor: Person, reviewed_pages: Pages, library: Store
) -> None:
    """OAuth plugins of Datasette sign the same cookie; a name with a password is not theirs to take."""
    for name in ("octo", NAME):
        visitor.cookies["ds_actor"] = reviewed_pages.datasette.sign({"a": {"id": name}}, "actor")
        assert visitor.get("/-/review").status_code == 303
    add_reviewer(library, "octo", None)
    visitor.cookies["ds_actor"] = reviewed_pages.datasette.sign({"a": {"id": "octo"}}, "actor")
    assert "octo" in visitor.get("/-/review").text


def test_the_queue_asks_the_most_uncertain_first(reviewer: Person, library: Store) -> None:
    with library.writing_public() as db:
        for name, score in (("kei-2", 0.52), ("zei-1", 0.1), ("kin-1", 0.44)):
            db.execute("UPDATE findings SET score = ? WHERE document_id = ?", [score, name])
    order = re.findall(r'id="f-([0-9a-f]+)"', reviewer.get("/-/review").text)
    wanted = [finding(library, name)["id"] for name in ("kei-2", "kin-1")]
    assert order[:2] == wanted
    assert finding(library, "zei-1")["id"] == order[-1]


def test_a_verdict_is_written_signed_shown_and_undone(reviewer: Person, library: Store) -> None:
    row = finding(library)
    address = f"/-/act/finding/{row['id']}"
    answer = reviewer.post(address, verdict="not a finding", back="queue", **seen(row))
    assert (answer.status_code, answer.headers["location"]) == (303, "/-/review")
    assert f"f-{row['id']}" not in reviewer.get("/-/review").text
    assert NAME in reviewer.get("/-/reviewed").text
    assert finding(library)["state"] == "withdrawn"
    signed = authors_of(library, f"finding:{row['id']}")
    assert [(each["author"], each["act"]) for each in signed] == [(NAME, "not a finding")]
    assert NAME not in "".join(library.public.conn.iterdump())
    assert reviewer.post(f"{address}/undo", back="lately").status_code == 303
    assert finding(library)["state"] == "kept"
    assert [each["act"] for each in authors_of(library, f"finding:{row['id']}")][-1] == "undo"


def test_a_correction_moves_the_finding_to_its_use_case(reviewer: Person, library: Store) -> None:
    row = finding(library)
    fields = {
        "stage": "planned",
        "sector": "tax",
        "system": "-",
        "date": "2026-10-01",
        "note": "紙面",
    }
    answer = reviewer.post(f"/-/act/finding/{row['id']}", verdict="change", **seen(row), **fields)
    assert answer.status_code == 303
    now = finding(library)
    assert (now["sector"], now["stage"], now["at"]) == ("tax", "planned", "2026-09-30T15:00:00Z")
    assert "紙面" in reviewer.get(f"/-/finding/{row['id']}").text


def test_use_cases_are_merged_and_parted(reviewer: Person, library: Store) -> None:
    answer = reviewer.post("/-/act/use-case/police:number/merge", into="bank:juki", note="試し")
    assert answer.headers["location"] == "/-/use-case/bank:juki"
    assert finding(library, "kei-2")["use_case_id"] == "bank:juki"
    assert "試し" in reviewer.get("/-/use-case/bank:juki").text
    reviewer.post("/-/act/use-case/police:number/part")
    assert finding(library, "kei-2")["use_case_id"] == "police:number"
    assert [a["author"] for a in authors_of(library, "merge:police:number")] == [NAME, NAME]


def test_comments_are_public_inert_and_can_be_taken_back(
    reviewer: Person, reviewed_pages: Pages, library: Store
) -> None:
    row = finding(library)
    page = f"/-/finding/{row['id']}"
    answer = reviewer.post(
        f"/-/act/finding/{row['id']}/comment", text="<script>alert(1)</script>要確認"
    )
    assert answer.headers["location"] == f"{page}#comments"
    body = reviewed_pages.get(page).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;要確認" in body
    assert NAME not in body
    assert NAME in reviewer.get(page).text
    assert reviewer.post("/-/act/comment/1/withdraw").status_code == 303
    assert "要確認" not in reviewed_pages.get(page).text
    assert reviewer.post("/-/act/comment/1/withdraw").status_code == 400


def test_a_verdict_on_a_promise_is_set_and_taken_back(
    reviewer: Person, reviewed_pages: Pages
) -> None:
    page = f"/-/promise/{PROMISE}?lang=en"
    act = f"/-/act/promise/{PROMISE}"
    assert reviewer.post(act, verdict="broken").status_code == 400
    assert reviewer.post(act, verdict="broken", note="計画が出た").status_code == 303
    public = reviewed_pages.get(page).text
    assert "<b>broken</b>" in public
    assert "計画が出た" in public
    assert NAME not in public
    assert NAME in reviewer.get(page).text
    reviewer.post(act, verdict="", note="早すぎた")
    assert "<b>open</b>" in reviewed_pages.get(page).text


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({}, "forged"),
        ({"origin": "https://evil.example"}, None),
        ({"origin": "null"}, None),
        ({"sec-fetch-site": "cross-site"}, None),
        ({"sec-fetch-site": "same-site"}, None),
    ],
)
def test_a_form_of_another_site_is_refused(
    reviewer: Person, library: Store, headers: dict[str, str], token: str | None
) -> None:
    row = finding(library)
    before = written(library)
    answer = reviewer.post(
        f"/-/act/finding/{row['id']}", token=token, headers=headers, verdict="confirm", **seen(row)
    )
    assert answer.status_code == 403
    assert written(library) == before


def test_what_changed_since_it_was_shown_is_not_judged(reviewer: Person, library: Store) -> None:
    row = finding(library)
    address = f"/-/act/finding/{row['id']}"
    assert reviewer.post(address, verdict="confirm", **seen(row)).status_code == 303
    before = written(library)
    answer = reviewer.post(address, verdict="not a finding", **seen(row))
    assert answer.status_code == 409
    assert "何も記録されていません" in answer.text
    assert reviewer.post(address, verdict="confirm", seen="", seen_review="").status_code == 409
    assert written(library) == before
    assert finding(library)["state"] == "kept"


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("finding/nothing", {"verdict": "confirm"}, 400),
        ("finding/{id}", {"verdict": "maybe"}, 400),
        ("finding/{id}", {"verdict": "change"}, 400),
        ("finding/{id}", {"verdict": "change", "stage": "x"}, 400),
        ("finding/{id}", {"verdict": "change", "system": "flying_licence"}, 400),
        ("finding/{id}", {"verdict": "change", "date": "yesterday"}, 400),
        ("finding/{id}", {"verdict": "confirm", "seen_review": "x"}, 400),
        ("finding/{id}", {"verdict": "confirm", "note": "x" * 2001}, 400),
        ("finding/{id}/undo", {}, 400),
        ("finding/{id}/comment", {"text": "  "}, 400),
        ("finding/{id}/comment", {"text": "x" * 2001}, 400),
        ("finding/{id}/comment", {"text": "x" * 17_000}, 413),
        ("use-case/police:number/merge", {"into": "police:number"}, 400),
        ("use-case/police:number/merge", {"into": "x"}, 400),
        ("use-case/police:number/part", {}, 400),
        ("use-case/nonsense/part", {}, 400),
        ("promise/none", {"verdict": "kept", "note": "x"}, 400),
        (f"promise/{PROMISE}", {"verdict": "lied", "note": "x"}, 400),
    ],
)
def test_a_bad_form_changes_nothing_and_says_why(
    reviewer: Person, library: Store, path: str, fields: dict[str, str], status: int
) -> None:
    row = finding(library)
    before = written(library)
    answer = reviewer.post(f"/-/act/{path.format(id=row['id'])}", **{**seen(row), **fields})
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert written(library) == before


def test_too_many_writes_and_sign_ins_have_to_wait(
    reviewer: Person, visitor: Person, library: Store, desk: Desk
) -> None:
    desk.writes = Rate(1, 60)
    row = finding(library)
    assert reviewer.post(f"/-/act/finding/{row['id']}/comment", text="一").status_code == 303
    answer = reviewer.post(f"/-/act/finding/{row['id']}/comment", text="二")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert written(library)["comments"] == 1
    desk.attempts = Rate(3, 300)
    assert [visitor.sign_in(NAME, "guess").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert visitor.sign_in(NAME, PASSWORD).status_code == 429


def test_private_tables_stay_out_of_reach_while_reviewers_write(
    reviewer: Person, library: Store
) -> None:
    for path in (
        "/private", "/private.json", "/private/reviewers", "/watch/reviewers", "/watch/reviewers.json",
        "/watch/review_authors.json", "/watch/verdicts.json", "/watch/texts.json", "/private.db",
        "/watch.json?sql=select+*+from+reviewers", "/-/databases.json", "/-/actor.json",
    ):  # fmt: skip
        answer = reviewer.get(path)
        assert answer.status_code in (302, 400, 403, 404), path
        assert "scrypt" not in answer.text
    names = reviewer.get("/watch.json").text
    assert "reviewers" not in names
    assert "scrypt" in json.dumps(list(library.private.query("SELECT * FROM reviewers")))


def test_signed_in_pages_are_kept_by_nobody_and_run_our_script_only(reviewer: Person) -> None:
    answer = reviewer.get("/-/review")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert re.findall(r"<script(.*?)>(.*?)</script>", answer.text, re.S) == [
        (re.search(r'<script( src="/assets/review.js\?\w+" defer)>', answer.text)[1], "")  # type: ignore[index]
    ]
    assert reviewer.get("/").headers["cache-control"] == "private, no-store"


def test_the_script_judges_nothing_twice() -> None:
    """The file that the page names exists and waits for the server; what it does is tried in the browser."""
    script = Path(__file__).parents[3] / "data" / "browse" / "assets" / "review.js"
    text = script.read_text(encoding="utf-8")
    assert "fetch(" not in text
    assert "event.repeat" in text
