import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.endings import assertion, bare


@pytest.mark.parametrize(
    ("plain", "polite", "kind"),
    [
        ("照会に使っている。", "照会に使っているところでございます。", "running"),
        ("検討を進めている。", "検討を進めておるところであります。", "studying"),
        ("使うことは考えていない。", "使うことは考えておりませんと答弁した。", "not_thinking"),
        ("活用が重要だ。", "活用することは極めて重要なことでございます。", "ought"),
        ("負担の軽減に努めてきた。", "負担の軽減に努めてきたところでございます。", "come_to"),
        ("普及に努めていく。", "引き続き普及に努めてまいりたいと存じます。", "going_on"),
        ("利用することができる。", "利用することができるものでございます。", "law_can"),
        ("使うべきだ。", "使うべきではないでしょうか。", "ought"),
        ("利用が始まった。", "利用が始まったと承知しております。", "done"),
        ("見解を伺いたい。", "御見解をお聞かせいただきたいというふうに思います。", "hear"),
        ("四月に始める方針。", "四月に始める方針であります。", "planned"),
    ],
)
def test_the_official_shell_changes_nothing(plain, polite, kind):
    assert (assertion(plain), assertion(polite)) == (kind, kind)


def test_a_heading_ends_as_a_noun():
    assert assertion("マイナンバーの利用範囲") == "noun"


@given(st.text(max_size=200))
def test_any_text_ends_as_something(text):
    assert text[-90:].startswith(bare(text))
    assert assertion(text)
