"""Bills (議案): the lists and detail pages of both houses, and the table of the House of Councillors as CSV.

衆議院 itdb_gian `kaiji{session}.htm` → `keika/*.htm` (cp932); 参議院 `gian/{session}/gian.htm` →
`meisai/*.htm` (UTF-8). The detail pages of both name the steps in both houses. The CSV's columns are those
of the 参議院 detail page.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal
from urllib.parse import urljoin

from crawler.registries.answers import (
    Row,
    day_in,
    fields_of,
    label,
    number_in,
    page_of,
    refuse_other_pages,
    rows_of,
)
from crawler.text.encoding import decode
from data.bills import Bill, BillStep, House, Origin, Step, law_number_of
from data.errors import Blocked, LayoutChanged, Malformed

_ORIGINS: tuple[tuple[str, Origin], ...] = (
    ("閣法", "cabinet"),
    ("内閣提出", "cabinet"),
    ("衆法", "representatives"),
    ("参法", "councillors"),
)
_BODIES: tuple[tuple[str, House], ...] = (("衆議院", "representatives"), ("参議院", "councillors"))
_RESULTS = re.compile(r"[／/]")
_NUMBER = re.compile(r"(?:第|閣法|衆法|参法)*(\d{1,4})(?:回|号)?(?:国会)?")
_TITLE = re.compile(r"案(?:（[^（）]{1,12}）)?$")
# The names of columns, as `label` writes them; both houses and older years use others.
_KINDS = ("議案種類", "種別", "種類", "区分")
_SESSIONS = ("提出回次", "議案提出回次", "国会回次", "回次")
_NUMBERS = ("提出番号", "議案番号", "番号")
_TITLES = ("議案件名", "件名", "法律案名", "議案名")
_FAILED_UNDATED = frozenset({"未了", "審査未了", "撤回"})


def read_list(
    body: bytes, url: str, house: Literal["representatives", "councillors"], session: int
) -> list[Bill]:
    """The bills of a house's list of one session, each with the address of its progress page as `url`.

    Other business (budgets, treaties, appointments) is left out. Raises `Blocked` and `Malformed` for
    what is not the page, `LayoutChanged` when no row is a bill.
    """
    page = page_of(body, url, "cp932" if house == "representatives" else None)
    bills = [bill for row in rows_of(page) if (bill := _listed(row, url, house, session))]
    if not bills:
        raise LayoutChanged(f"{url}: no row of a table is a bill")
    return bills


def _listed(row: Row, url: str, house: House, session: int) -> Bill | None:
    """The bill of one row, by the names of the columns where there are some; None for other rows."""
    links = [link for cell in row.elements for link in cell.css("a::attr(href)").getall()]
    address = next((link for link in links if "keika" in link or "meisai" in link), None)
    origin = _origin(row.cell(*_KINDS)) or _origin(row.caption) or _origin(" ".join(row.cells[:1]))
    title = row.cell(*_TITLES)
    if not _TITLE.search(title):
        title = next((cell for cell in row.cells if _TITLE.search(cell)), "")
    in_cells = [n for cell in row.cells if (n := _whole_number(cell)) is not None]
    number = _whole_number(row.cell(*_NUMBERS)) or (in_cells[1] if len(in_cells) > 1 else None)
    number = number or next(iter(in_cells), None)
    own_session = _whole_number(row.cell(*_SESSIONS)) or (
        in_cells[0] if len(in_cells) > 1 and not row.cell(*_NUMBERS) else session
    )
    if not (address and origin and number and title):
        return None
    return Bill(
        session=own_session,
        origin=origin,
        number=number,
        title=title,
        house=house,
        status=row.cell("審議状況", "審査状況", "経過状況") or _status(row.cells, title),
        url=urljoin(url, address),
    )


def _whole_number(cell: str) -> int | None:
    """The number that a cell is: 217, ２１７, 第217回, 第7号."""
    found = _NUMBER.fullmatch(label(cell))
    return int(found[1]) if found else None


def _status(cells: tuple[str, ...], title: str) -> str:
    after = cells[cells.index(title) + 1 :]
    return next((cell for cell in after if len(cell) > 1 and cell not in {"経過", "本文"}), "")


def read_page(body: bytes, url: str) -> Bill:
    """One bill from its progress page of either house. Raises as `read_list`."""
    house: House = "representatives" if "shugiin" in url or "keika" in url else "councillors"
    page = page_of(body, url, "cp932" if house == "representatives" else None)
    return bill_of(fields_of(page, url), url, house)


def bill_of(fields: Mapping[str, str], url: str, house: House) -> Bill:
    """A bill of its labelled fields, in the words of either house; raises `LayoutChanged`."""
    fields = {label(name): value for name, value in fields.items()}
    kind = _first(fields, *_KINDS)
    origin = _origin(kind) or _origin(_first(fields, "件名"))
    session = number_in(_first(fields, "議案提出回次", "提出回次", "回次"))
    number = number_in(_first(fields, "議案番号", "提出番号", "番号"))
    title = _first(fields, *_TITLES)
    if origin is None or session is None or number is None or not title:
        raise LayoutChanged(f"{url}: lacks kind, session, number or title of a bill")
    steps = tuple(sorted(set(_steps(fields)), key=lambda step: step.order))
    return Bill(
        session=session,
        origin=origin,
        number=number,
        title=title,
        proposer=_first(fields, "議案提出者", "提出者", "発議者"),
        house=house,
        steps=steps,
        law_number=_law_number(fields),
        status=_first(fields, "審議状況") or _undated_end(fields),
        outline=_outline(_first(fields, "議案要旨", "提案理由", "要旨")),
        url=url,
    )


def _undated_end(fields: Mapping[str, str]) -> str:
    """未了 has no day: the session ended. In a later session the bill is not listed again."""
    ends = (value for name, value in fields.items() if name.endswith(("結果", "-議決")))
    return next(
        (end for value in ends if (end := _halves(value)[2] or value) in _FAILED_UNDATED), ""
    )


def _outline(text: str) -> str:
    return "" if text.startswith("http") else text


def _steps(fields: Mapping[str, str]) -> Iterator[BillStep]:
    submitted = [
        _first(fields, "議案審議情報一覧 - 提出日", "議案審議情報 - 提出日", "提出日"),
        *(_first(fields, f"{name}議案受理年月日") for name, _ in _BODIES),
    ]
    days = sorted(day for value in submitted if (day := day_in(value)))
    if days:
        yield BillStep(on=days[0], step="submitted")
    for name, body in _BODIES:
        yield from _table_steps(fields, name, body)
        yield from _progress_steps(fields, name, body)
    if day := _promulgated(fields):
        yield BillStep(on=day, step="promulgated", result=_law_number(fields))


def _table_steps(fields: Mapping[str, str], name: str, body: House) -> Iterator[BillStep]:
    """The columns of the House of Councillors: a day and a result in fields of their own."""
    places: tuple[tuple[str, str, str, Step], ...] = (
        ("委員会等経過", "本付託日", "付託委員会等", "referred"),
        ("委員会等経過", "議決日", "議決・継続結果", "committee"),
        ("本会議経過", "議決日", "議決", "plenary"),
    )
    for part, day_label, result_label, step in places:
        for caption in (f"{name}{part}情報", f"{name}{part}"):
            day = day_in(_first(fields, f"{caption} - {day_label}"))
            result = _first(fields, f"{caption} - {result_label}")
            if day:
                yield BillStep(on=day, step=step, house=body, result=result)


def _progress_steps(fields: Mapping[str, str], name: str, body: House) -> Iterator[BillStep]:
    """The lines of the House of Representatives: 「令和 7年 4月17日／可決」 in one field."""
    places: tuple[tuple[str, Step], ...] = (
        (f"{name}付託年月日／{name}付託委員会", "referred"),
        (f"{name}審査終了年月日／{name}審査結果", "committee"),
        (f"{name}審議終了年月日／{name}審議結果", "plenary"),
    )
    for name_of_step, step in places:
        when, _, result = _halves(_first(fields, name_of_step))
        if day := day_in(when):
            yield BillStep(on=day, step=step, house=body, result=result)


def _halves(value: str) -> tuple[str, str, str]:
    parts = _RESULTS.split(value, maxsplit=1)
    return parts[0].strip(), "／", parts[1].strip() if len(parts) > 1 else ""


def _promulgated(fields: Mapping[str, str]) -> date | None:
    joint = _halves(_first(fields, "公布年月日／法律番号"))[0]
    return day_in(
        joint or _first(fields, "その他の情報 - 公布年月日", "その他 - 公布年月日", "公布年月日")
    )


def _law_number(fields: Mapping[str, str]) -> str:
    joint = _halves(_first(fields, "公布年月日／法律番号"))[2]
    number = number_in(
        joint or _first(fields, "その他の情報 - 法律番号", "その他 - 法律番号", "法律番号")
    )
    day = _promulgated(fields)
    return law_number_of(day, number) if day and number else ""


def read_csv(body: bytes, url: str) -> list[Bill]:
    """The rows of the table of bills (SmartNews MRI's 33 columns, UTF-8) that are bills of law.

    One row per session that took a bill up: `data.bills.merged` joins them. Raises `Malformed`, and
    `LayoutChanged` when columns are missing.
    """
    refuse_other_pages(body, url)
    text = decode(body, hint="utf-8").text
    if text.lstrip().startswith("<"):
        raise Blocked(f"{url}: a page answered where a table was asked for")
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise Malformed(f"{url}: is not CSV: {error}") from error
    if not rows or not {"種類", "提出回次", "提出番号", "件名"} <= set(rows[0]):
        raise LayoutChanged(f"{url}: lacks the columns of the table of bills")
    bills = []
    for row in rows:
        kind = row.get("種類") or ""
        # 「（表）」 repeats rows of the session's summary table.
        if _origin(kind) is None or kind.endswith("（表）"):
            continue
        if any(value is None for value in row.values()):
            raise Malformed(f"{url}: a row was cut off: {row.get('件名')}")
        fields = {key: value for key, value in row.items() if key and value}
        bills.append(bill_of(fields, fields.get("議案URL", url), "councillors"))
    return bills


def _origin(text: str) -> Origin | None:
    return next((origin for word, origin in _ORIGINS if word in text), None)


def _first(fields: Mapping[str, str], *labels: str) -> str:
    found = (fields.get(label(name), "") for name in labels)
    return next((value for value in found if value), "")
