"""Lists of assessment reports: the results of the commission's search, or a municipality's table of them.

No such page is on record. The columns are those that the register is described with (format-traps.md, 3.6),
found by their names; a report is read from the file that its row links.
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from crawler.registries.answers import Row, page_of, rows_of
from crawler.text.dates import find_date
from data.assessments import kind_words
from data.errors import LayoutChanged
from data.models import Entry

TITLES = ("評価書名", "評価書の名称", "評価書", "事務の名称", "件名")
KINDS = ("評価書種別", "評価書の種別", "評価書の種類", "評価の種類", "種別", "種類")
BODIES = ("評価実施機関", "評価実施機関名", "評価実施機関の名称", "機関名")
NUMBERS = ("評価書番号", "番号")
DAYS = ("公表日", "公表年月日", "評価書の公表日", "公表日(更新日)")
FILES = (".pdf", ".xlsx", ".docx", ".html", ".htm")
"""What a report may be, the best first."""


def read_list(body: bytes, url: str) -> list[Entry]:
    """The reports of a list, in its order. Raises `Blocked` and `Malformed` for what is no page.

    Raises `LayoutChanged` when no row is a report: a search form, for instance, in the place of its results.
    """
    found = [entry for row in rows_of(page_of(body, url)) if (entry := _entry(row, url))]
    if not found:
        raise LayoutChanged(
            f"{url}: no row of a table is a report; is it the search form and not the list of its results?"
        )
    return found


def _entry(row: Row, url: str) -> Entry | None:
    links = [link for cell in row.elements for link in cell.css("a::attr(href)").getall()]
    title = row.cell(*TITLES) or next((cell for cell in row.cells if "評価書" in cell), "")
    if not links or not title:
        return None
    kind, body = row.cell(*KINDS), row.cell(*BODIES)
    if not any(word in title for word in kind_words()):
        named = next((word for word in kind_words() if word in kind), "")
        title = f"{title} {named}評価書" if named else title
    number, day = row.cell(*NUMBERS), row.cell(*DAYS)
    labelled = (("評価書番号", number), ("評価実施機関名", body), ("公表日", day))
    return Entry(
        title=f"{title} {body}".strip(),
        url=urljoin(url, min(links, key=_rank)),
        published=find_date(day) if day else None,
        summary="\n".join(f"{name} {value}" for name, value in labelled if value),
        outlet=body or None,
    )


def _rank(link: str) -> int:
    path = urlsplit(link).path.lower()
    return next((place for place, end in enumerate(FILES) if path.endswith(end)), len(FILES))
