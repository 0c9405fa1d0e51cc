"""Labels of real texts: the labels are here, the texts stay in ../shared/data.

`real_labels.jsonl` names each record and the hash of the text built from it; the rule that builds
a text is `TITLE_AND_BODY` below. Offsets count in title + newline + body.
"""

import gzip
import hashlib
import json
import re
import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from classifier.evaluate import answer, measure
from classifier.gold import GoldText, Label
from data.vocabulary import Identifier, Sector, Stage

pytestmark = pytest.mark.shared

LABELS = Path(__file__).with_name("real_labels.jsonl")
FLOORS = {"flag_f1": 0.88, "finding_f1": 0.808, "stage_accuracy": 0.87, "evidence_overlap": 0.94}
"""Chosen 0.015 under 0.899, 0.824, 0.886 and 0.957; measured on 2026-12-01: 0.899, 0.819, 0.886 and 0.957. Two annotators labelled them without seeing what the
classifier says, and a third pass adjudicated; long speeches in which a use is named in passing are its weakest kind."""

LONGEST = 6000
SUBJECT = re.compile(
    "マイナ(?:ンバー|カード|保険証|免許証|ポータル|ポイント|救急)|個人番号|共通番号|納税者番号"
    "|住基|住民票コード|住民基本台帳ネット|公的個人認証|公金受取口座|電子証明書|保険証"
)
Key = dict[str, Any]


def around(text: str) -> str:
    """A long speech is cut to LONGEST characters, half of them before the subject's first word."""
    found = SUBJECT.search(text)
    first = found.start() if found else 0
    start = max(0, min(first - LONGEST // 2, len(text) - LONGEST))
    return text[start : start + LONGEST]


@cache
def records(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    content = json.loads(path.read_text(encoding="utf-8"))
    return content if isinstance(content, list) else [content]


@cache
def law(path: Path, member: str) -> list[str]:
    with tarfile.open(path) as archive:
        file = archive.extractfile(member)
        assert file is not None
        return file.read().decode("utf-8").split("\n")


def plain(line: str) -> str:
    """A line of the law's Markdown without its marks; the cells of a row meet at a wide space."""
    if line.startswith("|"):
        return "\u3000".join(cell.strip() for cell in line.strip("| ").split("|"))
    return line.removeprefix("- ").replace("**", "")


def speech(path: Path, key: Key) -> tuple[str, str, str, str]:
    row = records(path)[key["index"]]
    meeting = row.get("committee") or row["meeting"]
    return f"{row['house']}{meeting}", around(row["text"]), row["date"], "diet"


def holding(path: Path, key: Key) -> tuple[str, str, str, str]:
    row = records(path)[0]
    return row.get("case_name") or row["gist"], row["case_gist"], row["date"], "law"


def passage(path: Path, key: Key) -> tuple[str, str, str, str]:
    """The law's title, and the named lines (counted from 1) of one revision of it."""
    lines = law(path, key["member"])
    title = next(line for line in lines if line.startswith("title: ")).split('"')[1]
    day = key["member"].split("_")[1]
    body = "\n".join(plain(lines[number - 1]) for number in key["lines"])
    return title, body, f"{day[:4]}-{day[4:6]}-{day[6:]}", "law"


def headline(path: Path, key: Key) -> tuple[str, str, str, str]:
    row = records(path)[key["index"]]
    kind = "registry" if "kanpo" in path.name else "ministry"
    return row["title"], "", row["date"], kind


def article(path: Path, key: Key) -> tuple[str, str, str, str]:
    row = records(path)[key["index"]]
    return row["headline"], row["article"], key["date"], "news"


TITLE_AND_BODY: dict[str, Callable[[Path, Key], tuple[str, str, str, str]]] = {
    "diet/speech": speech,  # house and meeting; what was said
    "diet/court_": holding,  # the case's name, else its gist; the holding
    "laws/md/": passage,
    "ministry_feeds/": headline,  # a title alone: the body is empty
    "kanpo/": headline,
    "wikinews_ja/": article,
}


def build(shared: Path, row: dict[str, Any]) -> GoldText:
    """The labelled text of one line of real_labels.jsonl."""
    name = row["file"]
    rule = next(rule for start, rule in TITLE_AND_BODY.items() if name.startswith(start))
    title, body, date, kind = rule(shared / name, row["key"])
    text = f"{title}\n{body}"
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    assert digest == row["sha256"], f"{row['id']}: the recording changed, its labels do not fit it"
    labels = tuple(
        Label(
            Sector(finding["sector"]),
            Identifier(finding["identifier"]),
            Stage(finding["stage"]),
            finding["unlawful"],
            None,
            None,
            text[finding["start"] : finding["end"]],
            finding["start"],
            finding["end"],
        )
        for finding in row["findings"]
    )
    return GoldText(row["id"], date, kind, "", title, body, labels, "", "real")


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def texts() -> list[GoldText]:
    shared = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    if not shared.is_dir():
        pytest.skip("the real recordings of ../shared/data are not on this machine")
    return [build(shared, row) for row in rows()]


def test_every_label_finds_its_text_and_its_evidence(texts: list[GoldText]) -> None:
    for text in texts:
        pairs = [(label.sector, label.identifier) for label in text.labels]
        assert len(set(pairs)) == len(pairs), text.id
        for label in text.labels:
            assert label.evidence.strip() == label.evidence != "", text.id


def test_no_text_stands_in_the_labels() -> None:
    """The texts may not be shipped: a line holds numbers, hashes and names of files only."""
    for row in rows():
        assert set(row) == {"id", "file", "key", "sha256", "findings"}
        for finding in row["findings"]:
            assert set(finding) == {"sector", "identifier", "stage", "unlawful", "start", "end"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_quality_on_real_texts_stays_above_its_floor(texts: list[GoldText]) -> None:
    answers, _ = answer(texts)
    result = measure(answers, baselines=False)
    reached = {
        "flag_f1": result["flag"]["f1"],
        "finding_f1": result["finding"]["f1"],
        "stage_accuracy": result["stage_accuracy"],
        "evidence_overlap": result["evidence_overlap"],
    }
    below = {name: reached[name] for name, floor in FLOORS.items() if reached[name] < floor}
    assert not below, f"below the floor: {below}, of {FLOORS}"
