"""Who a publication is: its canonical URL, and the id under which the store keeps it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from crawler.redirectors import unwrap
from data.models import Entry

IdentityRule = Literal["auto", "link", "link_title", "guid"]
"""`auto` suits most sources; `link_title` those that announce several news under one rolling page."""

_PORTS = {"http": 80, "https": 443}
_TRACKING = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "mc_cid",
    "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "spm", "cmpid", "n_cid", "iref", "cx_part", "cx_position",
    "ncid", "ocid", "xtor", "wt.mc_id", "feature_share", "rss", "guccounter", "guce_referrer", "guce_referrer_sig",
    "gad_source", "gad_campaignid", "gclsrc", "srsltid", "ysclid", "igsh", "mibextid", "s_cid", "sc_cid", "sc_campaign", "dmai",
    "ldtag_cl", "phpsessid", "jsessionid",
})  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "ga_", "hsa_", "ns_", "at_campaign", "at_medium")
_WHENCE = frozenset({"ref", "source", "src", "from", "via", "cid", "cmp", "ref_src", "medium"})
_FEED_VALUES = frozenset(
    {
        "rss",
        "rss2",
        "feed",
        "atom",
        "rssfeed",
        "rss_feed",
        "twitter",
        "facebook",
        "line",
        "twsrc^tfw",
        "1",
    }
)
_BY_HOST = {"news.google.com": frozenset({"oc", "hl", "gl", "ceid"})}
_INDEX = re.compile(
    r"/(?:index|default)\.(?:html?|shtml|xhtml|php|aspx?|jsp|cgi|cfm|do)$", re.IGNORECASE
)
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_UUID = re.compile(r"(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_POSITIONAL = re.compile(r"(?:item|entry|news|no|id|rss)?[ _:#-]?\d{1,4}", re.IGNORECASE)


def canonical_url(url: str, *, keep_fragment: bool = False) -> str:
    """The key under which all addresses of one page fall together; not necessarily fetchable.

    Redirectors unwrapped, https for http, IDNA host, no default port, no tracking, no index page, one
    way of percent-encoding. A fragment goes unless asked for (rolling pages) or unless it is itself
    the address (`#/detail?…`, `#!…`). Idempotent; total: what is no http address comes back stripped.
    """
    url = unwrap(url.strip())
    try:
        parts = urlsplit(url)
        port, host = parts.port, _host(parts.hostname or "")
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host:
        return url
    if port in (None, _PORTS[scheme]):
        scheme, netloc = "https", host
    else:
        netloc = f"{host}:{port}"
    fragment = parts.fragment if keep_fragment or parts.fragment.startswith(("/", "!")) else ""
    return urlunsplit(
        (scheme, netloc, _path(parts.path), _query(parts.query, host), _escaped(fragment))
    )


def is_positional(guid: str) -> bool:
    """Whether a guid only counts (kantei's `item_1` is always the newest): it identifies nothing."""
    return _POSITIONAL.fullmatch(guid.strip()) is not None


def document_id(
    source_id: str, entry: Entry, *, rule: IdentityRule = "auto", shared_link: bool = False
) -> str:
    """The id of an entry's document: 20 hex digits, stable for its identity within its source.

    `auto`: a guid that is unique by its form (UUID, tag: URI), else the canonical link, with the title
    where `shared_link` says that other news have the same link; without a link a guid that does not
    merely count, else title and day.
    """
    link = canonical_url(entry.url, keep_fragment=True) if entry.url else None
    guid = entry.id.strip() if entry.id and not is_positional(entry.id) else None
    if guid and (rule == "guid" or (rule == "auto" and _is_unique(guid))):
        key: tuple[str, ...] = ("guid", guid)
    elif link and (rule == "link_title" or shared_link):
        key = ("link_title", link, _folded(entry.title))
    elif link:
        key = ("link", link)
    elif guid:
        key = ("guid", guid)
    else:
        day = entry.published.at.date().isoformat() if entry.published else ""
        key = ("title_day", _folded(entry.title), day)
    text = "\0".join((source_id, *key))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def document_ids(
    source_id: str,
    entries: Sequence[Entry],
    *,
    rule: IdentityRule = "auto",
    shared_links: Collection[str] = (),
) -> list[str]:
    """The ids of a whole feed or listing, in its order.

    A link that stands there with several titles (format-traps.md, 3 to 5) is shared: each of its news
    has an id of its own. `shared_links` holds canonical links (`shared_links_of`) that the store
    already knows to be shared, so that an id does not change when its neighbour leaves the window.
    """
    shared = shared_links_of(entries) | set(shared_links)
    if rule == "auto":
        entries = _without_shared_guids(entries)
    return [
        document_id(source_id, entry, rule=rule, shared_link=_link(entry) in shared)
        for entry in entries
    ]


def _without_shared_guids(entries: Sequence[Entry]) -> list[Entry]:
    """`entries` without guids under which several links and titles stand: a generator that writes one for all.

    Several links under one title are one publication, listed for several readers: its guid says so.
    """
    links: defaultdict[str, set[str | None]] = defaultdict(set)
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.id:
            links[entry.id.strip()].add(_link(entry))
            titles[entry.id.strip()].add(_folded(entry.title))
    shared = {guid for guid in links if len(links[guid]) > 1 and len(titles[guid]) > 1}
    return [
        replace(entry, id=None) if entry.id and entry.id.strip() in shared else entry
        for entry in entries
    ]


def shared_links_of(entries: Sequence[Entry]) -> set[str]:
    """The canonical links that occur in `entries` with more than one title."""
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if link := _link(entry):
            titles[link].add(_folded(entry.title))
    return {link for link, seen in titles.items() if len(seen) > 1}


def _link(entry: Entry) -> str | None:
    return canonical_url(entry.url, keep_fragment=True) if entry.url else None


def _is_unique(guid: str) -> bool:
    return _UUID.fullmatch(guid) is not None or guid.startswith(("tag:", "urn:"))


def _folded(title: str) -> str:
    return "".join(unicodedata.normalize("NFKC", title).split()).casefold()


def _host(host: str) -> str:
    host = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    if ":" in host:
        return f"[{host}]"
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return host


def _path(path: str) -> str:
    path = _SESSION.sub("", _escaped(path)) or "/"
    segments: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    if path.endswith(("/.", "/..")):
        segments.append("")
    return _INDEX.sub("/", "/" + "/".join(segments))


def _query(query: str, host: str) -> str:
    kept = []
    for field in query.replace("&amp;", "&").split("&"):  # escaped twice by its feed
        name, _, value = field.partition("=")
        name = name.lower()
        if (
            not field
            or name in _TRACKING
            or name.startswith(_TRACKING_PREFIXES)
            or name in _BY_HOST.get(host, ())
        ):
            continue
        if name in _WHENCE and value.lower() in _FEED_VALUES:
            continue
        kept.append(_escaped(field))
    return "&".join(kept)


def _escaped(text: str) -> str:
    """One way of percent-encoding: unreserved signs bare, hex digits upper case (RFC 3986, 6.2.2)."""
    text = quote(text, safe="%!$&'()*+,;=:@/?-._~#[]|", errors="replace")
    return _ESCAPE.sub(_one_escape, text)


def _one_escape(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign in _UNRESERVED else match[0].upper()
