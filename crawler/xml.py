"""XML that came from elsewhere: no entities, no DTD, no network."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from crawler.text.bombs import refuse_entities, refuse_large_tree
from crawler.text.encoding import decode
from data.errors import Malformed

_PROLOG = re.compile(r"^<\?xml\b[^>]{0,300}\?>")


def parse_xml(
    body: bytes, url: str, content_type: str | None = None, hint: str | None = None
) -> Any:
    """The root element of `body`, which may begin with empty lines or a BOM; raises `Malformed`."""
    text = decode(body, content_type, hint).text.lstrip("\ufeff \t\r\n")
    refuse_entities(text, url)
    refuse_large_tree(text, url)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        # As decoded by us; the prolog's own word on the encoding has to go.
        return etree.fromstring(_PROLOG.sub("", text, count=1).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(f"{url}: is not XML: {error}") from error
