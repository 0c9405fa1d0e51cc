"""The model of one source's YAML file: what to read, how, how often, and what to expect of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from cssselect import HTMLTranslator, SelectorError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from crawler.identity import IdentityRule
from crawler.search_words import question
from data.vocabulary import Sector, SourceClass

CADENCES = {
    "hourly": 60,
    "twice_daily": 720,
    "daily": 1440,
    "weekly": 10080,
    "monthly": 43200,
}
"""Words for `cadence` and their minutes; a number of minutes may stand instead."""


class Kind(StrEnum):
    """How a source is read: one spider per kind (crawler/spiders/)."""

    FEED = "feed"
    LISTING = "listing"
    PAGE = "page"
    SITEMAP = "sitemap"
    API = "api"
    QUERY = "query"
    REGISTRY = "registry"


class Part(BaseModel):
    """A block of a source's YAML; a key that does not exist is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _css(selector: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {error}") from error
    return selector


def _minutes(cadence: Any) -> Any:
    if not isinstance(cadence, str) or cadence.isdecimal():
        return cadence
    if cadence not in CADENCES:
        raise ValueError(f"a number of minutes, or {', '.join(CADENCES)}")
    return CADENCES[cadence]


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address is http:// or https:// with a host")
    try:
        TypeAdapter(HttpUrl).validate_python(url.replace("{", "").replace("}", ""))
    except ValidationError as error:
        raise ValueError("this is not a web address") from error
    return url


Css = Annotated[str, AfterValidator(_css)]
Minutes = Annotated[int, BeforeValidator(_minutes)]
Address = Annotated[str, AfterValidator(_web_address)]


class Names(Part):
    ja: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Select(Part):
    """CSS selectors of a listing: `item` repeats; the others are looked for inside it."""

    item: Css
    link: Css = "a"
    title: Css | None = None
    date: Css | None = None
    summary: Css | None = None
    outlet: Css | None = None
    date_attribute: str | None = None
    date_in: Literal["element", "title", "url", "comment", "heading"] = "element"
    """Where the date stands when it is not an element of its own."""
    heading: Css | None = None
    """An element before the items that carries the year or the date of those that follow it."""
    dated: bool = False
    """Only elements with a date are items: where the site's own navigation has the same shape."""


class ArticleSelect(Part):
    """CSS selectors of an article page; what is not given is found by the general extractor."""

    title: Css | None = None
    text: Css | None = None
    date: Css | None = None
    byline: Css | None = None
    drop: tuple[Css, ...] = ()


class Records(Part):
    """The field map of an API or file: which key of a record says what.

    `title` and `url` may be templates over the record's fields, as in `{nameOfMeeting} {speaker}`.
    """

    format: Literal["json", "xml", "csv_zip"] = "json"
    items: str | None = None
    """Dotted path of the record list; for xml the name of the record's element."""
    columns: tuple[str, ...] = ()
    """Names of the columns of a csv without header."""
    title: str
    url: str
    date: str | None = None
    text: str | None = None
    id: str | None = None
    outlet: str | None = None
    skip: dict[str, tuple[str, ...]] = {}
    """Field -> values of records that are not publications."""
    keep_words: tuple[str, ...] = ()
    """When given, only records that contain one of the words are kept."""
    total: str | None = None
    """Path of the reply's number of hits; 0 with no list is an answer, not a changed layout."""
    error: str | None = None
    """Path of the reply's error message."""
    next: str | None = None
    """Path of the position of the next page; null or absent ends."""
    next_parameter: str | None = None


class Hints(Part):
    """What the bytes do not say, or say wrongly."""

    encoding: str | None = None
    date: Literal["day", "time"] | None = None
    """`day` where the time of day is made up (05:00 always)."""


class Expect(Part):
    """What a run over this source looks like when all is well; outside it the source is unhealthy."""

    items_min: int | None = Field(1, ge=0)
    items_max: int | None = Field(None, ge=1)
    silence_days: float | None = Field(None, gt=0, le=3650)
    """Longest time without a new item that is still usual."""
    dated: float | None = Field(None, ge=0, le=1)
    """Least share of items with a date; 0 where nothing is known of it: then what was usual says."""
    texts: float | None = Field(None, ge=0, le=1)
    """Least share of newly read pages with a text; 0, or none given, is half."""


class Paging(Part):
    """Further pages of a listing, read while they hold anything new."""

    url: Address | None = None
    """Template with `{n}`: the page number or offset."""
    next: Css | None = None
    first: int = 2
    step: int = 1
    limit: int = Field(3, ge=1, le=200)


class Query(Part):
    """A search run once per word: identifier words alone, or each with each sector's words."""

    words: tuple[str, ...] = Field(min_length=1)
    sectors: tuple[Sector, ...] = ()
    """Sectors whose words are taken from the lexicon (data/systems.yml), a search for each."""
    with_words: tuple[str, ...] = ()
    """Further words, each paired with each of `words`."""

    def terms(self) -> tuple[str, ...]:
        pairs = [f"{word} {other}" for word in self.words for other in self.with_words]
        asked = [question(word, sector) for word in self.words for sector in self.sectors]
        return (*asked, *pairs) or self.words


class Version(Part):
    """How the source was read before a redesign; kept so that archived pages stay readable."""

    valid_until: date
    url: Address | None = None
    select: Select | None = None
    article: ArticleSelect | None = None


class Source(Part):
    """One stream of one publisher. `id` is the stem of its file, everywhere."""

    id: str = Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=60)
    publisher: Names
    name: Names
    group: Literal["ministry", "registry", "diet", "law", "news", "trade", "advocacy", "localgov"]
    source_class: SourceClass
    kind: Kind
    url: Address
    urls: tuple[Address, ...] = ()
    """Further addresses of the same stream, read in the same run."""
    hub: Css | None = None
    """A link on the page at `url` that names the real list, where that moves (a page per year)."""
    vars: dict[str, str] = {}
    """Values of the source's own placeholders, such as the session of the Diet."""
    cadence: Minutes = Field(1440, ge=5)
    select: Select | None = None
    article: ArticleSelect | None = None
    records: Records | None = None
    query: Query | None = None
    registry: str | None = None
    """The reader of a public registry (crawler/registries/readers.py)."""
    paging: Paging | None = None
    hints: Hints = Hints()
    expect: Expect = Expect()
    fetch: Literal["article", "title_only"] = "article"
    """`title_only`: the terms or the pages allow the headline and the link, no more."""
    identity: IdentityRule = "auto"
    """What makes an item the same (crawler/identity.py): its link; link and title; a real guid."""
    rolling: tuple[str, ...] = ()
    """Beginnings of links that lead to standing pages: the news is in the title only."""
    categories: tuple[str, ...] = ()
    """Labels glued to the front of a title with a comma."""
    delay_seconds: float | None = Field(None, ge=0)
    """A pause between requests that is longer than the configured one."""
    recheck_days: float = Field(7, ge=0)
    """Days after which a stored page is fetched again to see whether it was edited; 0 is never."""
    tls: Literal["verified", "unverified"] = "verified"
    """`unverified` only where the publisher's own chain is broken; written into the evidence."""
    terms: str = Field(min_length=1)
    note: str = Field(min_length=1)
    """The owner's note: what was seen, when, and what is odd."""
    seen: date
    """The day of the newest evidence that the address and the format are right."""
    evidence: Literal["recorded", "documented", "seen", "unverified"]
    enabled: bool = True
    disabled_reason: str | None = None
    versions: tuple[Version, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Source:
        needed = {
            Kind.LISTING: "select",
            Kind.API: "records",
            Kind.QUERY: "query",
            Kind.REGISTRY: "registry",
        }
        block = needed.get(self.kind)
        if block and getattr(self, block) is None:
            raise ValueError(f"a source of kind {self.kind} needs the block {block!r}")
        if self.enabled == bool(self.disabled_reason):
            raise ValueError("disabled_reason is given exactly when enabled is false")
        if self.evidence == "unverified" and self.enabled:
            raise ValueError("a source whose address is unverified is not enabled")
        return self

    def as_of(self, day: date) -> Source:
        """The source as it was read on `day`: by the earliest version that was still valid then.

        A replay of an old day, or of an archived page, needs the selectors of that day.
        """
        valid = [one for one in self.versions if day <= one.valid_until]
        if not valid:
            return self
        old = min(valid, key=lambda one: one.valid_until)
        changes = {"url": old.url, "select": old.select, "article": old.article}
        return self.model_copy(update={key: new for key, new in changes.items() if new is not None})

    @property
    def read_as(self) -> Kind:
        """The kind whose spider reads it: of a page with `select` it is the list that is compared."""
        return Kind.LISTING if self.kind is Kind.PAGE and self.select else self.kind

    @property
    def addresses(self) -> tuple[str, ...]:
        """The URL templates of the source, the main one first."""
        return (self.url, *self.urls)

    @property
    def hosts(self) -> frozenset[str]:
        """`host:port` of each address, the port written out."""
        return frozenset(host_and_port(url) for url in self.addresses)


def host_and_port(url: str) -> str:
    """`www.example.go.jp:443` of a URL, as `crawl.allow_hosts` names hosts."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
