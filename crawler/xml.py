"""XML that came from elsewhere: no entities, no DTD, no network."""

from __future__ import annotations

from typing import Any

from lxml import etree

from crawler.text.bombs import refuse_entities
from crawler.text.encoding import decode
from data.errors import Malformed


def parse_xml(body: bytes, url: str) -> Any:
    """The root element of `body`; raises `Malformed`."""
    refuse_entities(decode(body).text, url)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(f"{url}: is not XML: {error}") from error
