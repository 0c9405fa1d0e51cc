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
from browsing import PAGES, REVIEWERS_PAGES, Watched, chromium, served
from playwright.sync_api import Browser, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Debian's chromium is not installed (make browser)"
    ),
]


WIDTHS = (1100, 390, 320)
SCHEMES = ("light", "dark")


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


@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_its_window_and_has_no_serious_violation(
    browser: Browser, address: str, path: str
) -> None:
    # bypass_csp: axe itself is a script, which our policy forbids.
    with Watched(browser, bypass_csp=True) as tab:
        tab.page.goto(address + path)
        for width in WIDTHS:
            tab.page.set_viewport_size({"width": width, "height": 900})
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in SCHEMES:
            tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
            assert grave(tab) == []


def grave(tab: Watched) -> list[tuple[str, list[str]]]:
    """What axe-core calls serious or critical on the page that is open."""
    return [
        (item["id"], [node["html"][:120] for node in item["nodes"][:3]])
        for item in Axe().run(tab.page).response["violations"]
        if item["impact"] in {"serious", "critical"}
    ]


def test_a_reviewer_goes_through_the_queue_by_keyboard(browser: Browser, address: str) -> None:
    with Watched(browser) as tab:
        tab.sign_in(address)
        cards = tab.page.locator("article.waiting")
        before = cards.count()
        first, second = (cards.nth(n).get_attribute("id") for n in (0, 1))
        expect(cards.first).to_be_focused()
        tab.page.keyboard.press("j")
        expect(cards.nth(1)).to_be_focused()
        tab.page.keyboard.press("k")
        expect(cards.first).to_be_focused()
        tab.page.keyboard.press("j")
        tab.page.keyboard.press("n")
        expect(tab.page.get_by_role("status")).to_contain_text("誤りと判断")
        expect(cards).to_have_count(before - 1)
        expect(tab.page.locator(f"#{second}")).to_have_count(0)
        expect(tab.page.locator(f"#{first}")).to_be_focused()
        tab.page.keyboard.press("y")
        expect(tab.page.get_by_role("status")).to_contain_text("確認済み")
        expect(cards).to_have_count(before - 2)
        tab.page.get_by_role("link", name="最近の確認").first.click()
        for left in (1, 0):
            tab.page.get_by_role("button", name="取り消す").first.click()
            expect(tab.page.get_by_role("button", name="取り消す")).to_have_count(left)
        tab.page.goto(f"{address}/-/review")
        expect(cards).to_have_count(before)


def test_keys_in_a_field_are_letters_and_a_held_key_judges_nothing(
    browser: Browser, address: str
) -> None:
    with Watched(browser) as tab:
        tab.sign_in(address)
        before = tab.page.locator("article.waiting").count()
        tab.page.get_by_role("searchbox").press_sequentially("yny")
        expect(tab.page.get_by_role("searchbox")).to_have_value("yny")
        tab.page.locator("article.waiting").first.focus()
        tab.page.evaluate(
            "document.activeElement.dispatchEvent("
            "new KeyboardEvent('keydown', {key: 'y', repeat: true, bubbles: true}))"
        )
        expect(tab.page.locator("article.waiting")).to_have_count(before)


def test_a_reviewer_reviews_without_javascript(browser: Browser, address: str) -> None:
    with Watched(browser, javascript=False) as tab:
        tab.sign_in(address)
        first = tab.page.locator("article.waiting").first
        name = first.get_attribute("id")
        first.get_by_role("button", name="正しい").click()
        expect(tab.page.locator(f"#{name}")).to_have_count(0)
        tab.page.goto(f"{address}/-/reviewed")
        tab.page.get_by_role("button", name="取り消す").first.click()
        expect(tab.page.get_by_role("button", name="取り消す")).to_have_count(0)


def test_an_anonymous_visitor_finds_no_button_to_review(browser: Browser, address: str) -> None:
    with Watched(browser) as tab:
        tab.page.goto(f"{address}/-/review")
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("サインイン")
        tab.page.goto(f"{address}/-/use-case/police:number")
        tab.page.get_by_role("link", name="根拠の文").first.click()
        expect(tab.page.get_by_role("button", name="検索")).to_be_visible()
        expect(tab.page.locator("main button, main form")).to_have_count(0)


@pytest.mark.parametrize("path", REVIEWERS_PAGES)
def test_reviewers_pages_fit_a_phone_and_have_no_serious_violation(
    browser: Browser, address: str, path: str
) -> None:
    with Watched(browser, width=360, bypass_csp=True) as tab:
        tab.sign_in(address)
        tab.page.goto(address + path)
        for closed in tab.page.locator("details").all():
            closed.evaluate("each => { each.open = true; }")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360
        for scheme in SCHEMES:
            tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
            assert grave(tab) == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1100, "light")])
def test_charts_are_drawn_under_the_strict_policy(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    with Watched(browser, width=width, scheme=scheme) as tab:
        tab.page.goto(f"{address}/-/dashboards/ledger")
        drawn = tab.page.locator(".drawn canvas")
        expect(drawn).to_have_count(tab.page.locator(".drawn").count())
        expect(drawn.first).to_be_visible()
        box = drawn.first.bounding_box()
        assert box is not None
        assert 200 < box["width"] <= width
        tab.page.get_by_text("表で見る").first.click()
        expect(tab.page.locator("figure table").first).to_be_visible()


def test_charts_are_tables_without_javascript(browser: Browser, address: str) -> None:
    with Watched(browser, javascript=False) as tab:
        tab.page.goto(f"{address}/-/dashboards/ledger")
        expect(tab.page.locator("figure table").first).to_be_visible()
        expect(tab.page.locator(".drawn").first).to_be_hidden()


def test_two_days_of_a_law_are_compared_in_a_form(browser: Browser, address: str) -> None:
    with Watched(browser) as tab:
        tab.page.goto(f"{address}/-/laws")
        tab.page.get_by_role("link", name="番号法").click()
        tab.page.get_by_label("この日の法律", exact=True).fill("2024-06-01")
        tab.page.get_by_label("とこの日の法律").fill("2025-06-01")
        tab.page.get_by_role("button", name="比べる").click()
        expect(tab.page.locator("ins").first).to_have_text("及び返納")


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
