"""Read a `Law` element of e-Gov's 法令標準XML (both dialects) into rows and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml.etree import _Element as Element

from crawler.statutes.sentences import law_sentences
from crawler.statutes.tables import (
    Cell,
    aligned,
    plain,
    rows_of_grid,
    split_number,
    table_name,
    with_statutes,
)
from data.errors import Malformed
from data.statute_numerals import branch_number
from data.statute_watch import keeper
from data.statutes import LawRevision, LawSentence, LawText, TableRow

MAX_COLUMNS = 100
MAX_SPAN = 2000
"""More columns, or a cell over more lines, is no table of a law but an attack on the reader."""


def law_element(root: Element) -> Element:
    """The Law inside `root`, whatever wraps it (DataRoot/ApplData/LawFullText, an API v2 reply)."""
    if root.tag == "Law":
        return root
    found = next(root.iter("Law"), None)
    if found is None:
        raise Malformed(f"no <Law> in the XML: its root is <{root.tag}>")
    return found


def read_law(law: Element, revision: LawRevision) -> LawText:
    """Rows of every 別表 of the law itself and sentences of its watched articles; 附則 are left out."""
    body = law.find("LawBody")
    if body is None or body.find("MainProvision") is None:
        raise Malformed(
            "the <Law> has no <LawBody> with its <MainProvision>: truncated or not a law"
        )
    rows = [row for table in body.findall("AppdxTable") for row in _table_rows(table)]
    sentences = [
        sentence
        for main in body.findall("MainProvision")
        for article in main.iter("Article")
        for sentence in _article_sentences(article, keeper(revision.law_id))
    ]
    return LawText(
        revision=revision,
        rows=with_statutes(rows),
        sentences=tuple(sentences),
    )


def text_of(element: Element | None) -> str:
    """All words under `element`, without ruby readings."""
    return plain("".join(_texts(element))) if element is not None else ""


def _texts(element: Element) -> Iterator[str]:
    if element.tag != "Rt" and isinstance(element.tag, str):
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""


def _article_sentences(article: Element, keeps: Callable[[str], bool]) -> Iterator[LawSentence]:
    title = text_of(article.find("ArticleTitle"))
    number = branch_number(title) if title else article.get("Num", "")
    if not keeps(number):
        return
    for index, paragraph in enumerate(article.findall("Paragraph"), start=1):
        label = branch_number(text_of(paragraph.find("ParagraphNum"))) or str(index)
        yield from law_sentences(number, label, "", text_of(paragraph.find("ParagraphSentence")))
        yield from _listed_sentences(number, label, "", paragraph)
        for item in paragraph.findall("Item"):
            yield from _item_sentences(number, label, "", item, "Item")


def _listed_sentences(
    article: str, paragraph: str, item: str, parent: Element
) -> Iterator[LawSentence]:
    """What stands under a paragraph or item without a number of its own."""
    for one in parent.findall("List"):
        yield from law_sentences(article, paragraph, item, text_of(one))


def _item_sentences(
    article: str, paragraph: str, above: str, item: Element, tag: str
) -> Iterator[LawSentence]:
    label = branch_number(text_of(item.find(f"{tag}Title"))) or item.get("Num", "")
    path = f"{above}.{label}" if above else label
    yield from law_sentences(article, paragraph, path, text_of(item.find(f"{tag}Sentence")))
    yield from _listed_sentences(article, paragraph, path, item)
    for child in item:
        if (
            isinstance(child.tag, str)
            and child.tag.startswith("Subitem")
            and child.tag[7:].isdigit()
        ):
            yield from _item_sentences(article, paragraph, path, child, child.tag)


def _table_rows(table: Element) -> Iterator[TableRow]:
    name = table_name(text_of(table.find("AppdxTableTitle")))
    for child in table:
        if child.tag == "Item":
            yield _item_row(name, child)
        elif child.tag == "TableStruct":
            for printed in child.findall("Table"):
                yield from rows_of_grid(name, _grid(printed))


def _item_row(table: str, item: Element) -> TableRow:
    """A row of a table that is a list; one whose sentence is in columns says who in the first."""
    said = item.find("ItemSentence")
    columns = [] if said is None else [text_of(one) for one in said.findall("Column")]
    body, said_task = (
        (columns[0], "　".join(columns[1:])) if len(columns) > 1 else ("", text_of(said))
    )
    parts = [said_task]
    for child in item.iter():
        if (
            isinstance(child.tag, str)
            and child.tag.startswith("Subitem")
            and child.tag[7:].isdigit()
        ):
            words = text_of(child.find(f"{child.tag}Sentence"))
            parts.append(f"{text_of(child.find(f'{child.tag}Title'))}　{words}")
    number = text_of(item.find("ItemTitle"))
    return TableRow(table=table, number=number, body=body, task="\n".join(filter(None, parts)))


def _grid(printed: Element) -> list[list[Cell]]:
    """The cells in columns; what a rowspan covers is None, what a colspan covers is empty."""
    rows: list[list[Cell]] = []
    open_spans: dict[int, int] = {}
    for line in printed:
        if line.tag in ("TableRow", "TableHeaderRow"):
            rows.append(_grid_line(line, open_spans))
    width = max((len(row) for row in rows), default=0)
    return [_full_width(row, width) for row in rows]


def _grid_line(line: Element, open_spans: dict[int, int]) -> list[Cell]:
    cells: list[Cell] = []

    def fill_covered() -> None:
        while open_spans.get(len(cells), 0) > 0:
            open_spans[len(cells)] -= 1
            cells.append(None)

    for column in line:
        if column.tag not in ("TableColumn", "TableHeaderColumn"):
            continue
        fill_covered()
        rowspan, colspan = _span(column, "rowspan"), _span(column, "colspan")
        for offset in range(colspan):
            open_spans[len(cells)] = rowspan - 1
            cells.append(_cell_text(column) if offset == 0 else "")
        if len(cells) > MAX_COLUMNS:
            raise Malformed(f"a table line with more than {MAX_COLUMNS} columns")
    fill_covered()
    return cells


def _full_width(cells: list[Cell], width: int) -> list[Cell]:
    """A shorter line without a number continues the one above: its cells belong to the right."""
    if len(cells) < width and None not in cells and cells and not split_number(cells[0] or "")[0]:
        return aligned([cell or "" for cell in cells], width)
    return cells


def _cell_text(column: Element) -> str:
    parts = [text_of(child) for child in column if isinstance(child.tag, str)]
    return "\n".join(filter(None, parts)) if parts else plain(column.text or "")


def _span(column: Element, name: str) -> int:
    value = column.get(name) or "1"
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value[:9]) <= MAX_SPAN:
        raise Malformed(f"a table cell with {name}={value[:20]!r}")
    return int(value)
