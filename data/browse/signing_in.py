"""Signing in and out: a name and a password become a signed cookie that ends by itself."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from datasette.utils import baseconv
from datasette.utils.asgi import Response

from data.browse.acting import moved, refused, token_fits
from data.browse.desk import Desk

SESSION_SECONDS = 12 * 3600
_OWN = re.compile(r"/(-/[\w/:.-]*)?$", re.ASCII)
"""Where a sign-in may lead: our own pages, never another site."""


async def sign_in(request: Any, datasette: Any, desk: Desk) -> Any:
    """Check name and password; sets the cookie and goes on, or says no after the same time."""
    fields = await request.post_vars()
    if not token_fits(request, fields):
        return await refused(datasette, request, 403, "old_form")
    client = (request.scope.get("client") or ("", 0))[0]
    wait = desk.attempts.wait(client) or desk.attempts_of_all.wait("")
    if wait:
        return await refused(datasette, request, 429, "too_often", wait=wait)
    actor = await asyncio.to_thread(
        desk.sign_in, fields.get("name", "").strip(), fields.get("password", "")
    )
    if actor is None:
        html = await datasette.render_template(
            "sign_in.html",
            {
                "next": fields.get("next", ""),
                "plugin_path": desk.sign_in_path,
                "failed": True,
            },
            request=request,
        )
        return Response.html(html, status=401)
    goal = fields.get("next", "")
    answer = moved(goal if _OWN.match(goal) else "/-/review", request)
    until = baseconv.base62.encode(int(time.time()) + SESSION_SECONDS)
    _set(answer, request, desk, datasette.sign({"a": actor, "e": until}, "actor"), SESSION_SECONDS)
    return answer


async def sign_out(request: Any, datasette: Any, desk: Desk) -> Any:
    """Take the cookie away."""
    if not token_fits(request, await request.post_vars()):
        return await refused(datasette, request, 403, "old_form")
    answer = moved("/", request)
    _set(answer, request, desk, "", 0)
    return answer


def _set(answer: Any, request: Any, desk: Desk, value: str, seconds: int) -> None:
    secure = request.scheme == "https" or (desk.origin or "").startswith("https:")
    answer.set_cookie(
        "ds_actor", value, max_age=seconds, httponly=True, samesite="lax", secure=secure
    )
