"""The baseline: well formed, about things that have names, and read again from the statutes."""

from __future__ import annotations

import gzip
import re
import tarfile
from collections import defaultdict

import pytest

from data.baseline import BaselineEntry, load_baseline
from data.ledger import replay
from data.models import Evidence
from data.store.ledger import sector_of
from data.systems import load_systems
from data.vocabulary import EventKind, Sector, SourceClass
from tests.conftest import SHARED

LAWS = SHARED / "data" / "laws"
CHECKED = re.compile(
    r"^\.\./shared/data/laws/(\S+) (?:(\S+\.md) )?([^「]+)「([^」]+)」(?:; (.+))?$"
)


def test_there_are_enough_uses_of_all_sectors_and_identifiers() -> None:
    entries = load_baseline().values()
    assert len(entries) >= 60
    assert {entry.sector for entry in entries} == set(Sector)
    assert {2003, 2026} <= {entry.use.since.year for entry in entries}


@pytest.mark.parametrize("entry", load_baseline().values(), ids=load_baseline())
def test_an_entry_is_about_a_named_subject_and_says_how_it_was_checked(
    entry: BaselineEntry,
) -> None:
    subject = entry.use.use_case.subject
    assert subject in load_systems() or subject in set(Sector)
    assert sector_of(subject) is entry.sector
    assert entry.use.since.isoformat()[:7] < "2026-11"
    assert entry.verified_by == "unverified" or CHECKED.match(entry.verified_by)


def test_an_unnamed_system_is_news_where_a_new_use_would_be_grave() -> None:
    for use_case in ("police:number", "police:card", "police:juki", "passport:number", "bank:juki"):
        assert use_case not in load_baseline()


@pytest.mark.parametrize("entry", load_baseline().values(), ids=load_baseline())
def test_day_one_is_quiet_about_coverage(entry: BaselineEntry) -> None:
    use = entry.use
    coverage = Evidence(
        finding_id="coverage",
        document_id="d",
        use_case=use.use_case,
        stage=use.stage,
        at=use.since.replace(year=2027),
        source_class=SourceClass.NEWS,
    )
    _, [event] = replay(use.use_case, [coverage], use)
    assert event.kind is EventKind.REPEAT


@pytest.mark.shared
@pytest.mark.skipif(not LAWS.is_dir(), reason="the statutes of ../shared/data/laws are not here")
def test_what_was_checked_in_the_statutes_stands_there() -> None:
    wanted: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for entry in load_baseline().values():
        if match := CHECKED.match(entry.verified_by):
            wanted[match[1]].append((match[2] or "", match[3].strip(), match[4]))
    assert sum(map(len, wanted.values())) >= 60
    for archive, places in wanted.items():
        if archive.endswith(".json.gz"):
            text = gzip.decompress((LAWS / archive).read_bytes()).decode("utf-8")
            assert all(words in text for _, _, words in places)
            continue
        names = {name for name, _, _ in places}
        with tarfile.open(LAWS / archive) as tar:
            texts = {}
            for member in tar:
                if member.name.rpartition("/")[2] in names:
                    file = tar.extractfile(member)
                    assert file
                    texts[member.name.rpartition("/")[2]] = file.read().decode("utf-8")
        for name, article, words in places:
            row = re.fullmatch(r"別表(?:第.の)?(.+)の項", article)
            lines = texts[name].splitlines()
            if row:
                lines = [line for line in lines if line.startswith(f"| {row[1]}\u3000")]
            assert any(words in line for line in lines), (name, article, words)
