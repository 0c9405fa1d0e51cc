"""Read one day of e-Gov's bulk download: a zip with a list (CSV) of the laws registered that day, and their XML."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from crawler.statutes.reader import MAX_BYTES, MAX_MEMBERS, Reading, read_bytes
from crawler.statutes.revisions import id_in_name, new_revision
from crawler.text.dates import find_date
from crawler.text.encoding import decode
from data.clock import tokyo
from data.errors import Empty, Malformed, ScopewatchError
from data.statutes import LAW_ID, UNENFORCED, LawRevision, LawText

MAX_TOTAL = 1 << 30
"""A day's archive unpacks to some 25 MB (2026-05-07: 41 laws), the complete one to 3.6 GB."""
MAX_LIST = 8 << 20
"""The complete list of all laws has 6 MB."""
LAW, ADDRESS = "法令ID", "本文URL"
_REVISION_PAGE = re.compile(r"/law/([0-9A-Z]{15})/([0-9]{8}_[0-9A-Z]{15})/?(?:[?#].*)?$")
_YES = frozenset({"○", "〇", "◯", "未施行", "1"})


@dataclass(frozen=True, slots=True)
class DailyList:
    """What was registered on one day."""

    laws: frozenset[str]
    """Every law that the list or a folder of the archive names."""
    followed: tuple[Reading, ...]
    """Of the followed laws: each revision with its text, or why the text cannot be read."""

    def of(self, law_id: str) -> list[Reading]:
        return [one for one in self.followed if one.name.startswith(law_id)]


def read_daily_list(body: bytes, name: str, law_ids: Collection[str]) -> DailyList:
    """One day's archive; only XML of `law_ids` is unpacked, in memory.

    Raises `Malformed` for what is no whole archive of this kind, `Empty` for one without any law. A law
    whose XML cannot be read is a Reading with its error.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = _members(archive, name)
            rows = _rows(archive, members, name)
            ids = {one: id_in_name(PurePosixPath(one).name) for one in members}
            laws = {row[LAW] for row in rows} | {i[:15] for i in ids.values() if i}
            if not laws:
                raise Empty(f"{name}: its list names no law")
            texts = [
                _reading(archive, member, revision_id, rows)
                for member, revision_id in ids.items()
                if member.endswith(".xml") and revision_id and revision_id[:15] in law_ids
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Malformed(f"{name}: not a whole archive: {str(error)[:120]}") from error
    known = {one.name for one in texts}
    listed = (_listed(row) for row in rows if row[LAW] in law_ids)
    without = [r for r in listed if r and r.revision_id not in known]
    return DailyList(
        laws=frozenset(laws),
        followed=(*texts, *(Reading(r.revision_id, revisions=(r,)) for r in without)),
    )


def _members(archive: zipfile.ZipFile, name: str) -> list[str]:
    """The files of the archive; raises `Malformed` for a bomb and for paths that lead elsewhere."""
    found = archive.infolist()
    if len(found) > MAX_MEMBERS or sum(member.file_size for member in found) > MAX_TOTAL:
        raise Malformed(f"{name}: unpacks to more than a day's laws can be")
    for member in found:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise Malformed(f"{name}: a path leads out of the archive: {member.filename[:80]!r}")
        if member.flag_bits & 1:
            raise Malformed(f"{name}: the archive is encrypted")
    return [member.filename for member in found if not member.is_dir()]


def _unpacked(archive: zipfile.ZipFile, member: str, limit: int) -> bytes:
    """A member, read no further than `limit`, whatever its header says."""
    with archive.open(member) as file:
        body = file.read(limit + 1)
    if len(body) > limit:
        raise Malformed(f"{member[:80]}: unpacks to more than {limit >> 20} MiB")
    return body


def _rows(archive: zipfile.ZipFile, members: list[str], name: str) -> list[dict[str, str]]:
    """The rows of the list by the names in its header; raises `Malformed` where there is none."""
    rows: list[dict[str, str]] = []
    lists = [member for member in members if member.lower().endswith(".csv")]
    for member in lists:
        try:
            text = decode(_unpacked(archive, member, MAX_LIST), hint="utf-8").text
        except Malformed as error:
            raise Malformed(f"{name}: {error}") from error
        rows += _rows_of(text, f"{name}: {member[:60]}")
    if not lists:
        raise Malformed(f"{name}: holds no list (CSV) of the laws")
    return rows


def _rows_of(text: str, name: str) -> Iterator[dict[str, str]]:
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline="")) if any(line)]
    except csv.Error as error:
        raise Malformed(f"{name}: is not CSV: {error}") from error
    head = next((i for i, line in enumerate(lines) if LAW in map(str.strip, line)), None)
    if head is None:
        raise Malformed(f"{name}: has no column {LAW}")
    columns = [column.strip() for column in lines[head]]
    for line in lines[head + 1 :]:
        row = dict(zip(columns, (cell.strip() for cell in line), strict=False))
        if not LAW_ID.fullmatch(row.get(LAW, "")):
            raise Malformed(f"{name}: a row without a law's id, or cut off: {line[:3]}")
        yield row


def _reading(
    archive: zipfile.ZipFile, member: str, revision_id: str, rows: list[dict[str, str]]
) -> Reading:
    try:
        text = read_bytes(PurePosixPath(member).name, _unpacked(archive, member, MAX_BYTES)).text
        if text is None:
            raise Malformed("is no law's text")
    except (ScopewatchError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        failed = Malformed(f"{revision_id}: {str(error)[:200]}")
        return Reading(revision_id, error=failed)
    return Reading(revision_id, text=_described(text, rows))


def _described(text: LawText, rows: list[dict[str, str]]) -> LawText:
    """The text with what the list says of its revision; the bare XML names no amending law."""
    own = text.revision
    listed = [r for row in rows if row[LAW] == own.law_id and (r := _listed(row))]
    found = next((r for r in listed if r.revision_id == own.revision_id), None)
    if found is None:
        return text
    return replace(text, revision=replace(found, law_num=own.law_num or found.law_num))


def _listed(row: Mapping[str, str]) -> LawRevision | None:
    """The revision that a row describes; None where its address does not say which one."""
    page = _REVISION_PAGE.search(row.get(ADDRESS, ""))
    if page is None or page[1] != row[LAW]:
        return None
    promulgated = find_date(row.get("改正法令公布日", ""))
    return new_revision(
        f"{page[1]}_{page[2]}",
        title=row.get("法令名", ""),
        law_num=row.get("法令番号", ""),
        amending_law_num=row.get("改正法令番号", ""),
        amending_law_title=row.get("改正法令名", ""),
        promulgated_on=tokyo(promulgated.at).date() if promulgated else None,
        status=UNENFORCED if row.get("未施行") in _YES else "",
        comment=row.get("施行日備考", ""),
    )
