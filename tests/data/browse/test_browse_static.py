"""The static copy: every link between its files leads to a file, in both languages."""

from __future__ import annotations

import asyncio
import posixpath
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from statutes_shelf import LAW, NEW, OLD

from data.browse.publishing import Address, publish
from data.browse.server import make_datasette
from data.config import Config
from data.store.connection import Store


def test_every_link_of_the_copy_leads_to_a_file(
    library: Store, config: Config, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    aside = finding_below_the_threshold(library)
    datasette = make_datasette(config.watch_db, static_copy=True)
    files = asyncio.run(publish(datasette, out))
    for database in datasette.databases.values():
        database.close()
    datasette.executor.shutdown()
    pages = sorted(out.rglob("*.html"))
    assert files == sum(1 for path in out.rglob("*") if path.is_file())
    assert (out / "use-case" / "police--number.html") in pages
    assert (out / "en" / "index.html") in pages
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert 'href="/' not in html, page
        assert "<form" not in html, page
        for link in re.findall(r' href="([^"#:]+)"', html):
            target = posixpath.normpath(page.parent / unquote(unescape(link)))
            assert Path(target).is_file(), (page, link)
    assert (out / "finding" / f"{aside}.html").is_file()
    assert 'lang="en"' in (out / "en" / "health.html").read_text(encoding="utf-8")
    assert (out / "use-case" / "police--number.csv").is_file()
    old, new = OLD.revision.revision_id, NEW.revision.revision_id
    compared = out / "law" / LAW / old / f"{new}.html"
    assert f'href="{LAW}/{old}/{new}.html#diff"' in (out / "law" / f"{LAW}.html").read_text()
    assert "旅券の発給<ins>及び返納</ins>に関する" in compared.read_text(encoding="utf-8")
    assert compared.relative_to(out) in {page.relative_to(out / "en") for page in pages if page.is_relative_to(out / "en")}  # fmt: skip


def test_a_copy_shows_the_whole_of_a_use_case_because_it_has_no_second_page() -> None:
    assert Address("/-/use-case/bank:juki", "ja").question == "/-/use-case/bank:juki?lang=ja&all=1"
    assert Address("/-/use-case/bank:juki.csv", "ja").question.endswith("?lang=ja")
    assert Address("/-/finding/1", "en").question == "/-/finding/1?lang=en"


def finding_below_the_threshold(store: Store) -> str:
    """A finding that no use case of the ledger stands for: pages show it without a link to one."""
    with store.writing_public() as db:
        row = next(db.query("SELECT * FROM findings WHERE document_id = 'zei-1'"))
        copy = row | {"id": "a" * 20, "state": "also_seen", "search_id": None}
        db.table("findings").insert(copy | {"system": "prison", "use_case_id": "prison:juki"})
    return "a" * 20
