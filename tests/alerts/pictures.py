"""Pictures of digests for docs/images: `python -m tests.alerts.pictures [DIRECTORY]` (needs Debian's chromium).

With a directory it makes all of them: each page on a phone and a desktop, light and dark.
"""

from __future__ import annotations

import html
import io
import os
import re
import sys
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from alerts.channels.slack_blocks import MARKS, Block, messages
from alerts.composing import preview
from alerts.digest import Digest
from alerts.render import render
from alerts.report import weekly_report
from classifier.pending import read_pending
from data.config import Config, StoreSection
from data.store.connection import Store, open_store
from data.store.reviews import review_finding
from data.store.told import ToldDeadline
from data.subscribers import Subscriber
from tests.alerts.world import MONDAY, PROMISE, TURN, Said, open_world, tell

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
PHONE, DESKTOP = 390, 1000
KEPT = frozenset(
    {
        "digest-ja-desktop-light", "digest-en-desktop-dark", "digest-ja-phone-light",
        "digest-en-phone-dark", "digest-empty-phone-light", "slack-ja-phone-light", "slack-ja-desktop-dark",
        "report-ja-phone-light",
    }
)  # fmt: skip
"""The pictures in the repository; into another directory all twenty are made."""
PUBLIC_URL = "https://watch.example.org"


def digest(store: Store, language: str, *, empty: bool = False) -> Digest:
    """A day with one of everything, or a day with nothing."""
    open_world(store, failing=0 if empty else 2)
    reader = Subscriber(name="desk", language=language)
    if empty:
        return preview(store, reader, MONDAY)
    tell(
        store,
        replace(PROMISE, at=MONDAY - timedelta(days=40)),
        replace(TURN, story="s"),
        Said(
            name="licence", sector="police", system="driving_licence", stage="planned", identifier="number",
            text="免許の更新で番号の記入を求めることを決めた。", title="免許更新に番号", actor="警察",
        ),
        Said(
            name="passport", sector="passport", stage="adopted", identifier="juki",
            text="旅券の発給事務では、来月から住民票コードによる本人確認情報の照会を始め、申請書への添付書類を省くこととした。",
            title="旅券の申請、住民票の写しが不要に", actor="外務局", source_id="naisei", story="p",
        ),
        Said(
            name="ticket", sector="other", system="ticketing", identifier="card", stage="considered", actor="全国興行協会",
            text="転売を防ぐため、入場の際にマイナンバーカードを読み取って本人を確かめる仕組みを、"
            "来春の大規模な公演で試すことを検討しているという。" * 3,
            title="入場にカード", source_id="yowa",
        ),
        Said(
            name="library", sector="other", system="libraries", identifier="juki", stage="halted", actor="汐見市教育委員会",
            text="市立図書館の貸出券との一体化は当面見送る。", title="貸出券の一体化、見送り",
        ),
    )  # fmt: skip
    tell(store, replace(TURN, name="wire", source_id="yowa", story="s"))
    told = preview(store, reader, MONDAY)
    return replace(
        told,
        deadlines=(
            ToldDeadline(
                id="d1", title_ja="番号利用の拡大に関する命令案への意見募集", due=date(2026, 11, 30),
                title_en="Public comment on the draft order that widens the use of the number",
                url="https://naisei.example.jp/comment", use_case_id=None,
            ),
        ),
    )  # fmt: skip


def slack_page(bodies: list[dict[str, object]]) -> str:
    """Block Kit as a page that resembles Slack, enough to judge order, length and escaping."""
    blocks = "".join(_block(block) for body in bodies for block in body["blocks"])  # type: ignore[attr-defined]
    return (
        "<!DOCTYPE html><meta charset=utf-8><meta name=color-scheme content='light dark'><style>"
        "body{font:15px/1.5 'Noto Sans CJK JP',sans-serif;margin:16px;max-width:680px}h3{margin:4px 0 8px}"
        "small{color:#616061;font-size:13px;display:block;margin:2px 0 14px}blockquote{border-left:4px solid #ddd;"
        "margin:4px 0;padding-left:12px}section{display:grid;grid-template-columns:1fr 1fr;gap:0 16px}"
        "@media(max-width:480px){section{display:block}}a{color:#1264a3;text-decoration:none}hr{border:0;border-top:1px solid #ddd}"
        "@media(prefers-color-scheme:dark){body{background:#1a1d21;color:#d1d2d3}small{color:#ababad}a{color:#4ba3d9}}"
        f"</style>{blocks}"
    )


def _block(block: Block) -> str:
    if block["type"] == "header":
        return f"<h3>{html.escape(block['text']['text'])}</h3>"
    if block["type"] == "divider":
        return "<hr>"
    if block["type"] == "context":
        return f"<small>{_mrkdwn(block['elements'][0]['text'])}</small>"
    fields = "".join(f"<div>{_mrkdwn(field['text'])}</div>" for field in block.get("fields", []))
    return f"<div>{_mrkdwn(block['text']['text'])}</div><section>{fields}</section>"


def _mrkdwn(text: str) -> str:
    for mark, colour in zip(MARKS.values(), ("#d33", "#e80", "#25c", "#999", "#196"), strict=True):
        text = text.replace(mark, f"<span style='color:{colour}'>●</span>")
    text = re.sub(r"<(https?://[^|>]+)\|([^>]+)>", r'<a href="\1">\2</a>', text)
    text = re.sub(r"\*([^*\n]+)\*", r"<b>\1</b>", text)
    lines = [f"<blockquote>{x[1:]}</blockquote>" if x.startswith(">") else f"{x}<br>" for x in text.split("\n")]  # fmt: skip
    return "".join(lines).removesuffix("<br>")


def shoot(browser: Browser, page_text: str, path: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 400}, color_scheme=scheme)  # type: ignore[arg-type]
    page.set_content(page_text)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{path.name}: {wide} pixels wide, {width} are there"
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    picture.convert("RGB").quantize(64, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
    page.close()


def report(store: Store) -> str:
    """The operator's week in which the classifier read these texts and a person rejected one finding."""
    os.environ["SCOPEWATCH_NOW"] = MONDAY.isoformat()
    read_pending(store)
    finding = next(store.public.query("SELECT id FROM findings WHERE state = 'kept' ORDER BY id"))
    review_finding(store, finding["id"], "not a finding", author="picture")
    return weekly_report(store, MONDAY, ("ja",), PUBLIC_URL).html or ""


def pages() -> dict[str, str]:
    """The pages by name: mails in both languages, an empty day, a Slack message, the operator's report."""
    made = {}
    for name, language, empty in (
        ("digest-ja", "ja", False),
        ("digest-en", "en", False),
        ("digest-empty", "both", True),
    ):
        with tempfile.TemporaryDirectory() as place:
            config = Config(base=Path(place), store=StoreSection(directory=Path("var")))
            with open_store(config) as store:
                told = digest(store, language, empty=empty)
                if name == "digest-ja":
                    made["report-ja"] = report(store)
        made[name] = render(told, "html", PUBLIC_URL)
        if name == "digest-ja":
            made["slack-ja"] = slack_page(messages(told, PUBLIC_URL))
    return made


def main(directory: Path, *, everything: bool) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, text in pages().items():
            for label, width in (("phone", PHONE), ("desktop", DESKTOP)):
                for scheme in ("light", "dark"):
                    path = directory / f"{name}-{label}-{scheme}.png"
                    if everything or path.stem in KEPT:
                        shoot(browser, text, path, width, scheme)
        browser.close()


if __name__ == "__main__":
    elsewhere = len(sys.argv) > 1
    main(Path(sys.argv[1]) if elsewhere else IMAGES, everything=elsewhere)
