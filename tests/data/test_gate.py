import pytest

from classifier.gold import read_all, training_files
from data.gate import PHRASES, opens


@pytest.mark.parametrize(
    "text",
    [
        "マイナンバーの利用",
        "ﾏｲﾅﾝﾊﾞｰの利用",
        "住基ネットに接続",
        "公金受取口座の登録",
        "準法定事務の追加",
        "特定個人情報保護評価",
        "口座管理法が施行",
        "JPKIを採用",
        "ＪＰＫＩを採用",
        "マイナ保険証で受診",
        "公的個人認証サービス",
        "電子証明書のシリアル番号",
        "住民票\nコードを記載",
        "個人\n　番号を記入",
    ],
)
def test_opens_on_identifiers(text):
    assert opens("長い前置き。" * 50 + text + "。")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "マイナーチェンジ",
        "マイナス金利",
        "マイナビ転職",
        "番号札を取る",
        "電話番号",
        "牛の個体識別番号",
        "English text",
    ],
)
def test_stays_shut_on_look_alikes(text):
    assert not opens(text)


def test_every_phrase_opens():
    assert all(opens(f"前{phrase}後") for phrase in PHRASES)


def test_no_labelled_finding_is_dropped():
    shut = [
        t.id for t in read_all(training_files()) if t.labels and not opens(f"{t.title}\n{t.body}")
    ]
    # Such texts are a few in a thousand: a table or a speech that says only "the card" or "the number".
    assert len(shut) <= 0.005 * sum(1 for t in read_all(training_files()) if t.labels), shut
