import subprocess
import sys
import time

import pytest

from crawler.text.pdf import MAX_PAGES, read_pdf
from data.clock import TOKYO
from tests.crawler.text.pdf_writer import deflated, pdf

PAPER = [
    "令和８年１月15日",
    "見本庁 架空課",
    "架空の本人確認におけるマイナンバーカードの利用について",
    "見本銀行は、口座の開設にあたり、マイナンバーカードによる本人確認をはじめる。",
]


def test_text_title_and_the_date_at_the_head() -> None:
    found = read_pdf(
        pdf(
            [PAPER, ["二ページ目の本文である。"]],
            title="架空の利用について",
            created="D:20251201100000+09'00'",
        )
    )
    assert found.status == "ok"
    assert PAPER[3] in found.text
    assert found.text.endswith("二ページ目の本文である。")
    assert found.title == "架空の利用について"
    assert found.published is not None
    assert (found.published.at.astimezone(TOKYO).date().isoformat(), found.published.precision) == (
        "2026-01-15",
        "day",
    )


def test_file_name_as_title_gives_way_to_the_first_line() -> None:
    found = read_pdf(pdf([PAPER], title="Microsoft Word - 20260115報道発表.docx"))
    assert found.title == "見本庁 架空課"


def test_creation_date_stands_in() -> None:
    found = read_pdf(pdf([["架空の本文に日付はない。"]], created="D:20260115103000+09'00'"))
    assert found.published is not None
    assert found.published.at.astimezone(TOKYO).isoformat() == "2026-01-15T10:30:00+09:00"


@pytest.mark.parametrize(
    "body",
    [
        pdf([[]]),
        pdf([["(cid:123)(cid:45)(cid:678)" * 8]]),
        pdf([["\ue001\ue002\ue003\u2592\u25a1" * 6] * 5]),
        pdf([PAPER], trailer="/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + "00" * 32 + "> /U <" + "11" * 32 + "> /P -4 >> /ID [<00> <00>]"),
    ],
    ids=["image only", "cid", "no text signs", "encrypted"],
)  # fmt: skip
def test_unreadable_is_a_state(body: bytes) -> None:
    found = read_pdf(body)
    assert (found.status, found.text) == ("pdf_unreadable", "")


@pytest.mark.parametrize("body", [b"%PDF-1.7\n" + b"\x93junk" * 50, b"%PDF-", pdf([PAPER])[:200]])
def test_damaged_is_malformed(body: bytes) -> None:
    assert read_pdf(body).status == "malformed"


def test_page_cap() -> None:
    found = read_pdf(pdf([["架空の一ページ。"]] * (MAX_PAGES + 5)))
    assert found.status == "truncated"
    assert found.text.count("架空の一ページ。") == MAX_PAGES


@pytest.mark.parametrize(
    "content",
    [
        deflated(b"\0" * (1 << 20), 600),
        deflated(b"BT /F1 1 Tf " + b"<3042> Tj " * 100_000 + b"ET ", 90),
    ],
    ids=["unpacked size", "operators"],
)
def test_bombs_are_contained(content: bytes) -> None:
    # In a process of its own, because the peak of children is kept over all that a process had.
    program = (
        "import resource, sys\n"
        "from crawler.text.pdf import read_pdf\n"
        "print(read_pdf(sys.stdin.buffer.read()).status)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=pdf([[]], content=content),
        capture_output=True,
        check=True,
    )
    assert time.monotonic() - started < 20
    status, peak = done.stdout.decode().split()
    assert status in {"pdf_unreadable", "truncated", "malformed"}
    assert int(peak) < 600 << 10
