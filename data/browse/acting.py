"""What reviewers do on the pages: each act is one POST, checked, written through the store, then shown.

Nothing is shown as done before it is: the answer to every act is a redirect to a page that reads
the database again.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, get_args
from urllib.parse import quote

from datasette.utils.asgi import Response

from data.browse import links
from data.browse.desk import Busy, Desk
from data.clock import TOKYO
from data.errors import ChangedMeanwhile, InputError
from data.models import UseCaseKey
from data.store.comments import comment_finding, withdraw_comment
from data.store.connection import Store
from data.store.ledger import update_ledger
from data.store.promises import judge_promise
from data.store.reviews import (
    Change,
    ReviewVerdict,
    Seen,
    merge_use_cases,
    part_use_cases,
    review_finding,
    undo_review,
)
from data.vocabulary import Identifier, Sector, Stage

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Act:
    """One reviewer's form: what the address names, the fields, who sends it."""

    matched: Mapping[str, str]
    fields: Mapping[str, str]
    author: str

    def field(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    @property
    def note(self) -> str:
        """The note; raises `InputError` when it is too long to be one."""
        note = self.field("note")
        if len(note) > LONGEST_NOTE:
            raise InputError(f"a note has at most {LONGEST_NOTE} characters")
        return note


Deed = Callable[[Store, Act], str]
"""Does an act and gives the path to show next."""


def judge(store: Store, act: Act) -> str:
    """Confirm, reject or correct a finding."""
    verdict = act.field("verdict")
    if verdict not in get_args(ReviewVerdict):
        raise InputError(f"{verdict!r}: is no verdict")
    review_finding(
        store,
        act.matched["id"],
        verdict,  # type: ignore[arg-type]  # one of them, as just looked at
        author=act.author,
        note=act.note,
        change=_change(act) if verdict == "change" else None,
        seen=Seen(act.field("seen"), int(act.field("seen_review") or 0) or None),
    )
    update_ledger(store)
    return _after_finding(act)


def _change(act: Act) -> Change:
    """The fields that differ from what the form showed; an empty one keeps the machine's word."""
    day = act.field("date")
    try:
        return Change(
            stage=Stage(act.field("stage")) if act.field("stage") else None,
            sector=Sector(act.field("sector")) if act.field("sector") else None,
            identifier=Identifier(act.field("identifier")) if act.field("identifier") else None,
            system={"-": ""}.get(act.field("system"), act.field("system") or None),
            at=datetime.combine(datetime.fromisoformat(day).date(), time(), TOKYO) if day else None,
        )
    except ValueError as error:
        raise InputError(f"the correction holds a word that does not exist: {error}") from error


def undo(store: Store, act: Act) -> str:
    """Take the review of a finding back."""
    undo_review(store, act.matched["id"], author=act.author)
    update_ledger(store)
    return _after_finding(act)


def comment(store: Store, act: Act) -> str:
    """Add a comment to a finding."""
    comment_finding(store, act.matched["id"], act.field("text"), author=act.author)
    return _record("finding", act.matched["id"]) + "#comments"


def withdraw(store: Store, act: Act) -> str:
    """Take a comment back."""
    finding = withdraw_comment(store, int(act.matched["number"]), author=act.author)
    return _record("finding", finding) + "#comments"


def merge(store: Store, act: Act) -> str:
    """Count one use case under another."""
    one, into = act.matched["id"], act.field("into")
    merge_use_cases(store, one, into, author=act.author, note=act.note)
    update_ledger(store)
    return _record("use-case", into)


def part(store: Store, act: Act) -> str:
    """Undo a merge."""
    one = act.matched["id"]
    UseCaseKey.parse(one)
    part_use_cases(store, one, author=act.author)
    update_ledger(store)
    return _record("use-case", one)


def verdict(store: Store, act: Act) -> str:
    """Set the verdict on a promise, or take it back."""
    judge_promise(
        store, act.matched["id"], act.field("verdict") or None, note=act.note, author=act.author
    )
    return _record("promise", act.matched["id"])


def _record(kind: str, identity: str) -> str:
    return links.record(kind, identity)


def _after_finding(act: Act) -> str:
    """Back to where the form was: the queue, at the finding after this one, or the finding itself."""
    where = act.field("back")
    if where == "queue":
        skip = act.field("skip")
        return f"/-/review/{skip}" if skip.isdecimal() and int(skip) else "/-/review"
    if where == "lately":
        return "/-/reviewed"
    return _record("finding", act.matched["id"]) + "#review"


_ID = r"(?P<id>[^/.]+)"
DEEDS: tuple[tuple[str, Deed], ...] = (
    (rf"^/-/act/finding/{_ID}$", judge),
    (rf"^/-/act/finding/{_ID}/undo$", undo),
    (rf"^/-/act/finding/{_ID}/comment$", comment),
    (r"^/-/act/comment/(?P<number>[0-9]{1,12})/withdraw$", withdraw),
    (rf"^/-/act/use-case/{_ID}/merge$", merge),
    (rf"^/-/act/use-case/{_ID}/part$", part),
    (rf"^/-/act/promise/{_ID}$", verdict),
)


async def answer(deed: Deed, request: Any, datasette: Any, desk: Desk) -> Any:
    """Do a deed for a signed-in reviewer: 401 for others, 403 without the form's token, 429 when too quick."""
    reviewer = await asyncio.to_thread(desk.reviewer, request.actor)
    if reviewer is None:
        return await refused(datasette, request, 401, "sign_in_first")
    fields = await request.post_vars()
    if not token_fits(request, fields):
        return await refused(datasette, request, 403, "old_form")
    wait = desk.writes.wait(reviewer)
    if wait:
        return await refused(datasette, request, 429, "too_often", wait=wait)
    act = Act(request.url_vars, fields, reviewer)
    try:
        path = await asyncio.to_thread(desk.write, lambda store: deed(store, act))
    except (InputError, ValueError) as error:
        return await refused(datasette, request, 400, "not_recorded", why=error)
    except ChangedMeanwhile:
        return await refused(datasette, request, 409, "changed_meanwhile")
    except Busy:
        return await refused(datasette, request, 503, "busy_writing")
    return moved(path, request)


def token_fits(request: Any, fields: Mapping[str, str]) -> bool:
    """Datasette lets a POST without cookies pass its check; ours is for every form."""
    return hmac.compare_digest(
        fields.get("csrftoken", "").encode(), request.scope["csrftoken"]().encode()
    )


def moved(path: str, request: Any) -> Any:
    """303 to a page of ours, in the language of the form."""
    bare, _, anchor = path.partition("#")
    language = request.args.get("lang")
    target = links.own(bare, language if language in {"ja", "en"} else None)
    location = f"{target}#{quote(anchor)}" if anchor else target
    return Response("", status=303, headers={"location": location, "cache-control": "no-store"})


async def refused(datasette: Any, request: Any, status: int, word: str, **values: Any) -> Any:
    """A page that says why nothing was done, and that nothing was."""
    html = await datasette.render_template(
        "refused.html", {"status": status, "word": word, "values": values}, request=request
    )
    headers = {"cache-control": "no-store"}
    if "wait" in values:
        headers["retry-after"] = str(values["wait"])
    return Response.html(html, status=status, headers=headers)
