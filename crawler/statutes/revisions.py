"""Read lists of revisions: replies of e-Gov's law API v2, and the keys of other collectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from data.errors import Malformed
from data.statutes import REVISION_ID, UNENFORCED, LawRevision, parse_revision_id

COLLECTOR_KEYS = {
    "revisionId": "law_revision_id",
    "lawNum": "law_num",
    "title": "law_title",
    "promulgatedAt": "amendment_promulgate_date",
    "enforcedAt": "amendment_enforcement_date",
    "scheduledEnforcedAt": "amendment_scheduled_enforcement_date",
    "enforcementComment": "amendment_enforcement_comment",
    "amendmentLawId": "amendment_law_id",
    "amendmentLawNum": "amendment_law_num",
    "amendmentLawName": "amendment_law_title",
    "currentRevisionStatus": "current_revision_status",
}
"""The names that the collector behind ../shared/data/laws/api_v2_json gave to the API's fields."""


def iso_date(value: Any) -> date | None:
    """A date of the API; None for null or empty. Raises `Malformed` on anything else."""
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Malformed(f"not a date: {str(value)[:40]!r}") from error


def new_revision(revision_id: str, **fields: Any) -> LawRevision:
    """A revision with what its id says filled in; raises `Malformed` when the id is not one."""
    parts = parse_revision_id(revision_id)
    if parts is None:
        raise Malformed(f"not a law revision id: {revision_id[:60]!r}")
    law_id, day, amending = parts
    return LawRevision(
        revision_id=revision_id, law_id=law_id, enforced_on=day, amending_law_id=amending, **fields
    )


def revision_from_info(info: Mapping[str, Any], law_info: Mapping[str, Any]) -> LawRevision:
    """The revision that the API's `revision_info` (and `law_info`) describe."""
    return new_revision(
        _word(info, "law_revision_id"),
        title=_word(info, "law_title"),
        law_num=_word(law_info, "law_num"),
        amending_law_num=_word(info, "amendment_law_num"),
        amending_law_title=_word(info, "amendment_law_title"),
        promulgated_on=iso_date(info.get("amendment_promulgate_date")),
        status=_word(info, "current_revision_status"),
        comment=_word(info, "amendment_enforcement_comment"),
    )


def _word(info: Mapping[str, Any], key: str) -> str:
    value = info.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{key}: found {str(value)[:40]!r}, expected text")
    return value


def read_revision_list(value: Any) -> list[LawRevision]:
    """All revisions that a parsed JSON value lists; empty when it lists none.

    Read are the API's /law_revisions and /laws replies, a bare list of either kind of entries, and
    the collector's law entry with `past`, `current` and `future`. Raises `Malformed` on bad entries.
    """
    return list({r.revision_id: r for r in _revisions(value, {})}.values())


def _revisions(value: Any, law: Mapping[str, Any]) -> Iterator[LawRevision]:
    if isinstance(value, list):
        for entry in value:
            yield from _revisions(entry, law)
    elif isinstance(value, dict):
        info = value.get("law_info")
        law = info if isinstance(info, dict) else law
        if "law_revision_id" in value:
            yield revision_from_info(value, law)
        elif "revisionId" in value:
            yield _collected(value, law)
        else:
            if "past" in value or "future" in value:
                law = {"law_num": value.get("lawNum"), "law_title": value.get("title")}
            for key in (
                "items",
                "revisions",
                "laws",
                "revision_info",
                "current_revision_info",
                "past",
                "current",
                "future",
            ):
                if isinstance(value.get(key), (dict, list)):
                    yield from _revisions(value[key], law)


def _collected(entry: Mapping[str, Any], law: Mapping[str, Any]) -> LawRevision:
    info = {COLLECTOR_KEYS.get(key, key): value for key, value in entry.items()}
    info.setdefault("law_title", law.get("law_title"))
    if entry.get("isFuture"):
        info["current_revision_status"] = UNENFORCED
    return revision_from_info(info, {**law, **{k: v for k, v in info.items() if k == "law_num"}})


def id_in_name(name: str) -> str | None:
    """The revision id that a file name begins with; None when there is none."""
    found = REVISION_ID.match(name)
    return found.group() if found else None
