"""The pages in Debian's chromium: the way a journalist goes, on a desk and on a phone, light and dark.

`python tests/data/browse/screenshots.py DIR` photographs the same pages.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PAGES, Watched, chromium, served
from playwright.sync_api import Browser, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Debian's chromium is not installed (make browser)"
    ),
]


@pytest.fixture(scope="module")
def address(shelf: Path) -> Iterator[str]:
    with served(shelf) as root:
        yield root


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_from_the_front_page_to_the_sentence_and_its_original(
    browser: Browser, address: str
) -> None:
    with Watched(browser) as tab:
        tab.page.goto(address)
        tab.page.get_by_role("link", name="警察×番号").first.click()
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("警察×番号")
        tab.page.get_by_role("link", name="根拠の文").nth(1).click()
        expect(tab.page.locator("mark")).to_contain_text("計画をまとめたことが分かった")
        href = tab.page.get_by_role("link", name="原文").first.get_attribute("href")
        assert (href or "").startswith("https://shiomi-news.example.jp/kei-2#:~:text=")


def test_a_search_from_the_header_finds_two_characters(browser: Browser, address: str) -> None:
    with Watched(browser) as tab:
        tab.page.goto(address)
        tab.page.get_by_role("searchbox").fill("銀行")
        tab.page.keyboard.press("Enter")
        expect(tab.page.locator("article")).to_have_count(2)
        expect(tab.page.locator("mark").first).to_have_text("銀行")


def test_the_whole_site_can_be_read_with_the_keyboard(browser: Browser, address: str) -> None:
    with Watched(browser) as tab:
        tab.page.goto(address)
        tab.page.keyboard.press("Tab")
        expect(tab.page.locator(":focus")).to_have_text("本文へ")
        tab.page.keyboard.press("Enter")
        assert tab.page.url.endswith("#content")


@pytest.mark.parametrize("width", [320, 390, 1100])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_its_window(
    browser: Browser, address: str, path: str, width: int
) -> None:
    with Watched(browser, width=width) as tab:
        tab.page.goto(address + path)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_violation(
    browser: Browser, address: str, path: str, scheme: str
) -> None:
    # bypass_csp: axe itself is a script, which our policy forbids.
    with Watched(browser, scheme=scheme, bypass_csp=True) as tab:
        tab.page.goto(address + path)
        found = Axe().run(tab.page).response["violations"]
    grave = [
        (item["id"], [node["html"][:120] for node in item["nodes"][:3]])
        for item in found
        if item["impact"] in {"serious", "critical"}
    ]
    assert grave == []


def test_the_page_is_the_same_without_javascript(browser: Browser, address: str) -> None:
    with Watched(browser, javascript=False) as tab:
        tab.page.goto(address)
        tab.page.get_by_role("link", name="金融", exact=True).first.click()
        expect(tab.page.get_by_role("link", name="金融×住基").first).to_be_visible()


def test_the_screenshots_are_made_by_one_command(tmp_path: Path) -> None:
    script = Path(__file__).with_name("screenshots.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "--only", "finding"],
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "finding.png").read_bytes().startswith(b"\x89PNG")
