"""Which reader a registry's source names in its YAML (`registry:`), and what it makes of a reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from crawler.registries import (
    assessment_lists,
    bill_records,
    bills,
    diet_speeches,
    gazette,
    procurement,
    public_comments,
    written_questions,
)
from crawler.registries.answers import Answer
from crawler.registries.lexicon import lexicon
from crawler.source import Source
from data.clock import now, tokyo
from data.errors import LayoutChanged
from data.models import Entry, Extract

ListReader = Callable[[bytes, str, Source], Answer]
PageReader = Callable[[bytes, str], Extract]


@dataclass(frozen=True, slots=True)
class Reader:
    """How a registry's lists are read and, where the general extractor is not enough, its pages."""

    read: ListReader
    page: PageReader | None = None


def _speeches(body: bytes, url: str, source: Source) -> Answer:
    """Hits lead to their meetings, read whole, so that an answer is stored with its question."""
    page = diet_speeches.read_speeches(body, url)
    words = source.query.words if source.query else ()
    if _path(url).endswith("/meeting"):
        found = (
            diet_speeches.entry_of(one, words) for one in diet_speeches.exchanges(page.speeches)
        )
        return Answer(tuple(one for one in found if one), page.next)
    hits: dict[str, list[str]] = {}
    for speech in page.speeches:
        hits.setdefault(speech.issue_id, []).append(speech.id)
    base = url.partition("?")[0].removesuffix("speech") + "meeting"
    return Answer(
        (),
        page.next,
        tuple(
            (
                f"{base}?{urlencode({'issueID': issue, 'recordPacking': 'json'}, errors='replace')}",
                tuple(ids),
            )
            for issue, ids in hits.items()
        ),
    )


def _path(url: str) -> str:
    return url.partition("?")[0]


def _session(source: Source) -> int:
    session = source.vars.get("session", "")
    if not session.isdecimal():
        raise LayoutChanged(f"{source.id}: vars: session is not a number: {session!r}")
    return int(session)


def _bills_of(house: Literal["representatives", "councillors"]) -> ListReader:
    def read(body: bytes, url: str, source: Source) -> Answer:
        found = bills.read_list(body, url, house, _session(source))
        return Answer(tuple((bill_records.entry_of(bill), "") for bill in found))

    return read


def _questions_of(house: Literal["衆議院", "参議院"]) -> ListReader:
    def read(body: bytes, url: str, source: Source) -> Answer:
        found = written_questions.read_list(body, url, house, _session(source))
        return Answer(tuple((e, "") for one in found for e in written_questions.entries_of(one)))

    return read


def _comments(body: bytes, url: str, source: Source) -> Answer:
    return Answer(tuple((entry, "") for entry in public_comments.read_feed(body, url)))


def _tenders(body: bytes, url: str, source: Source) -> Answer:
    """A search with more hits than it lists is asked again day by day."""
    found, hits = procurement.search_reply(body, url)
    days = procurement.day_by_day(url, tokyo(now()).date()) if hits > len(found) else []
    return Answer(
        tuple(procurement.tender_entry(one) for one in found),
        None,
        tuple((address, ()) for address in days),
    )


def _awards(body: bytes, url: str, source: Source) -> Answer:
    words = lexicon("awards")["names"]
    kept = (a for a in procurement.read_awards(body, url) if any(word in a.title for word in words))
    return Answer(tuple(procurement.award_entry(award) for award in kept))


def _assessments(body: bytes, url: str, source: Source) -> Answer:
    return Answer(tuple((entry, "") for entry in assessment_lists.read_list(body, url)))


def _gazette(body: bytes, url: str, source: Source) -> Answer:
    lines = gazette.read_contents(body, url)
    return Answer(
        tuple((gazette.entry_of(line), _line_text(gazette.entry_of(line))) for line in lines)
    )


def _line_text(entry: Entry) -> str:
    return f"{entry.title}\n{entry.summary}"


def _bill_page(body: bytes, url: str) -> Extract:
    return bill_records.extract_of(bills.read_page(body, url))


def _comment_page(body: bytes, url: str) -> Extract:
    return public_comments.extract_of(public_comments.read_page(body, url))


READERS: dict[str, Reader] = {
    "diet_speeches": Reader(_speeches),
    "bills_representatives": Reader(_bills_of("representatives"), _bill_page),
    "bills_councillors": Reader(_bills_of("councillors"), _bill_page),
    "questions_representatives": Reader(_questions_of("衆議院")),
    "questions_councillors": Reader(_questions_of("参議院")),
    "public_comments": Reader(_comments, _comment_page),
    "tenders": Reader(_tenders),
    "awards": Reader(_awards),
    "gazette": Reader(_gazette),
    "assessments": Reader(_assessments),
}
"""By the name that a source's YAML gives."""
