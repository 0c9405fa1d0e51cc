"""The Datasette plugin: our routes, our words in every template, safe cells, and the guard around it all."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, partial
from importlib import resources
from typing import Any

from datasette import hookimpl
from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup

from data.browse import acting, cells, links, reviewing, signing_in, words
from data.browse.acting import DEEDS, Deed
from data.browse.cards import Cards
from data.browse.dashboards import PLUGIN
from data.browse.desk import desk_of
from data.browse.failures import failure
from data.browse.headers import App, gate_of, guarded
from data.browse.listing import ROUTE, ListingView
from data.browse.routes import ROUTES
from data.browse.visit import (
    Finished,
    NoSuchRecord,
    Page,
    SignInFirst,
    View,
    Visit,
    language_of,
)
from data.names import Language
from data.search import match_expression
from data.vocabulary import Identifier, Sector, Stage

TIME_LIMIT_MS = 1000
"""For all the queries of one page together; readers that linger keep SQLite from checkpointing."""


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    return [
        *((pattern, partial(_answer, view)) for pattern, view in ROUTES),
        *((pattern, partial(_act, deed)) for pattern, deed in DEEDS),
        (r"^/-/sign-in$", partial(_sign, signing_in.sign_in)),
        (r"^/-/sign-out$", partial(_sign, signing_in.sign_out)),
        (ROUTE, ListingView.as_view(datasette)),
    ]


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # datasette has no types
def prepare_connection(conn: sqlite3.Connection) -> None:
    """The ordinary `?_search=` box asks `match escape_fts(:search)`: make it ask for Sudachi's units.

    Datasette registers its own function of this name in its own hook; trylast puts ours over it.
    """
    conn.create_function("escape_fts", 1, match_expression, deterministic=True)


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    return partial(guarded, gate=partial(gate_of, datasette))


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    return failure(datasette, request, exception)


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def extra_template_vars(request: Any, datasette: Any) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def words_of_the_page() -> dict[str, Any]:
        language, chosen = _languages(request)
        said = template_words(language, chosen, request.path if request else "/", _query(request))
        return said | {
            "live": not datasette.metadata("static_copy"),
            "reviewable": desk_of(datasette) is not None,
            "reviewer": await _reviewer(request, datasette),
        }

    return words_of_the_page


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def render_cell(value: Any, column: str, table: str | None) -> Markup | None:
    return cells.linked(value, column, table)


def template_words(
    language: Language, chosen: Language | None, path: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """What every template can say: phrases, vocabulary, days and links in the reader's language."""
    other: Language = "en" if language == "ja" else "ja"
    kept = {key: value for key, value in query.items() if key not in {"lang", "_lang"}}
    return {
        "language": language,
        "other_language": other,
        "other_language_href": links.own(path, other, **kept),
        "say": lambda word, **values: words.say(word, language, **values),
        "label": lambda group, word: words.label(group, word, language),
        "title_of": lambda subject, identifier: words.title_of(subject, identifier, language),
        "pick": lambda record, stem: record[f"{stem}_{language}"],
        "half": lambda text: words.half(text, language),
        "column_name": lambda column: words.column_name(column, language),
        "cell_of": lambda column, value: cells.said(column, value, language, chosen),
        "table_body": lambda rows, hidden: cells.body(rows, hidden, language, chosen),
        "quiet_columns": cells.quiet_columns,
        "cell_name": lambda column, value: words.cell_name(column, value, language),
        "day": words.day,
        "cards": Cards(language, chosen),
        "minute": words.minute,
        "to": lambda target, **values: links.own(target, chosen, **values),
        "record": lambda kind, identity, suffix="": links.record(kind, identity, chosen, suffix),
        "original": links.original,
        "sentence_in": links.sentence_in,
        "host": links.host,
        "style_version": style_version(),
        "sectors": [sector.value for sector in Sector],
        "identifiers": [identifier.value for identifier in Identifier],
        "stages": [stage.value for stage in Stage],
    }


@cache
def style_version() -> str:
    """A few digits of the style sheet's hash, so that a new one is fetched."""
    sheet = resources.files("data.browse").joinpath("assets/style.css").read_bytes()
    return hashlib.sha256(sheet).hexdigest()[:8]


async def _act(deed: Deed, request: Any, datasette: Any) -> Any:
    """A reviewer's deed; there is none where nobody reviews."""
    desk = desk_of(datasette)
    if desk is None or request.method != "POST":
        raise NotFound("no such page")
    return await acting.answer(deed, request, datasette, desk)


async def _sign(answer: Callable[..., Any], request: Any, datasette: Any) -> Any:
    """Signing in or out; reading the sign-in page is a view like any other."""
    desk = desk_of(datasette)
    if desk is None:
        raise NotFound("no such page")
    if request.method == "POST":
        return await answer(request, datasette, desk)
    if answer is signing_in.sign_in:
        return await _answer(reviewing.sign_in, request, datasette)
    raise NotFound("no such page")


async def _reviewer(request: Any, datasette: Any) -> str | None:
    """Who is signed in and may review at this moment; looked up once a request."""
    desk = desk_of(datasette)
    if desk is None or request is None or not request.actor:
        return None
    if "scopewatch_reviewer" not in request.scope:
        name = await asyncio.to_thread(desk.reviewer, request.actor)
        request.scope["scopewatch_reviewer"] = name
    found: str | None = request.scope["scopewatch_reviewer"]
    return found


async def _answer(view: View, request: Any, datasette: Any) -> Any:
    """Run a view on a reader's connection under the time limit, and make a response of what it gives."""
    language, chosen = _languages(request)
    reviewer = await _reviewer(request, datasette)
    visit = Visit(
        matched=request.url_vars,
        query=_query(request),
        language=language,
        chosen=chosen,
        origin=_origin(request, datasette),
        reviewer=reviewer,
        desk=desk_of(datasette),
        dashboards=datasette.plugin_config(PLUGIN) or {},
        memory=datasette.scopewatch_memory,
        filters=datasette.scopewatch_filters,
    )
    try:
        made = await datasette.get_database("watch").execute_fn(partial(_limited, view, visit))
    except SignInFirst:
        goal = links.own("/-/sign-in", chosen, next=request.path)
        return Response("", status=303, headers={"location": goal, "cache-control": "no-store"})
    except NoSuchRecord:
        made = Page(template="message.html", context={"message": "not_found"}, status=404)
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        made = Page(template="message.html", context={"message": "busy"}, status=503)
    if isinstance(made, Finished):
        return _with_tag(request, made.body, made.content_type, 200)
    html = await datasette.render_template(made.template, made.context, request=request)
    if desk_of(datasette) and request.actor:
        headers = {"cache-control": "private, no-store", "vary": "Accept-Language, Cookie"}
        return Response.html(html, status=made.status, headers=headers)
    return _with_tag(request, html, "text/html; charset=utf-8", made.status)


def _limited(view: View, visit: Visit, connection: sqlite3.Connection) -> Page | Finished:
    with sqlite_timelimit(connection, TIME_LIMIT_MS):
        return view(connection, visit)


def _with_tag(request: Any, body: str, content_type: str, status: int) -> Any:
    """A response with its entity tag, or 304 when the reader has this one (RFC 9110, 13.1.2)."""
    headers = {"vary": "Accept-Language, Cookie", "cache-control": "max-age=60"}
    if status == 200:
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
        headers["etag"] = tag
        known = request.headers.get("if-none-match", "")
        if tag in {item.strip().removeprefix("W/") for item in known.split(",")}:
            return Response("", status=304, headers=headers, content_type=content_type)
    return Response(body, status=status, headers=headers, content_type=content_type)


def _query(request: Any) -> dict[str, str]:
    return {key: request.args.get(key) for key in request.args} if request else {}


def _languages(request: Any) -> tuple[Language, Language | None]:
    accept = request.headers.get("accept-language", "") if request else ""
    return language_of(_query(request), accept)


def _origin(request: Any, datasette: Any) -> str:
    """The operator's public address, else the one that the reader used."""
    public = datasette.metadata("public_url")
    return str(public).rstrip("/") if public else f"{request.scheme}://{request.host}"
