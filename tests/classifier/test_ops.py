import numpy as np
import spacy

from classifier.ops import MatmulOps
from classifier.pipeline import settings

SENTENCES = [
    "総務相は、銀行が顧客の識別に住民票コードを使っている問題で、利用をやめるよう求めた。",
    "警察庁は運転免許証との一体化を24日から全国で始めた。",
    "旅券の申請では、マイナンバーカードの署名用電子証明書で本人を確認します。",
    "預貯金口座への番号の付与は行わないことといたしております。",
]


def test_parses_are_identical_with_the_fast_product(nlp):
    plain = spacy.load(settings()["base"]["model"], exclude=["ner"])
    for ours, theirs in zip(nlp.pipe(SENTENCES), plain.pipe(SENTENCES), strict=True):
        assert [(t.text, t.dep_, t.head.i, t.tag_) for t in ours] == [
            (t.text, t.dep_, t.head.i, t.tag_) for t in theirs
        ]


def test_gemm_with_transposes_and_out():
    ops = MatmulOps()
    rng = np.random.default_rng(0)
    a, b = rng.random((4, 3), dtype=np.float32), rng.random((4, 5), dtype=np.float32)
    out = np.zeros((3, 5), dtype=np.float32)
    assert ops.gemm(a, b, out=out, trans1=True) is out
    assert np.allclose(out, a.T @ b)
    assert np.allclose(ops.gemm(a, b.T.copy().T, trans1=True), a.T @ b)
    assert np.allclose(ops.gemm(a.T, b.T.copy(), trans2=True), a.T @ b)
