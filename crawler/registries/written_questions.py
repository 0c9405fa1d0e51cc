"""Written questions to the cabinet (質問主意書) of both houses: lists, the CSV, and the pages of their texts."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urljoin

from crawler.registries.answers import day_in, page_of, refuse_other_pages, rows_of
from crawler.text.dates import find_date
from crawler.text.encoding import decode
from data.errors import Blocked, LayoutChanged, Malformed
from data.models import Entry

# 衆議院 a217012.htm is the question, b217012.htm the answer; 参議院 syuh/s217012.htm, touh/t217012.htm.
_QUESTION = re.compile(r"(?:^|/)(?:a|s)\d{6}\.html?$")
_ANSWER = re.compile(r"(?:^|/)(?:b|t)\d{6}\.html?$")
_COLUMNS = {"提出回次", "提出番号", "件名", "提出者", "質問本文（html）", "答弁本文（html）"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenQuestion:
    """One question with the addresses of its words and of the cabinet's answer."""

    house: Literal["衆議院", "参議院"]
    session: int
    number: int
    title: str
    submitter: str
    question_url: str
    answer_url: str
    submitted: date | None = None
    answered: date | None = None


def read_list(
    body: bytes, url: str, house: Literal["衆議院", "参議院"], session: int
) -> list[WrittenQuestion]:
    """The questions of a session's list page, in its order.

    Raises `Blocked` and `Malformed` for what is not the page, `LayoutChanged` when no row links a question.
    """
    page = page_of(body, url, "cp932" if house == "衆議院" else None)
    found = []
    titles: dict[int, str] = {}
    for row in rows_of(page):
        number = next((int(cell) for cell in row.cells if cell.isdecimal()), None)
        if number is None:
            continue
        links = [
            urljoin(url, link)
            for cell in row.elements
            for link in cell.css("a::attr(href)").getall()
        ]
        question = next((link for link in links if _QUESTION.search(link)), "")
        title = next((cell for cell in row.cells if "に関する" in cell or "質問主意書" in cell), "")
        titles[number] = title or titles.get(number, "")  # It may stand in the row above.
        if not question or not titles[number]:
            continue
        said = row.cells[row.cells.index(title) + 1 :] if title else row.cells
        persons = (cell for cell in said if cell and not cell.isdecimal())
        found.append(
            WrittenQuestion(
                house=house,
                session=session,
                number=number,
                title=titles[number],
                submitter=next(persons, "").removesuffix("君"),
                question_url=question,
                answer_url=next((link for link in links if _ANSWER.search(link)), ""),
            )
        )
    if not found:
        raise LayoutChanged(f"{url}: no row of a table links a question")
    return found


def read_csv(body: bytes, url: str) -> list[WrittenQuestion]:
    """The rows of the table of the House of Councillors' questions (SmartNews MRI's 14 columns, UTF-8)."""
    refuse_other_pages(body, url)
    text = decode(body, hint="utf-8").text
    if text.lstrip().startswith("<"):
        raise Blocked(f"{url}: a page answered where a table was asked for")
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise Malformed(f"{url}: is not CSV: {error}") from error
    if not rows or not set(rows[0]) >= _COLUMNS:
        raise LayoutChanged(f"{url}: lacks the columns of the table of questions")
    return [_of_row(row, url) for row in rows]


def _of_row(row: dict[str, str], url: str) -> WrittenQuestion:
    if any(value is None for value in row.values()):
        raise Malformed(f"{url}: a row was cut off: {row.get('件名')}")
    try:
        session, number = int(row["提出回次"]), int(row["提出番号"])
    except ValueError as error:
        raise LayoutChanged(f"{url}: a row without session or number: {row['件名']}") from error
    return WrittenQuestion(
        house="参議院",
        session=session,
        number=number,
        title=row["件名"],
        submitter=row["提出者"],
        question_url=row["質問本文（html）"],
        answer_url=row["答弁本文（html）"],
        submitted=day_in(row.get("提出日", "")),
        answered=day_in(row.get("答弁書受領日", "")),
    )


def entries_of(question: WrittenQuestion) -> list[Entry]:
    """The question and, once there is one, the answer, as items whose pages hold the words.

    The answer's own words seldom name its subject («一について…»), so both carry the question's title.
    """
    name = f"{question.house} 第{question.session}回国会 質問第{question.number}号 {question.title}"
    items = [
        (
            f"{name}（{question.submitter}）" if question.submitter else name,
            question.question_url,
            question.submitted,
        ),
        (f"{name} 内閣の答弁書", question.answer_url, question.answered),
    ]
    return [
        Entry(title=title, url=url, published=find_date(day.isoformat()) if day else None)
        for title, url, day in items
        if url
    ]
