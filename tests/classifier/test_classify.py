import json
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import classify as module
from classifier.classify import read_documents
from data.vocabulary import Stage

GUIDELINE_EXAMPLES = [
    (
        "総務相は、銀行が顧客の識別に住民票コードを使っている問題で、利用をやめるよう求めた。",
        ("bank", "juki"),
    ),
    (
        "警察庁は運転免許証との一体化を24日から全国で始めた。マイナカードのICチップに免許情報を記録する。",
        ("police", "card"),
    ),
    (
        "外務省は、旅券のオンライン申請で戸籍情報を番号経由で取得する仕組みを2025年度に導入する方針を固めた。マイナンバーを使う。",
        ("passport", "number"),
    ),
    (
        "口座開設時の本人確認は、来年4月からマイナンバーカードのICチップ読み取りに一本化される。",
        ("bank", "card"),
    ),
]
NOTHING = [
    "警視庁は偽造マイナンバーカードを使って携帯電話を契約したとして男を逮捕した。",
    "ご来店の際は、運転免許証、パスポート、マイナンバーカードのいずれかをお持ちください。",
    "弁護士会は、捜査機関へのマイナンバーの提供に反対する声明を出した。",
    "",
    "銀行は金利を下げた。",
    "本文はありません。Nothing here is Japanese news. 这是中文。한국어 텍스트.",
]


@pytest.mark.parametrize(("body", "pair"), GUIDELINE_EXAMPLES)
def test_examples_of_the_guidelines(classifier, pending, body, pair):
    reading = classifier.read(pending(body))
    assert pair in {(f.sector.value, f.identifier.value) for f in reading.findings}


@pytest.mark.parametrize("body", NOTHING)
def test_what_is_not_a_finding(classifier, pending, body):
    assert classifier.read(pending(body)).findings == ()


def test_evidence_is_verbatim_where_it_says(classifier, pending):
    document = pending(
        "前置きの文です。警察庁は運転免許証と\nﾏｲﾅﾝﾊﾞｰｶｰﾄﾞの一体化を２４日から全国で始めた。以上。",
        "免許証の題",
    )
    reading = classifier.read(document)
    whole = f"{document.title}\n{document.text}"
    assert reading.findings
    for finding in (*reading.findings, *reading.also_seen):
        assert whole[finding.start : finding.end] == finding.evidence
        assert 0 <= finding.score <= 1
        assert finding.why


def test_one_finding_per_pair(classifier, pending):
    body = "銀行は口座開設でマイナンバーカードを読み取る。銀行は口座開設でマイナンバーカードを読み取っている。"
    findings = classifier.read(pending(body * 3)).findings
    assert len({(f.sector, f.identifier) for f in findings}) == len(findings)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("", "図書館の貸出に個人番号を用いる。"),
        ("図書館個人番号連携システム構築業務", "図書館の貸出に個人番号を用いる。"),
        ("", "警察が捜査に住基ネットを使う。"),
    ],
)
def test_nothing_is_denied_where_no_word_denies(classifier, pending, title, body):
    reading = classifier.read(pending(body, title))
    found = (*reading.findings, *reading.also_seen)
    assert found
    assert Stage.DENIED not in {finding.stage for finding in found}


def test_a_headline_that_confuses_number_and_card(classifier, pending):
    body = "市は1日、市民病院の受付でマイナンバーカードを診察券として使えるようにした。"
    (finding, *_) = classifier.read(pending(body, "マイナンバーで診察 市民病院")).findings
    assert finding.identifier.value == "card"
    assert finding.conflated_headline


def test_a_lone_surrogate_is_one_clear_error(classifier, pending):
    reading = classifier.read(pending("マイナンバー\ud83d"))
    assert reading.error is not None
    assert "U+D83D" in reading.error


@pytest.mark.parametrize(
    "body",
    [
        "あ" * 5_000_000,
        "マイナンバー" * 10_000,
        "銀行は口座にマイナンバーを付ける。" * 6_000,
        "マイナンバー" + "（" * 50_000,
        "個人番号" + "\x00\x01\x07" * 1000,
        "マイナンバー🎌" * 500,
        "・マイナンバー\n" * 5_000,
        "銀行" * 30_000 + "マイナンバー",
        "マイナンバーと銀行と旅券と税の" * 10_000,
        "１２３４５６７８９０マイナンバー" * 9_000,
    ],
)
def test_wild_texts_take_less_than_five_seconds(classifier, pending, body):
    started = time.process_time()
    reading = classifier.read(pending(body))
    assert reading.error is None
    assert time.process_time() - started < 5


def test_a_title_that_is_no_title_is_read_as_text(classifier, pending):
    reading = classifier.read(pending("", "銀行は口座にマイナンバーを付けている。" * 6_000))
    assert (reading.error, reading.truncated) == (None, True)
    (finding,) = reading.findings
    assert (finding.sector, finding.identifier) == ("bank", "number")


PEAK = """
import re, sys
from pathlib import Path
from classifier.commands import classify
try:
    classify(["-"])
finally:
    peak = re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())
    sys.stderr.write(str(int(peak[1]) // 1000))
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="/proc tells it on Linux only; ru_maxrss would be the parent's"
)
def test_a_text_without_a_full_stop_stays_within_memory():
    line = json.dumps({"id": "1", "title": "", "body": "マイナンバーと銀行と旅券と税の" * 10_000})
    run = subprocess.run(
        [sys.executable, "-c", PEAK], input=line, capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout)["id"] == "1"
    assert int(run.stderr.splitlines()[-1]) < 1200


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=120), st.text(max_size=30))
def test_any_text_gives_a_reading(classifier, pending, noise, title):
    reading = classifier.read(pending(f"{noise}マイナンバーで銀行{noise}", title))
    assert reading.document_id == "t"


def test_documents_come_back_in_order_also_from_child_processes(pending, monkeypatch):
    worker = module.settings()["worker"]
    monkeypatch.setitem(worker, "recycle", 2)
    bodies = ["銀行はマイナンバーを口座に付けている。", "関係のない文。", "マイナンバー\udc00"] * 3
    documents = [pending(body, name=str(n)) for n, body in enumerate(bodies)]
    readings = list(read_documents(documents))
    assert [r.document_id for r in readings] == [str(n) for n in range(9)]
    assert [r.gated for r in readings] == [False, True, False] * 3
    assert [r.error is not None for r in readings] == [False, False, True] * 3


def test_the_sentence_below_a_headline_that_says_the_same_is_the_evidence(classifier, pending):
    body = (
        "湖北銀行は12日、口座の開設を申し込む人の本人確認に、来年4月からマイナンバーカードの電子証明書を使うと発表した。"
        "店の窓口では、これまでどおり通帳と印鑑で手続きができる。"
    )
    title = "湖北銀行、口座開設の本人確認にマイナンバーカードを使用へ"
    (finding, *_) = classifier.read(pending(body, title)).findings
    assert finding.evidence.startswith("湖北銀行は12日")


@pytest.mark.parametrize(
    ("title", "sector"),
    [
        ("鉄道3社、学割定期の在学確認にマイナンバーカード　来春から", "other"),
        ("税務署の窓口、納付の相談に個人番号の記入求めず", "tax"),
        ("国民年金の現況届、住基ネットで不要に　今月から", "welfare"),
        ("カジノの入場にマイナンバーカード必須　管理委が規則決定", "other"),
    ],
)
def test_a_headline_alone_is_read(classifier, pending, title, sector):
    findings = classifier.read(pending("", title)).findings
    assert [finding.sector.value for finding in findings] == [sector]
