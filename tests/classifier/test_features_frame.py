"""Sentences and pages that assert no use: a law's furniture, a critic's word, upkeep, what is not recorded."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from classifier.lexicon import load_lexicon
from classifier.read import Readable
from tests.classifier.named import names_of_pair


def names(
    nlp: Language, title: str, body: str, pair: tuple[str, str], publisher: str = ""
) -> set[str]:
    """Features of all candidates of one pair."""
    return names_of_pair(nlp, Readable(title, body, publisher), *pair)


BANK, WELFARE = ("bank", "number"), ("welfare", "number")
LAW = "預貯金者の意思に基づく個人番号の利用による預貯金口座の管理等に関する法律"


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("第五条 違反した者は、三十万円以下の過料に処する。", "sanction"),
        ("機構は、その経理を区分経理しなければならない。", "sanction"),
        ("第八条(報告及び検査)", "sanction"),
        ("この法律において預貯金者とは、口座の名義人をいう。", "framing"),
        ("目次 第一章 総則", "framing"),
        ("総務課の所掌事務は次のとおりとする。", "framing"),
        ("漏れた名簿に番号は記載されておりません。", "absent"),
        ("これらを結ぶ共通の番号がなく、手で照らした。", "absent"),
        ("記号の後に三けたの番号と枝番を印字する。", "other_number"),
        ("対応機種の表を差し替えました", "housekeeping"),
        ("保有者数の推移(CSV)", "housekeeping"),
    ],
)
def test_a_family_of_contexts_knows_its_words(text: str, family: str):
    assert load_lexicon().contexts[family].search(text)


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("電話番号の変更がカードでできます", "housekeeping"),
        ("カードが使える店のチラシ", "housekeeping"),
        ("旅券の事務は別表に記載されておらず、利用できない。", "absent"),
        ("12桁の番号を記入する。", "other_number"),
    ],
)
def test_a_family_yields_where_a_use_is_said(text: str, family: str):
    assert not load_lexicon().contexts[family].search(text)


def test_a_laws_name_alone_is_told_from_an_identifier_that_is_named(nlp: Language):
    penalty = f"第五条 {LAW}に違反した者は、過料に処する。"
    assert "frame:sanction+law" in names(nlp, "別表", penalty, BANK)
    used = "第三条 機構は、個人番号により預貯金口座を調べる。"
    assert "named:outright" in names(nlp, "別表", used, BANK)
    assert "named:law" not in names(nlp, "別表", used, BANK)


@pytest.mark.parametrize(
    ("change", "feature"),
    [
        ("「氏名」を「氏名、個人番号」", "amends:in"),
        ("「氏名、個人番号」を「氏名」", "amends:out"),
        ("「個人番号」を「個人番号等」", "amends:kept"),
        ("「児童手当」を「児童手当等」", "amends:else"),
    ],
)
def test_an_amendment_is_read_by_the_words_it_puts_in(nlp: Language, change: str, feature: str):
    body = f"個人番号の利用に関する条例。\n児童手当の事務の項中{change}に改める。"
    assert feature in names(nlp, "条例の一部改正", body, WELFARE)


def test_critics_are_no_authorities(nlp: Language):
    body = "個人番号を預貯金口座に付けるべきではない。"
    found = names(nlp, "意見書", body, BANK, "港南県弁護士会")
    assert {"critic:publisher", "critic:publisher+demand"} <= found
    found = names(nlp, "答申", body, BANK, "港南県")
    assert not any(name.startswith("critic:") for name in found)


def test_a_page_that_is_kept_up_is_told_by_its_title_and_its_length(nlp: Language):
    title = "マイナンバーカードの保有者数の推移を更新しました"
    assert "keeping:short" in names(nlp, title, "", ("other", "card"))
    long = "住民票の交付。\nカードで住民票を交付する。\nカードは市で配る。"
    assert "keeping:long" in names(nlp, title, long, ("other", "card"))


def test_what_a_leak_did_not_hold_is_told_from_other_absences(nlp: Language):
    leak = "銀行の名簿が流出し、お詫びします。\n個人番号は銀行の名簿に含まれておりません。"
    assert "frame:absent+leak" in names(nlp, "", leak, BANK)
    assert "frame:absent+plain" in names(
        nlp, "", "個人番号は、銀行の名簿に記載されていません。", BANK
    )


def test_an_insurers_benefit_is_told_from_the_states(nlp: Language):
    body = "給付金の請求にマイナンバーを書いていただきます。"
    found = names(nlp, "ご請求の手続き", body, WELFARE, "つゆくさ生命保険株式会社")
    assert "insurer:publisher+welfare" in found
    assert not any(
        name.startswith("insurer:")
        for name in names(nlp, "ご請求の手続き", body, WELFARE, "青葉市福祉課")
    )


def test_a_card_that_is_issued_is_told_from_one_that_is_used(nlp: Language):
    prison = ("police", "card")
    found = names(
        nlp, "", "刑事施設に収容されている者のマイナンバーカード取得手続に協力する。", prison
    )
    assert "issued:all+card" in found
    both = "マイナンバーカードの取得はお早めに、旅券の申請はカードでお願いします。"
    assert "issued:some+card" in names(nlp, "", both, ("passport", "card"))
    found = names(nlp, "", "刑事施設への面会は、マイナンバーカードで申請する。", prison)
    assert not any(name.startswith("issued:") for name in found)


def test_an_opinion_piece_is_known_by_its_title(nlp: Language):
    wish = "すべての預金口座に個人番号を義務として付ける。"
    assert {"opinion", "opinion:will"} <= names(nlp, "社説　口座と番号", wish, BANK)
    assert "opinion" not in names(nlp, "口座への付番、閣議決定", wish, BANK)


@pytest.mark.parametrize(
    ("body", "day", "kind"),
    [
        ("健保組合は受診票の個人番号の抜けを直した。", date(2010, 5, 1), {"own_number:early"}),
        ("健保組合は番号法案の個人番号を使う。", date(2012, 5, 1), set()),
        ("健保組合は届け出に個人番号を使う。", date(2016, 5, 1), set()),
        ("健保組合は7桁の個人番号を受診票に刷る。", date(2016, 5, 1), {"own_number:digits"}),
    ],
)
def test_a_bodys_own_number_is_told_from_the_laws(
    nlp: Language, body: str, day: date, kind: set[str]
):
    found = names_of_pair(nlp, Readable("", body, "", day), "health", "number")
    assert {name for name in found if name.startswith("own_number:")} == kind


POLICE = ("police", "number")


def test_a_name_of_a_board_or_a_subsidy_is_told(nlp: Language):
    body = "免許証の件は、マイナンバーの将来に関する研究会で決まる。\n免許証の改修を急ぐ。"
    found = names(nlp, "会見", body, POLICE)
    assert "named:body" in found
    assert "named:outright" not in found
    assert "named_from:body+before/here" in found
    plain = names(nlp, "会見", "免許証にマイナンバーを使う。\n免許証の改修を急ぐ。", POLICE)
    assert {"named:outright", "named_from:outright"} <= plain
    assert "named:body" not in plain
