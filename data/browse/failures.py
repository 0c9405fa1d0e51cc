"""What a reader sees when a page cannot be given: one sentence, never a traceback or a local variable."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

log = logging.getLogger(__name__)


def status_and_reason(exception: Exception) -> tuple[int, str]:
    """The HTTP status of a failure and what may be said of it; what nobody expected is not explained."""
    if isinstance(exception, DatasetteError):
        reason = "" if exception.message_is_html else str(exception.message)
        # Raised on purpose, with 500 where nobody chose a status (`?_sort=` of no column): the asker's fault.
        return (400 if exception.status == 500 else exception.status), reason
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0]) if exception.args else ""
    if isinstance(exception, sqlite3.OperationalError | OverflowError | UnicodeEncodeError):
        # Only a question can be wrong in this way (`?_facet=` of no column, a number or a sign that
        # SQLite cannot hold); the pages' SQL is fixed.
        return 400, ""
    return 500, ""


async def failure(datasette: Any, request: Any, exception: Exception) -> Any:
    """The answer to a request that failed, as JSON where JSON was asked for, else as a page."""
    status, reason = status_and_reason(exception)
    if status >= 500:
        log.error("%s could not be answered", request.path, exc_info=exception)
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "status": status, "error": reason}, status=status)
    html = await datasette.render_template(
        "error.html", {"status": status, "error": reason}, request=request
    )
    return Response.html(html, status=status)
