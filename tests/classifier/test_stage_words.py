"""Words of an end and of a denial: which family each belongs to, and what only looks like one."""

from __future__ import annotations

import pytest

from classifier.lexicon import load_lexicon


def families(text: str) -> set[str]:
    found = {name for name, pattern in load_lexicon().stages.items() if pattern.search(text)}
    return {n for n in found if n.startswith(("halted.", "denied.", "other_end"))}


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("窓口の読取機を片付けた。", "halted.clear"),
        ("端末を店から引き揚げ、箱に入れた。", "halted.clear"),
        ("申込書はシュレッダーにかけた。", "halted.clear"),
        ("入口の読取機は電源を落とした。", "halted.clear"),
        ("名簿から番号を消去しました。", "halted.clear"),
        ("届け書の様式から番号の項目を外しました。", "halted.clear"),
        ("貸出は今月限りとする。", "halted.last"),
        ("3月31日をもって受付をやめる。", "halted.last"),
        ("3月受付分までとします。", "halted.last"),
        ("先月分の予約が最後になりました。", "halted.last"),
        ("読み取り機は先週、業者さんに返しました。", "halted.clear"),
        ("端末はすべて倉庫に移した。", "halted.clear"),
        ("試みは三月いっぱいで畳みました。", "halted.stop"),
        ("実験は三回で打切りになりました。", "halted.stop"),
        ("その部分は別表から落として提出した。", "halted.drop"),
        ("この手順は今年の要項から消えた。", "halted.drop"),
        ("次年度は継続しない。", "halted.drop"),
        ("来年度の予算に計上していない。", "halted.drop"),
        ("業者との契約を更新せず、戻す。", "halted.drop"),
        ("条例案を取下げた。", "halted.drop"),
        ("再開の時期は定めていない。", "halted.undated"),
        ("再開の見通しは立っていない。", "halted.undated"),
        ("当分の間、照会を行わない。", "halted.undated"),
        ("当分の間、通知書に番号を記載しないこととした。", "halted.undated"),
        ("実施要綱を廃止する要綱", "halted.repeal"),
        ("12月で貸出をやめました。", "halted.stop"),
        ("窓口を閉じました。", "halted.stop"),
        ("会員の管理は整理番号に切り替えた。", "halted.stop"),
        ("控えは廃棄しました。", "halted.clear"),
        ("名簿の番号をすべて消した。", "halted.clear"),
        ("この事業は予算に盛り込まなかった。", "halted.drop"),
        ("以前の紙の受付へ復した。", "halted.stop"),
        ("読み取った番号を書き込まないでください。", "denied.forbid"),
        ("番号は使用しないものとする。", "denied.forbid"),
        ("当館では番号は使用していません。", "denied.refuse"),
        ("今のところ導入は予定していない。", "denied.refuse"),
        ("スマートフォンの読み取りには対応しておりません。", "denied.refuse"),
        ("申込書に番号の欄はありません。", "denied.refuse"),
        ("番号を求めることもございません。", "denied.refuse"),
        ("要件とはしておりません。", "denied.refuse"),
        ("照会は行っていない。", "denied.refuse"),
        ("広げることは予定しておりません。", "denied.refuse"),
        ("そのような計画は持っておりません。", "denied.refuse"),
        ("検討も行っておりません。", "denied.refuse"),
        ("県は「番号は使わない」と説明した。", "denied.refuse"),
        ("名簿から番号を消すよう指導した。", "denied.order"),
        ("写しを取らせないように、県は店に申し入れた。", "denied.order"),
        ("県は事業者を指導した。", "denied.order"),
        ("公安委員会は手を挙げておりません。", "denied.refuse"),
        ("台帳には照会の機能を持たせない。", "denied.refuse"),
        ("番号で引く、これはやらないと申し上げます。", "denied.refuse"),
        ("そうした画面は存在いたしません。", "denied.refuse"),
        ("窓口では受け付けができません。", "denied.refuse"),
        ("保険証は来年秋に廃止する。", "other_end"),
        ("システムの改修を終え、来月から始める。", "other_end"),
        ("説明会は中止します。", "other_end"),
        ("止めていた照会を再開した。", "other_end"),
        ("住民票の写しの添付を廃止し、番号で確かめる。", "other_end"),
        ("年金の現況届は廃止する。", "other_end"),
    ],
)
def test_a_word_belongs_to_its_family(text: str, family: str):
    assert family in families(text)


@pytest.mark.parametrize(
    "text",
    [
        "導入を断念したわけではない。",
        "照会を停止する考えはない。",
        "この計画は撤回したものではございません。",
        "届けのない人には支給を停止します。",
        "改修を終え、来月から照会する。",
        "停止しておりました交付を始めました。",
        "照会を止める考えはない。",
        "職員は手を止めた。",
        "折り畳んだ紙を出した。",
        "カードは机から落とした。",
    ],
)
def test_what_looks_like_a_stop_of_the_use_is_none(text: str):
    assert not {name for name in families(text) if name.startswith("halted.")}


@pytest.mark.parametrize(
    "text",
    [
        "将来の利用は否定しません。",
        "命令の規定による。",
        "生活の指導の記録",
        "結果を通知した。",
        "一概にお答えすることはできません。",
        "個別の事案についてコメントはできません。",
    ],
)
def test_what_denies_nothing(text: str):
    assert not {name for name in families(text) if name.startswith("denied.")}


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("来春、図書館でも使えるようになる。", "planned.become"),
        ("カードで借りられるようにします。", "planned.become"),
        ("貸出を可能とする。", "planned.become"),
        ("四月に図書館が加わります。", "planned.become"),
        ("秋に貸出が始まる。", "planned.future"),
        ("一つの番号でつなぐべきだ。", "considered.propose"),
        ("選択肢の一つである。", "considered.propose"),
        ("資料の乙案による。", "considered.propose"),
        ("番号で済むようにしてほしい。", "considered.wish"),
        ("是非お進めください。", "considered.wish"),
        ("番号を使ってはどうか。", "considered.wish"),
    ],
)
def test_what_will_be_and_what_is_wished(text: str, family: str):
    assert load_lexicon().stages[family].search(text)


def test_what_became_so_is_not_to_come():
    assert not load_lexicon().stages["planned.become"].search("図書館で使えるようになった。")
