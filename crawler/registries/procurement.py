"""Procurement: the KKJ search (官公需情報ポータル, XML) and the award lists of 調達ポータル (ZIP of CSV)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote

from lxml import etree

from crawler.registries.answers import day_in, number_in, refuse_other_pages
from crawler.text.dates import find_date
from crawler.xml import parse_xml
from data.errors import Blocked, LayoutChanged, Malformed
from data.models import Entry

MAX_DESCRIPTION = 20_000
"""ProjectDescription may hold a whole tender document (format-traps.md, 3.7)."""
MAX_UNPACKED = 256 << 20
COLUMNS = 8
MOST_DAYS = 31
_PERIOD = re.compile(r"CFT_Issue_Date=(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """One call for tenders of the KKJ search; what the reply leaves out is empty."""

    key: str
    title: str
    organisation: str
    prefecture: str
    issued: date | None
    closes: date | None
    description: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """One contract awarded, a line of 調達ポータル's list."""

    case: str
    title: str
    on: date | None
    price: Decimal | None
    """Yen; None where the list gives none."""
    ministry_code: str
    method_code: str
    winner: str
    winner_number: str
    """The winner's corporate number (法人番号), which is no personal number."""


def read_tenders(body: bytes, url: str) -> list[Tender]:
    """The hits of a KKJ reply; an empty list for a search without hits.

    Raises `Malformed` for an `<Error>` (no searchword, internal error) and broken XML, `Blocked` for a
    page, `LayoutChanged` when hits are counted and none is listed.
    """
    return search_reply(body, url)[0]


def search_reply(body: bytes, url: str) -> tuple[list[Tender], int]:
    """The hits that a KKJ reply lists and how many there are; raises as `read_tenders`."""
    refuse_other_pages(body, url)
    root = parse_xml(body, url)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    if root.tag.lower() == "html":
        raise Blocked(f"{url}: a page answered where XML was asked for")
    error = root.text if root.tag == "Error" else root.findtext(".//Error")
    if error:
        raise Malformed(f"{url}: the API says {error.strip()[:200]}")
    hits = number_in(root.findtext(".//SearchHits") or "")
    found = [_tender(one) for one in root.iter("SearchResult")]
    if not found and hits != 0:
        raise LayoutChanged(f"{url}: has no SearchResult and does not say that there is none")
    return found, max(hits or 0, len(found))


def day_by_day(url: str, today: date) -> list[str]:
    """The same search for each day since the one that its CFT_Issue_Date begins with.

    There is no offset: a search with more hits than it lists has to be cut by date (format-traps.md, 3.7).
    Raises `LayoutChanged` for a search of one day, which cannot be cut.
    """
    found = _PERIOD.search(unquote(url))
    first = day_in(found[1]) if found else None
    if found is None or first is None or found[2]:
        raise LayoutChanged(f"{url}: lists less than it counts, and cannot be cut further by date")
    days = (first + timedelta(days=n) for n in range(min((today - first).days, MOST_DAYS) + 1))
    return [
        unquote(url).replace(found[0], f"CFT_Issue_Date={day.isoformat()}/{day.isoformat()}")
        for day in days
    ]


def _tender(element: Any) -> Tender:
    fields = {child.tag: " ".join((child.text or "").split()) for child in element}
    return Tender(
        key=fields.get("Key", ""),
        title=fields.get("ProjectName", ""),
        organisation=fields.get("OrganizationName", ""),
        prefecture=fields.get("PrefectureName", ""),
        issued=day_in(fields.get("CftIssueDate", "")),
        closes=day_in(fields.get("TenderSubmissionDeadline", "")),
        description=fields.get("ProjectDescription", "")[:MAX_DESCRIPTION],
        url=fields.get("ExternalDocumentURI", ""),
    )


def tender_entry(tender: Tender) -> tuple[Entry, str]:
    """A tender as a document with its description."""
    entry = Entry(
        title=f"{tender.organisation} {tender.title}".strip(),
        url=tender.url or None,
        published=find_date(tender.issued.isoformat()) if tender.issued else None,
        id=tender.key or None,
        outlet=tender.organisation or None,
    )
    until = f"\n提出期限 {tender.closes.isoformat()}" if tender.closes else ""
    return entry, f"{tender.title}\n{tender.description}{until}"


def read_awards(body: bytes, url: str) -> Iterator[Award]:
    """The lines of an award list: ZIP, CSV in UTF-8 with BOM, CRLF, no header, eight columns.

    Raises `Malformed` for a broken or bomb-like archive, `LayoutChanged` for another number of columns
    (also half-way: what came before was yielded).
    """
    refuse_other_pages(body, url)
    if not body.startswith(b"PK"):
        raise Blocked(f"{url}: something other than the archive answered: {body[:40]!r}")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
            if not members:
                raise LayoutChanged(f"{url}: the archive holds no CSV")
            if sum(one.file_size for one in members) > MAX_UNPACKED:
                raise Malformed(f"{url}: unpacks to more than {MAX_UNPACKED >> 20} MiB")
            for member in members:
                with archive.open(member) as file:
                    yield from _awards(file, url)
    except (
        zipfile.BadZipFile,
        zlib.error,
        csv.Error,
        EOFError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise Malformed(f"{url}: is not a readable ZIP of CSV: {error}") from error
    except UnicodeDecodeError as error:
        raise Malformed(f"{url}: the list is not UTF-8: {error.reason}") from error


def _awards(file: Any, url: str) -> Iterator[Award]:
    for row in csv.reader(io.TextIOWrapper(file, "utf-8-sig", newline="")):
        if len(row) != COLUMNS:
            raise LayoutChanged(f"{url}: a line has {len(row)} columns, expected {COLUMNS}")
        case, title, awarded, price, ministry, method, winner, number = row
        yield Award(
            case=case,
            title=title,
            on=day_in(awarded),
            price=_yen(price),
            ministry_code=ministry,
            method_code=method,
            winner=winner,
            winner_number=number,
        )


def _yen(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "")) if text.strip() else None
    except InvalidOperation:
        return None


def award_entry(award: Award) -> tuple[Entry, str]:
    """An award as a document; there is no page per award, the case's number stands in the fragment."""
    entry = Entry(
        title=f"{award.title} {award.winner}".strip(),
        url=f"https://www.p-portal.go.jp/#/{award.case}",
        published=find_date(award.on.isoformat()) if award.on else None,
        id=award.case,
        outlet=award.winner or None,
    )
    price = f"\n落札価格 {award.price:,}円" if award.price is not None else ""
    return entry, f"{award.title}\n落札者 {award.winner}{price}"
