"""Public comments (e-Govパブリック・コメント): the RSS window, and the detail page with deadline and documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from crawler.registries.answers import fields_of, label, page_of, refuse_other_pages, words
from crawler.text.dates import find_date
from crawler.text.feed import parse_feed
from data.errors import LayoutChanged
from data.models import Entry, Extract, Moment

_DEADLINE = re.compile(r"(?:受付締切日時?|意見募集期間の終了|募集締切|締切日?)[^0-9０-９令]{0,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicComment:
    """One consultation, as its detail page tells it."""

    title: str
    number: str
    law: str
    """根拠法令項: the statute and article on which the draft stands."""
    ministry: str
    opened: Moment | None
    deadline: Moment | None
    """To the minute where a time is given: midnight is a real deadline (format-traps.md, 26)."""
    documents: tuple[tuple[str, str], ...]
    """(name, address) of the draft, the outline and the guide."""
    url: str


def read_feed(body: bytes, url: str) -> list[Entry]:
    """The six or seven items of the RSS; raises `Blocked` for a page in its place, else as `parse_feed`.

    A feed with no item at all is an answer that cannot be: there is always an open consultation.
    """
    refuse_other_pages(body, url)
    entries = parse_feed(body, url=url)
    if not entries:
        raise LayoutChanged(f"{url}: the feed has no item")
    return entries


def deadline_in(text: str) -> datetime | None:
    """The closing time that a description or a stored text names; None where it names none."""
    for named in _DEADLINE.finditer(text):
        if found := find_date(text[named.end() : named.end() + 40]):
            return found.at
    return None


def read_page(body: bytes, url: str) -> PublicComment:
    """One detail page. Raises `Blocked` and `Malformed` for what is not the page, `LayoutChanged` without a title."""
    page = page_of(body, url)
    fields = fields_of(page, url)
    title = _named(fields, "案の名称", "定めようとする命令などの題名", "命令等の題名", "案件名")
    title = title or words(page.css("h1")[:1])
    if not title:
        raise LayoutChanged(f"{url}: has no title of a draft")
    documents = tuple(
        (words([link]), urljoin(url, link.attrib["href"]))
        for link in page.css("a[href]")
        if "seqNo" in link.attrib["href"] or link.attrib["href"].lower().endswith(".pdf")
    )
    return PublicComment(
        title=title,
        number=_named(fields, "案件番号"),
        law=_named(fields, "根拠法令項", "根拠法令条項", "根拠法令"),
        ministry=_named(fields, "所管省庁・部局名等", "所管省庁", "問合せ先（所管省庁・部局名等）"),
        opened=_when(_named(fields, "案の公示日", "受付開始日時", "受付開始日")),
        deadline=_when(_named(fields, "受付締切日時", "意見・情報受付締切日", "締切日")),
        documents=documents,
        url=url,
    )


def _named(fields: dict[str, str], *labels: str) -> str:
    found = (fields.get(label(name), "") for name in labels)
    return next((value for value in found if value), "")


def _when(text: str) -> Moment | None:
    return find_date(text) if text else None


def extract_of(comment: PublicComment) -> Extract:
    """The page as text: title, law, deadline, documents; `deadline_in` reads the deadline back."""
    lines = [
        comment.title,
        f"根拠法令 {comment.law}" if comment.law else "",
        f"所管 {comment.ministry}" if comment.ministry else "",
        f"受付締切日時 {comment.deadline.raw}" if comment.deadline else "",
        *(f"{name} {address}" for name, address in comment.documents),
    ]
    return Extract(
        title=comment.title,
        text="\n".join(line for line in lines if line),
        published=comment.opened,
        encoding="utf-8/registry",
        kind="html",
        status="ok",
    )
