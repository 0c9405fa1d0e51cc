import time

from hypothesis import given
from hypothesis import strategies as st

from data.fingerprint import hamming, nfkc, sha256_text, simhash64

WIRE = (
    "見本庁は十五日、架空のマイナンバーカードを使った本人確認を、見本銀行など三行の口座開設で始めると発表した。"
    "利用者は窓口に行かずに口座を開けるようになる。見本庁の担当者は「本人の同意を前提にする」と説明している。"
    "一方、弁護士らでつくる団体は、利用の範囲が法律に書かれていないとして、国会での説明を求めている。"
    "来年四月には対象を証券会社にも広げる計画で、必要な政令の改正案について意見を募る。"
)


def test_wire_copies_are_near_and_other_texts_far() -> None:
    copy = WIRE.replace("発表した", "明らかにした") + "（共同）"
    other = (
        "架空市は二十日、市立図書館の貸出冊数が昨年度の一・五倍になったと発表した。新しい分館ができたことに加え、"
        "電子書籍の貸出を始めたことが理由とみられる。市長は「子どもの読書を支えたい」と話した。"
        "来年度は移動図書館を二台に増やし、山間部の学校にも本を届ける予定だという。"
    )
    assert hamming(simhash64(WIRE), simhash64(copy)) <= 10
    assert hamming(simhash64(WIRE), simhash64(other)) >= 18


def test_width_and_white_space_do_not_matter() -> None:
    assert simhash64(WIRE) == simhash64(WIRE.replace("。", "。\n　"))
    assert simhash64("ＰＩＡ１２３" * 9) == simhash64("PIA123" * 9)


def test_short_texts_have_their_own_hash() -> None:
    values = {simhash64(text) for text in ("", "旅券", "旅券の", "銀行口座")}
    assert len(values) == 4


def test_value_is_pinned_because_stored_values_are_compared() -> None:
    assert simhash64("見本銀行はマイナンバーカードで本人確認をはじめる。") == 3596237347971998559


def test_a_megabyte_is_quick() -> None:
    started = time.perf_counter()
    simhash64("架空の本文です。" * 130_000)
    assert time.perf_counter() - started < 5


@given(st.text(), st.text())
def test_any_text_has_a_64_bit_value(one: str, other: str) -> None:
    assert 0 <= simhash64(one) < 1 << 64
    assert (
        hamming(simhash64(one), simhash64(other)) == hamming(simhash64(other), simhash64(one)) <= 64
    )
    assert simhash64(one) == simhash64(nfkc(one))
    assert len(sha256_text(one)) == 64


def test_lone_surrogates_do_not_raise() -> None:
    assert simhash64("\ud800" * 40) >= 0
    assert sha256_text("\ud800")
