"""Diet minutes (国会会議録検索システム API): speeches, and questions joined with their answers.

https://kokkai.ndl.go.jp/api.html; replies of `speech` and `meeting` as JSON or XML.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crawler.registries.answers import json_of, refuse_other_pages
from crawler.text.dates import parse_feed_date
from crawler.xml import parse_xml
from data.errors import Blocked, LayoutChanged, Malformed
from data.minutes import Role, role_of
from data.models import Entry, Moment

AGENDA = "会議録情報"
"""The speaker of speech 0: who was present, the order of the day."""
MAX_ANSWERS = 4
"""Turns that may follow a question before the next one: an official, then the minister, and a supplement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One turn of a meeting, as the minutes have it."""

    id: str
    """21 characters of the meeting, an underscore, three or four digits."""
    order: int
    speaker: str
    position: str
    group: str
    text: str
    date: str
    house: str
    meeting: str
    issue: str
    url: str

    @property
    def issue_id(self) -> str:
        return self.id.partition("_")[0]

    @property
    def folded(self) -> str:
        """The words without spacing: the same speech is kept with other spacing elsewhere."""
        return "".join(unicodedata.normalize("NFKC", self.text).split())

    @property
    def role(self) -> Role | None:
        """Who speaks: the chair, the government, a witness or a member; None where the minutes do not tell."""
        return role_of(self.text, self.speaker, self.position)

    @property
    def answering(self) -> bool:
        """Whether a minister, an official or a witness speaks: what they say answers the question before."""
        return self.role in ("answer", "witness")


@dataclass(frozen=True, slots=True)
class Page:
    """One reply: its speeches without the agenda, and the position of the next page."""

    speeches: tuple[Speech, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the answers to it, or a speech that is neither."""

    turns: tuple[Speech, ...]

    @property
    def answer(self) -> Speech | None:
        return next((turn for turn in self.turns if turn.answering), None)

    @property
    def text(self) -> str:
        """The turns in full, each on its own with its speaker, office and group in brackets before it."""
        return "\n\n".join(
            f"〔{turn.speaker}{f' {office}' if (office := turn.position or turn.group) else ''}〕\n{turn.text}"
            for turn in self.turns
        )


def read_speeches(body: bytes, url: str) -> Page:
    """The speeches of a reply. Raises `Blocked` for a page in the reply's place, `Malformed` for an error
    message, broken or cut-off bytes, `LayoutChanged` when hits are counted and none is listed.
    """
    refuse_other_pages(body, url)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_xml(body, url)
    reply = json_of(body, url)
    if message := reply.get("message"):
        named = _listed(reply.get("details"))
        details = "; ".join(map(str, named))
        raise Malformed(f"{url}: the API says {message} {details}".rstrip())
    return _page(
        _json_records(reply), reply.get("numberOfRecords"), reply.get("nextRecordPosition"), url
    )


def _json_records(reply: dict[str, Any]) -> list[dict[str, Any]] | None:
    if isinstance(speeches := reply.get("speechRecord"), list):
        return [one for one in speeches if isinstance(one, dict)]
    if isinstance(meetings := reply.get("meetingRecord"), list):
        return [
            {**meeting, **speech}
            for meeting in meetings
            if isinstance(meeting, dict)
            for speech in _listed(meeting.get("speechRecord"))
            if isinstance(speech, dict)
        ]
    return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _read_xml(body: bytes, url: str) -> Page:
    root = parse_xml(body, url)
    if root.tag.lower() == "html":
        raise Blocked(f"{url}: a page answered where minutes were asked for")
    if message := root.findtext(".//message"):
        raise Malformed(f"{url}: the API says {message.strip()[:200]}")
    records = [
        {**_fields(meeting), **_fields(speech)}
        for meeting in root.iter("meetingRecord")
        for speech in meeting.iter("speechRecord")
    ] or [_fields(speech) for speech in root.iter("speechRecord")]
    return _page(
        records or None, root.findtext("numberOfRecords"), root.findtext("nextRecordPosition"), url
    )


def _fields(element: Any) -> dict[str, Any]:
    return {child.tag: child.text or "" for child in element if isinstance(child.tag, str)}


def _page(records: list[dict[str, Any]] | None, total: Any, following: Any, url: str) -> Page:
    try:
        counted = int(total)
    except (TypeError, ValueError, OverflowError) as error:
        raise LayoutChanged(f"{url}: the reply does not say how many records it found") from error
    if records is None and counted:
        raise LayoutChanged(f"{url}: {counted} records are counted and none is listed")
    speeches = [_speech(record, url) for record in records or ()]
    kept = [one for one in speeches if one.order > 0 and one.speaker != AGENDA]
    return Page(tuple(folded(kept)), counted, str(following) if following else None)


def _speech(record: dict[str, Any], url: str) -> Speech:
    try:
        identity, order = str(record["speechID"]), int(record["speechOrder"])
        text = str(record["speech"])
    except (KeyError, TypeError, ValueError) as error:
        raise LayoutChanged(f"{url}: a speech lacks its id, order or words ({error})") from error
    issue_id = identity.partition("_")[0]
    return Speech(
        id=identity,
        order=order,
        speaker=str(record.get("speaker") or ""),
        position=str(record.get("speakerPosition") or ""),
        group=str(record.get("speakerGroup") or ""),
        text=text.replace("\r\n", "\n").strip(),
        date=str(record.get("date") or ""),
        house=str(record.get("nameOfHouse") or ""),
        meeting=str(record.get("nameOfMeeting") or ""),
        issue=str(record.get("issue") or ""),
        url=str(record.get("speechURL") or f"https://kokkai.ndl.go.jp/txt/{issue_id}/{order}"),
    )


def folded(speeches: Iterable[Speech]) -> list[Speech]:
    """Each speech once, in the given order: same id, or same words by the same speaker on the same day."""
    seen: set[object] = set()
    kept = []
    for speech in speeches:
        names = (speech.id, (speech.date, speech.speaker, speech.folded))
        if not any(name in seen for name in names):
            kept.append(speech)
        seen.update(names)
    return kept


def exchanges(speeches: Iterable[Speech]) -> list[Exchange]:
    """Turns grouped: a question with the answers up to the next question; the chair's words left out.

    An answer without a question before it (a statement, a proposal) stands alone. Meetings may be
    mixed; they are told apart by the id.
    """
    groups: list[list[Speech]] = []
    for turn in sorted(speeches, key=lambda one: (one.issue_id, one.order)):
        if turn.role == "chair":
            continue
        last = groups[-1] if groups else []
        follows = (
            turn.answering
            and last
            and last[0].issue_id == turn.issue_id
            and not last[0].answering
            and len(last) <= MAX_ANSWERS
        )
        if follows:
            last.append(turn)
        else:
            groups.append([turn])
    return [Exchange(tuple(group)) for group in groups]


def entry_of(exchange: Exchange, words: Iterable[str]) -> tuple[Entry, str] | None:
    """The exchange as a document, under the first turn that has one of the words; None when none has.

    So an answer that names nothing («そのような考えはございません») stands under the question that does.
    """
    wanted = tuple(words)
    named = next((turn for turn in exchange.turns if any(w in turn.text for w in wanted)), None)
    if named is None:
        return None
    speakers = " → ".join(
        dict.fromkeys(
            f"{turn.speaker}{f'（{turn.position}）' if turn.position else ''}"
            for turn in exchange.turns
        )
    )
    answer = exchange.answer or named
    entry = Entry(
        title=f"{named.house} {named.meeting} {named.issue} {speakers}",
        url=answer.url,
        published=moment_of(named.date),
        id=named.id,
        outlet=named.meeting or None,
    )
    return entry, exchange.text


def moment_of(day: str) -> Moment | None:
    return parse_feed_date(day) if day else None
