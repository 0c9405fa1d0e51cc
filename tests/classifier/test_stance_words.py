"""Words that leave a use open, turn it down, or deny something else than the use."""

from __future__ import annotations

import pytest
from spacy.language import Language

from classifier.lexicon import load_lexicon
from classifier.read import Readable
from tests.classifier.named import names_of_pair


def names_of(nlp: Language, title: str, body: str) -> set[str]:
    """Features of all candidates of welfare and the number."""
    return names_of_pair(nlp, Readable(title, body), "welfare", "number")


OPEN = (
    "使うことを否定するものではございません。",
    "医療で使わないとここで言い切ることはできません。",
    "将来にわたり用いないとは申しません。",
    "使わないと申し上げることは差し控えたい。",
    "使わないと決めたことはございません。",
    "カードは選択肢から外しておりません。",
    "カードも選択肢の一つでございます。",
    "その可能性を排除いたしません。",
    "その芽は残したい。",
    "今後の課題としてテーブルに載せておく。",
    "検討の俎上に上っている。",
    "将来に含みを残す。",
    "教育長には腹案がある。",
    "今後の宿題とさせていただく。",
    "温めている案はある。",
    "導入する場合の有力な候補である。",
    "可能性がゼロとは申し上げません。",
    "初めから除くものはないと考えている。",
    "仮定の御質問にお答えは差し控えます。",
    "捜査で使うかはコメントを控えたい。",
    "一概にお答えすることはできません。",
)
TURNED_DOWN = (
    "番号は保有しておりません。",
    "番号を利用いたしません。",
    "カードは使っておりません。",
    "番号カードを用いる場面はありません。",
    "給付金の支給には利用することができない。",
    "国が求める考えはさらさらない。",
    "記録することは一切ない。",
    "番号は念頭にございません。",
    "その案は選択肢に入ってございません。",
    "一歩も踏み込みません。",
    "直ちに認めることはできかねます。",
    "法令に根拠がございません。",
    "検討すると申し上げた点は、取り消させていただきます。",
)
WORDS = {
    "kept_open": OPEN,
    "turned_down": TURNED_DOWN,
    "resolved": (
        "来年の夏までに始める運びである。",
        "一月から施行という段取りになっております。",
        "総理は腹を固めた。",
        "端末の経費を当初予算案に計上した。",
    ),
    "shelved": ("計画は沙汰やみとなった。", "合同照会は棚上げとなった。", "構想を白紙に戻す。"),
    "stop_denied": (
        "照会を止めることは考えておりません。",
        "断念したわけではございません。",
        "支給を停止することは考えておりません。",
        "御希望により除くことは予定しておりません。",
        "申出により外すという取扱いはしておりません。",
    ),
    "no_duty": (
        "カードを要件とはいたしません。",
        "番号を義務付けるものではございません。",
        "告知は義務ではありません。",
    ),
    "no_paper": (
        "番号で確認しますので、課税証明書は要りません。",
        "住民票の写しの添付は不要です。",
    ),
    "no_harm": ("届け出なくても不利益はございません。", "手続に変更はありません。"),
    "unready": ("改修が間に合っておりません。", "準備が間に合わないため延ばす。"),
}
ELSE = {
    "kept_open": (
        "入管は同じことはしないと断言できますか。",
        "考えを否定した。",
        "窓口でお答えします。",
    ),
    "turned_down": ("相互に参照することができないか。", "お答えできかねます。"),
    "resolved": ("機器の運びこみを終えた。", "会場の段取りに追われた。"),
    "stop_denied": ("市は見直すべきではないか。", "照会を停止した。"),
    "no_duty": ("義務付けるべきではないか。", "記載を義務付けた。"),
    "no_paper": ("証明書を提出してください。",),
}


@pytest.mark.parametrize(
    ("family", "text"), [(family, text) for family, texts in WORDS.items() for text in texts]
)
def test_a_word_is_known(family: str, text: str):
    assert load_lexicon().stages[family].search(text)


@pytest.mark.parametrize(
    ("family", "text"), [(family, text) for family, texts in ELSE.items() for text in texts]
)
def test_a_word_that_looks_like_it_is_not_taken(family: str, text: str):
    assert not load_lexicon().stages[family].search(text)


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("protest", "市民団体は撤回を求める声明を出した。"),
        ("protest", "駅前の集会で署名を集めた。"),
        ("protest", "取得の強制に反対する請願は不採択となった。"),
        ("lawsuit", "原告側は違憲だと主張した。"),
        ("voices", "番号が要るとの投書が届いた。"),
        ("voices", "使われるといううわさがある。"),
    ],
)
def test_critics_and_voices_are_surroundings(family: str, text: str):
    assert load_lexicon().contexts[family].search(text)


def test_an_electronic_signature_and_a_demand_bus_are_no_protest():
    contexts = load_lexicon().contexts
    assert not contexts["protest"].search("電子証明書で署名をして申請する。")
    assert not contexts["voices"].search("デマンド交通に乗る。")


def test_a_denial_is_told_by_what_it_denies(nlp: Language):
    own = names_of(nlp, "", "児童手当の審査に番号は使わない。")
    stop = "児童手当の審査に番号を使うのを止めることは考えておりません。"
    assert "stage_denied:own" in own
    found = names_of(nlp, "", stop)
    assert "stage_denied:aside" in found
    assert "stage_halted:own" not in found
    both = f"{stop[:-1]}が、税には使わない。"
    assert "stage_denied:both" in names_of(nlp, "", both)


def test_critics_alone_are_told_from_an_authority_that_speaks_of_them(nlp: Language):
    said = "児童手当に番号を使うことに反対する請願が届いた。"
    assert "critics_here:alone" in names_of(nlp, "", said)
    floor = f"○国務大臣（鍵屋君）　{said}"
    assert "critics_here:alone" not in names_of(nlp, "", floor)
    title = names_of(nlp, "住民が提訴", "児童手当に番号を使う。")
    assert "critics_title:alone" in title
