"""Privacy impact assessments (特定個人情報保護評価書): the fields of one report, from HTML, PDF or plain text.

The form is that of the commission's rules (特定個人情報保護評価に関する規則, 別記様式); municipalities publish
it as PDF, some as HTML. Labels stand on the line before or in front of their value, often numbered.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from crawler.registries.answers import day_in, refuse_other_pages
from crawler.text.extract import extract
from data.assessments import Assessment, Kind, kind_words
from data.clock import now
from data.errors import LayoutChanged, Malformed
from data.statute_numerals import NUMERAL, integer

_NUMBERING = r"[ \t]*(?:[①-⑳]|[(（]?[0-9０-９IVⅠⅡⅢⅣ]{1,3}[)）.．、]?)?[ \t]*"
_LABELS = {
    "number": ("評価書番号",),
    "title": ("評価書名",),
    "body": ("評価実施機関名", "評価実施機関"),
    "published": ("公表日", "評価書の公表日", "公表年月日"),
    "ground": ("法令上の根拠",),
    "system": ("システムの名称",),
}
_ALL = (
    *(label for labels in _LABELS.values() for label in labels),
    "他のシステムとの接続",
    "システムの機能",
    "特定個人情報ファイル名",
    "評価実施機関における担当部署",
    "情報提供ネットワークシステムによる情報連携",
    "個人番号の利用",
)
_NUMERAL = r"[0-9〇一二三四五六七八九十百]{1,4}"
_ITEM = rf"{_NUMERAL}(?:の{_NUMERAL})?"
_ROWS = re.compile(
    rf"別表(?:第一|第1)?(?:第二|第2)?[^0-9〇一二三四五六七八九十百]{{0,8}}(?P<rows>{_ITEM}(?:(?:の項)?(?:[、,・]|及び|並びに)\s*{_ITEM})*)\s*の?項"
)
_TABLE_TWO = re.compile(r"別表(?:第二|第2)")
_TICKED = re.compile(r"(?:\[\s*[○◯〇●✓✔レ■]\s*\]|[☑☒■✓✔])\s*([^\[\n☐☑☒■□✓✔|]{2,40})")
MAX_VALUE = 2_000


def read_report(body: bytes, url: str) -> Assessment:
    """One report from its bytes. Raises `Blocked` for a page of apology, `Malformed` for what holds no
    text, `LayoutChanged` for a text that is no report.
    """
    refuse_other_pages(body, url)
    found = extract(body, url=url, content_type=None, hint=None, near=now(), selectors=None)
    if not found.text.strip():
        raise Malformed(f"{url}: holds no text ({found.status})")
    return assessment_of(f"{found.title}\n{found.text}", url)


def is_report(title: str) -> bool:
    """Whether a publication's title says that it is a report (not a notice about one)."""
    plain = unicodedata.normalize("NFKC", title)
    return "評価書" in plain and any(word in plain for word in kind_words())


def assessment_of(text: str, url: str) -> Assessment:
    """The fields of a report's text; raises `LayoutChanged` when it has neither title nor legal ground."""
    plain = _in_lines(unicodedata.normalize("NFKC", text))
    values = {name: _value(plain, labels) for name, labels in _LABELS.items()}
    title = values["title"] or next((line for line in plain.splitlines() if is_report(line)), "")
    if not title or not (values["ground"] or values["number"]):
        raise LayoutChanged(f"{url}: has no 評価書名 and 法令上の根拠")
    return Assessment(
        number=values["number"],
        title=title,
        body=values["body"],
        kind=_kind(f"{title}\n{plain[:2000]}"),
        ground=values["ground"],
        items=items_in(values["ground"]),
        published=_day(values["published"]),
        systems=_systems(plain),
        links=tuple(dict.fromkeys(one.strip(" )（(") for one in _TICKED.findall(plain))),
        url=url,
    )


def _in_lines(plain: str) -> str:
    """Cells that stand side by side (Excel, Word, tables) as lines; a row of labels above its row of values too."""
    lines = plain.splitlines()
    found: list[str] = []
    skip = False
    for above, below in zip(lines, [*lines[1:], ""], strict=True):
        if skip:
            skip = False
            continue
        names, values = _cells(above), _cells(below)
        skip = len(names) > 1 and len(names) == len(values) and all(map(_is_label, names))
        if skip:
            found += [f"{name}\n{value}" for name, value in zip(names, values, strict=True)]
        else:
            found += names or [above]
    return "\n".join(found)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"[|\t]", line) if cell.strip()]


def _is_label(cell: str) -> bool:
    return re.fullmatch(rf"{_NUMBERING}(?:{'|'.join(_ALL)})", cell) is not None


def _value(plain: str, labels: tuple[str, ...]) -> str:
    """What follows a label up to the next one: the rest of its line, or the lines below it."""
    for label in labels:
        found = re.search(rf"^{_NUMBERING}{label}[ \t:]*(?:\n|(?=[^\n]))", plain, re.MULTILINE)
        if found is None:
            continue
        rest = plain[found.end() : found.end() + MAX_VALUE]
        end = re.search(rf"^{_NUMBERING}(?:{'|'.join(_ALL)})", rest, re.MULTILINE)
        lines = [line.strip(" \t|:") for line in rest[: end.start() if end else None].splitlines()]
        if label not in _LABELS["ground"]:
            lines = [next((line for line in lines if line), "")]
        value = "\n".join(line for line in lines if line)
        if value:
            return value
    return ""


def _kind(text: str) -> Kind | None:
    """The kind named first: the title's, where it says one."""
    places = [(text.find(word), kind) for word, kind in kind_words().items() if word in text]
    return min(places)[1] if places else None


def items_in(ground: str) -> tuple[str, ...]:
    """Rows of the 別表 (until 2024-05-26: 別表第一) that a legal ground names; those of 別表第二 are exchanges."""
    plain = unicodedata.normalize("NFKC", ground)
    found: list[str] = []
    for match in _ROWS.finditer(plain):
        if _TABLE_TWO.match(match[0]):
            continue
        for item in re.findall(_ITEM, match["rows"]):
            found.append("_".join(str(integer(part)) for part in NUMERAL.findall(item)))
    return tuple(dict.fromkeys(found))


def _day(text: str) -> date | None:
    return day_in(text)


def _systems(plain: str) -> tuple[str, ...]:
    names = re.findall(
        rf"^{_NUMBERING}システムの名称[ \t:|]*\n?[ \t|]*([^\n]{{2,60}})", plain, re.MULTILINE
    )
    return tuple(dict.fromkeys(name.strip() for name in names))
