"""Read law texts of e-Gov's API v2 in JSON: with or without their envelope, as a tree or as Base64."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from lxml import etree

from crawler.statutes.revisions import id_in_name, new_revision, revision_from_info
from crawler.statutes.tree import law_element, read_law, text_of
from crawler.statutes.xml import read_xml
from data.errors import InputError, Malformed
from data.statutes import LawRevision, LawText

MAX_DEPTH = 60
"""Laws nest about 15 deep; a reply that nests further is not one."""


def parse_json(body: bytes) -> Any:
    """The JSON value in `body`; raises `Malformed`, also on the HTML that e-Gov answers when it is down."""
    head = body[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise Malformed("an HTML page instead of JSON: e-Gov is down or refuses")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {str(error)[:120]}") from error


def is_law_text(value: Any) -> bool:
    """True for what `read_law_json` reads, as opposed to lists of revisions and error replies."""
    return isinstance(value, dict) and ("law_full_text" in value or value.get("tag") is not None)


def read_law_json(value: Any, revision_id: str | None = None) -> LawText:
    """The law in a parsed reply of /law_data, or in a bare tree whose revision the file name tells.

    Raises `Malformed` for error replies and wrong shapes, `InputError` when the revision is unknown.
    """
    if not isinstance(value, dict):
        raise Malformed("not a law: the JSON is not an object")
    if "code" in value and "message" in value:
        raise Malformed(f"e-Gov answered with error {value['code']}: {str(value['message'])[:120]}")
    if "law_full_text" not in value:
        return _read_tree(value, None, revision_id)
    info, law_info = value.get("revision_info"), value.get("law_info")
    revision = None
    if isinstance(info, dict):
        revision = revision_from_info(info, law_info if isinstance(law_info, dict) else {})
    return _read_text(value["law_full_text"], revision, revision_id)


def _read_text(text: Any, revision: LawRevision | None, revision_id: str | None) -> LawText:
    if isinstance(text, dict):
        return _read_tree(text, revision, revision_id)
    if not isinstance(text, str):
        raise Malformed("law_full_text is neither a tree nor text")
    if text.lstrip().startswith("<"):
        body = text.encode()
    else:
        try:
            body = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed(f"law_full_text is not Base64: {error}") from error
    if body.lstrip()[:1] == b"{":
        return _read_text(parse_json(body), revision, revision_id)
    found = read_xml(body, revision.revision_id if revision else revision_id)
    return LawText(revision=revision or found.revision, rows=found.rows, sentences=found.sentences)


def _read_tree(tree: dict[str, Any], revision: LawRevision | None, name: str | None) -> LawText:
    law = law_element(element_of(tree))
    if revision is None:
        revision_id = id_in_name(name or "")
        if revision_id is None:
            raise InputError(
                "the JSON does not say which revision it is; name the file by its revision id, "
                "such as 342AC0000000081_20261001_507AC0000000087.json"
            )
        revision = new_revision(
            revision_id,
            title=text_of(law.find("LawBody/LawTitle")),
            law_num=text_of(law.find("LawNum")),
        )
    return read_law(law, revision)


def element_of(node: Any, depth: int = 0) -> etree._Element:
    """The XML element that a {"tag", "attr", "children"} tree stands for; raises `Malformed`.

    `attr` may be "" and `children` may be missing (both occur in the official examples).
    """
    if depth > MAX_DEPTH:
        raise Malformed(f"the tree nests deeper than {MAX_DEPTH}")
    tag = node.get("tag") if isinstance(node, dict) else None
    if not isinstance(tag, str):
        raise Malformed("not a law: an element without a tag")
    attributes = node.get("attr") or {}
    children = node.get("children") or []
    if not isinstance(attributes, dict) or not isinstance(children, list):
        raise Malformed(f"<{tag[:40]}>: attr is not an object or children is not a list")
    try:
        element = etree.Element(tag, {str(k): str(v) for k, v in attributes.items()})
        for child in children:
            if isinstance(child, str):
                _append_text(element, child)
            else:
                element.append(element_of(child, depth + 1))
    except ValueError as error:
        raise Malformed(f"<{tag[:40]!r}>: not XML: {error}") from error
    return element


def _append_text(element: etree._Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
