"""Read laws as Markdown (the legalize-jp shape of ../shared/data/laws/md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import yaml

from crawler.statutes.revisions import iso_date, new_revision
from crawler.statutes.sentences import law_sentences
from crawler.statutes.tables import (
    Cell,
    aligned,
    rows_of_grid,
    split_number,
    table_name,
    with_statutes,
)
from data.errors import InputError, Malformed
from data.statute_numerals import branch_number
from data.statute_watch import keeper
from data.statutes import NO_AMENDMENT, LawRevision, LawSentence, LawText, TableRow

BOLD = re.compile(r"\*\*(?P<head>[^*]+)\*\*(?P<rest>.*)")
ARTICLE = re.compile(r"(第[^（(\s]+条[^（(\s]*)(?:[（(].*)?")
PARAGRAPH = re.compile(r"[０-９0-9]+(?:の[０-９0-9]+)*")
LIST_ITEM = re.compile(r"(?P<indent> *)- (?P<label>[^　\s]{1,20})　(?P<text>.*)")
SUPPLEMENT = re.compile(r"#+ +附\s*則")


def read_markdown(text: str, revision_id: str | None = None) -> LawText:
    """The law in `text`; the file's name tells the revision, else its front matter (amending law unknown).

    Raises `Malformed` when there is neither an article nor a table.
    """
    matter, lines = _front_matter(text)
    last = next((line for line in reversed(lines) if line.strip()), "")
    if last.startswith("|") and not last.rstrip().endswith("|"):
        raise Malformed("ends within a row of a table: truncated")
    revision = _revision(matter, revision_id)
    rows, sentences = _Reader(keeper(revision.law_id)).read(lines)
    if not rows and not sentences:
        raise Malformed("no article and no table: not a law in Markdown, or truncated")
    return LawText(
        revision=revision,
        rows=with_statutes(rows),
        sentences=tuple(sentences),
    )


def _front_matter(text: str) -> tuple[dict[str, Any], list[str]]:
    lines = text.removeprefix("﻿").splitlines()
    if not lines or lines[0].strip() != "---":
        return {}, lines
    for end, line in enumerate(lines[1:200], start=1):
        if line.strip() == "---":
            try:
                matter = yaml.safe_load("\n".join(lines[1:end]))
            except yaml.YAMLError as error:
                raise Malformed(
                    f"front matter is not YAML: {str(error).splitlines()[0]}"
                ) from error
            return matter if isinstance(matter, dict) else {}, lines[end + 1 :]
    raise Malformed("front matter without an end: truncated")


def _revision(matter: dict[str, Any], revision_id: str | None) -> LawRevision:
    extra = matter.get("extra")
    extra = extra if isinstance(extra, dict) else {}
    if revision_id is None:
        law_id, day = (
            matter.get("identifier"),
            extra.get("enforced_at") or matter.get("last_updated"),
        )
        enforced = iso_date(str(day)) if day else None
        if not isinstance(law_id, str) or enforced is None:
            raise InputError(
                "the Markdown does not say which revision it is; name the file by its revision id, "
                "such as 425AC0000000027_20251212_507AC0000000087.md"
            )
        revision_id = f"{law_id}_{enforced:%Y%m%d}_{NO_AMENDMENT}"
    return new_revision(
        revision_id, title=str(matter.get("title") or ""), law_num=str(extra.get("law_num") or "")
    )


class _Reader:
    """Walks the lines once and remembers where it is: article, paragraph, item, table, 附則."""

    def __init__(self, keeps: Callable[[str], bool]) -> None:
        self.keeps = keeps
        self.article = self.paragraph = ""
        self.items: list[str] = []
        self.table = ""
        self.supplement = False
        self.grid: list[list[str]] = []
        self.rows: list[TableRow] = []
        self.sentences: list[LawSentence] = []

    def read(self, lines: Iterable[str]) -> tuple[list[TableRow], list[LawSentence]]:
        for line in lines:
            if not line.startswith("|"):
                self._close_grid()
            if line.startswith("**"):
                self._bold(line)
            elif line.startswith("#"):
                self._heading(line)
            elif line.startswith("|"):
                self._table_line(line)
            elif line.lstrip(" ").startswith("- "):
                self._item(line)
        self._close_grid()
        return self.rows, self.sentences

    def _heading(self, line: str) -> None:
        self.article = self.table = ""
        if SUPPLEMENT.match(line):
            self.supplement = True

    def _bold(self, line: str) -> None:
        found = BOLD.match(line)
        if found is None:
            return
        head, rest = found["head"].strip(), found["rest"].strip()
        if head.startswith("別表"):
            self.table = table_name(head)
            return
        self.table = ""
        article = ARTICLE.fullmatch(head)
        if article:
            self.article, self.paragraph = branch_number(article[1]), "1"
        elif PARAGRAPH.fullmatch(head):
            self.paragraph = branch_number(head)
        else:
            self.article = ""
        self.items = []
        self._say("", rest)

    def _item(self, line: str) -> None:
        found = LIST_ITEM.match(line)
        if found is None:
            return
        level, label, text = len(found["indent"]) // 2, found["label"], found["text"]
        if self.table:
            self._table_item(level, label, text)
            return
        self.items = [*self.items[:level], branch_number(label)]
        self._say(".".join(self.items), text)

    def _say(self, item: str, text: str) -> None:
        if self.article and not self.supplement and self.keeps(self.article):
            self.sentences += law_sentences(self.article, self.paragraph, item, text)

    def _table_item(self, level: int, label: str, text: str) -> None:
        if level == 0:
            self.rows.append(TableRow(table=self.table, number=label, body="", task=text.strip()))
        elif self.rows and self.rows[-1].table == self.table:
            row = self.rows[-1]
            task = f"{row.task}\n{label}　{text.strip()}"
            self.rows[-1] = TableRow(table=row.table, number=row.number, body=row.body, task=task)

    def _table_line(self, line: str) -> None:
        if self.table and not re.fullmatch(r"\|(?:\s*:?-{3,}:?\s*\|)+\s*", line):
            self.grid.append([_unescaped(cell) for cell in _cells(line)])

    def _close_grid(self) -> None:
        if not self.grid:
            return
        numbered = any(split_number(cells[0])[0] for cells in self.grid)
        width = max(len(cells) for cells in self.grid)
        grid: list[list[Cell]] = [
            aligned(cells, width) if numbered and not split_number(cells[0])[0] else list(cells)
            for cells in self.grid
        ]
        self.rows += rows_of_grid(self.table, grid)
        self.grid = []


def _cells(line: str) -> Iterator[str]:
    for cell in re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|")):
        yield cell.strip()


def _unescaped(cell: str) -> str:
    return re.sub(r"<br\s*/?>", "\n", cell.replace(r"\|", "|"))
