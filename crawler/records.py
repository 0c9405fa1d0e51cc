"""Read the records of an API's reply or a data file by a field map (crawler/source.py, `Records`)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from crawler.json_lines import parse_json
from crawler.list_encoding import codec_of_table
from crawler.source import Records
from crawler.text.bombs import refuse_many_values
from crawler.text.dates import find_date, parse_feed_date
from crawler.text.links import absolute
from crawler.text.markup import has_tags, plain, without_surrogates
from crawler.xml import parse_xml
from data.errors import LayoutChanged, Malformed
from data.models import Entry, Moment

_FIELD = re.compile(r"\{([^{}]+)\}")
MAX_UNPACKED = 256 << 20
"""A year of award records unpacks to some tens of MiB."""
MAX_ROWS = 1_000_000
LONGEST_LINE = 1 << 20
MAX_RECORDS = 50_000
"""Records of one reply: more are no news of a day."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one reply held: entries with their full text (empty where it has none), and the next page."""

    entries: tuple[tuple[Entry, str], ...]
    next: str | None


def read_records(
    body: bytes,
    records: Records,
    *,
    url: str,
    content_type: str | None = None,
    hint: str | None = None,
) -> Reply:
    """The entries of a reply; raises `Malformed` for what is not its format or is an error message,
    `LayoutChanged` when the list of records is missing or empty although the reply does not count none.
    """
    match records.format:
        case "json":
            refuse_many_values(body, url)
            try:
                reply = parse_json(body, content_type, hint)
            except (ValueError, RecursionError) as error:
                raise Malformed(f"{url}: the reply is not JSON: {body[:80]!r}") from error
            return _of_json(reply, records, url)
        case "xml":
            return _of_xml(parse_xml(body, url, content_type, hint), records, url)
        case "csv_zip":
            rows = _csv_rows(body, records, url)
            return Reply(tuple(_entries(rows, records, url)), None)


def _of_json(reply: Any, records: Records, url: str) -> Reply:
    if records.error and (message := _path(reply, records.error)):
        raise Malformed(f"{url}: the API says {str(message)[:200]}")
    found = _path(reply, records.items) if records.items else reply
    if not found and records.total:
        _refuse_unlisted(_path(reply, records.total), records, url)
        return Reply((), None)
    if found is None:
        raise LayoutChanged(f"{url}: the reply has no list {records.items!r}")
    if not isinstance(found, list):
        raise LayoutChanged(f"{url}: {records.items!r} is no list")
    following = _path(reply, records.next) if records.next and found else None
    entries = _entries((item for item in found if isinstance(item, dict)), records, url)
    return Reply(tuple(entries), _word(following) or None)


def _of_xml(root: Any, records: Records, url: str) -> Reply:
    if records.error:
        message = root.findtext(f".//{records.error}") or (root.tag == records.error and root.text)
        if message:
            raise Malformed(f"{url}: the API says {message[:200]}")
    nodes = root.findall(f".//{records.items}")
    rows = (
        {child.tag: child.text or "" for child in node if isinstance(child.tag, str)}
        for node in nodes
    )
    if not nodes and records.total:
        _refuse_unlisted(root.findtext(f".//{records.total}"), records, url)
    return Reply(tuple(_entries(rows, records, url)), None)


def _refuse_unlisted(total: Any, records: Records, url: str) -> None:
    """Raise for a reply that lists nothing and does not count none: its list has another name now."""
    count = _word(total).replace(",", "").strip() if total != 0 else "0"
    if not (count.isdecimal() and int(count[:9]) == 0):
        raise LayoutChanged(
            f"{url}: the reply lists nothing under {records.items!r}, and {records.total!r} is {count[:40] or None!r}"
        )


def _csv_rows(body: bytes, records: Records, url: str) -> Iterator[dict[str, Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith(".csv")]
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise Malformed(f"{url}: unpacks to more than {MAX_UNPACKED >> 20} MiB")
            for member in members:
                with archive.open(member) as file:
                    codec = codec_of_table(file)
                    text = io.TextIOWrapper(file, codec, errors="replace", newline="")
                    lines = iter(partial(text.readline, LONGEST_LINE), "")
                    for number, row in enumerate(csv.reader(lines)):
                        if number >= MAX_ROWS:
                            raise Malformed(f"{url}: has more than {MAX_ROWS} rows")
                        if len(row) != len(records.columns):
                            raise LayoutChanged(
                                f"{url}: a row has {len(row)} columns, expected {len(records.columns)}"
                            )
                        yield dict(zip(records.columns, row, strict=True))
    except (zipfile.BadZipFile, zlib.error, csv.Error, EOFError, RuntimeError) as error:
        raise Malformed(f"{url}: is not a readable zip of CSV: {error}") from error


def _entries(
    rows: Iterable[dict[str, Any]], records: Records, base: str
) -> Iterator[tuple[Entry, str]]:
    found = 0
    for row in rows:
        if any(str(_path(row, key)) in values for key, values in records.skip.items()):
            continue
        if records.keep_words and not _names_one(row, records.keep_words):
            continue
        title = " ".join(_filled(records.title, row).split())
        if not title:
            continue
        found += 1
        if found > MAX_RECORDS:
            raise Malformed(f"{base}: has more than {MAX_RECORDS} records")
        text = _lines(_path(row, records.text)) if records.text else ""
        text = text.replace("\r\n", "\n")
        yield (
            Entry(
                title=title,
                url=absolute(_filled(records.url, row), base),
                published=_moment(row, records.date),
                summary=text,  # stands where the item's page is wanted and cannot be read
                id=_filled(records.id, row) or None if records.id else None,
                outlet=_word(_path(row, records.outlet)) or None if records.outlet else None,
            ),
            text,
        )


def _names_one(row: dict[str, Any], words: tuple[str, ...]) -> bool:
    whole = "\n".join(str(value) for value in row.values())
    return any(word in whole for word in words)


def _moment(row: dict[str, Any], key: str | None) -> Moment | None:
    raw = _word(_path(row, key)) if key else ""
    return (parse_feed_date(raw) or find_date(raw)) if raw else None


def _filled(template: str, row: dict[str, Any]) -> str:
    """A key of the record, or a template over its keys."""
    if "{" not in template:
        return _word(_path(row, template))
    return _FIELD.sub(lambda match: _word(_path(row, match[1])), template).strip()


def _word(value: Any) -> str:
    """A text or number as text, of a list its members; what is neither says nothing."""
    if isinstance(value, list):
        return " ".join(word for one in value if (word := _word(one)))
    return without_surrogates(str(value or "")) if isinstance(value, (str, int, float)) else ""


def _lines(value: Any) -> str:
    """A text without markup, such as the search's highlights; a list's members a line each."""
    if isinstance(value, list):
        return "\n".join(line for one in value if (line := _lines(one)))
    text = "" if value is None else without_surrogates(str(value))
    return plain(text) if has_tags(text) else text


def _path(value: Any, path: str | None) -> Any:
    """What lies at a dotted path, of a list that of each member; None where there is nothing."""
    for key in (path or "").split("."):
        if isinstance(value, list):
            value = [one.get(key) for one in value if isinstance(one, dict)]
            continue
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
