"""Read e-Gov's law XML: a bare `Law`, or one wrapped by the API or by the old DataRoot/ApplData."""

from __future__ import annotations

from lxml import etree

from crawler.statutes.revisions import iso_date, new_revision, revision_from_info
from crawler.statutes.tree import law_element, read_law, text_of
from data.errors import InputError, Malformed
from data.statute_watch import watch_list
from data.statutes import NO_AMENDMENT, LawRevision, LawText


def parse_xml(body: bytes) -> etree._Element:
    """The root of `body`; raises `Malformed` on anything but well-formed XML without a DOCTYPE."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(f"not well-formed XML: {str(error).splitlines()[0][:120]}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("XML with a DOCTYPE; laws of e-Gov have none")
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith("{"):
            element.tag = etree.QName(element).localname
    return root


def read_xml(body: bytes, revision_id: str | None = None) -> LawText:
    """The law in `body`; `revision_id` (the file's name) decides which revision it is, else its own data.

    Raises `Malformed` for what is not a law, `InputError` when it does not say which revision it is.
    """
    root = parse_xml(body)
    law = law_element(root)
    return read_law(law, _revision(root, law, revision_id))


def _revision(root: etree._Element, law: etree._Element, revision_id: str | None) -> LawRevision:
    law_num = text_of(law.find("LawNum"))
    title = text_of(law.find("LawBody/LawTitle"))
    info = next(root.iter("revision_info"), None)
    if info is not None:
        values = {child.tag: text_of(child) or None for child in info}
        law_info = next(root.iter("law_info"), None)
        values_of_law = {} if law_info is None else {c.tag: text_of(c) for c in law_info}
        return revision_from_info(values, {"law_num": law_num, **values_of_law})
    promulgated = iso_date((law.get("AmendmentPromulgateDate") or "").replace("/", "-"))
    comment = law.get("EnforcementComment") or ""
    if revision_id is None:
        revision_id = _own_id(law, law_num)
    return new_revision(
        revision_id,
        title=title,
        law_num=law_num,
        promulgated_on=promulgated,
        status=law.get("Status") or "",
        comment=comment,
    )


def _own_id(law: etree._Element, law_num: str) -> str:
    """The id that the newer dialect's attributes give; the amending law is in none of them."""
    known = {entry.law_num: entry.id for entry in watch_list().laws}
    law_id = law.get("LawId") or known.get(law_num)
    day = (law.get("EnforcementDate") or law.get("ScheduledEnforcementDate") or "").replace("/", "")
    if not law_id or not day:
        raise InputError(
            "the XML does not say which revision it is; name the file by its revision id, "
            "such as 425AC0000000027_20251212_507AC0000000087.xml"
        )
    return f"{law_id}_{day}_{NO_AMENDMENT}"
