import numpy as np
import pytest
import spacy
from spacy.tokens import Doc

from classifier.pipeline import settings
from classifier.tok2vec import BLOCK, Encoder, lighten

SENTENCE = (
    "警察庁は運転免許証との一体化を24日から全国で始め、カードのICチップに免許の情報を記録する。"
)


@pytest.fixture(scope="module")
def plain():
    return spacy.load(settings()["base"]["model"], exclude=settings()["base"]["exclude"])


def like_spacy(plain, docs):
    model = plain.get_pipe("tok2vec").model
    ours, theirs = Encoder(model)(docs), model.predict(docs)
    assert [one.shape for one in ours] == [one.shape for one in theirs]
    return all(np.allclose(a, b, atol=1e-5) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("length", range(1, 20))
def test_a_short_sentence_hears_the_silence_around_it(plain, length):
    assert like_spacy(plain, [plain.make_doc(SENTENCE)[:length].as_doc()])


def test_neighbours_of_any_length_do_not_hear_each_other(plain):
    whole = plain.make_doc(SENTENCE)
    docs = [whole[: 1 + n % len(whole)].as_doc() for n in range(0, 60, 7)]
    assert like_spacy(plain, docs)
    assert like_spacy(plain, docs[::-1])


def test_documents_without_tokens_stand_between_others(plain):
    empty, whole = Doc(plain.vocab, words=[]), plain.make_doc(SENTENCE)
    assert like_spacy(plain, [empty, whole, empty, empty, whole[:3].as_doc(), empty])


def test_more_rows_than_one_block(plain):
    docs = [plain.make_doc(SENTENCE)] * (2 * BLOCK // len(plain.make_doc(SENTENCE)) + 1)
    assert like_spacy(plain, docs)


def test_spaces_and_rare_signs_are_words_too(plain):
    assert like_spacy(plain, [plain.make_doc("  番号　は\n𠮷野屋 👪 ﾏｲﾅﾝﾊﾞｰ \t")])


def test_only_empty_documents_are_no_error(nlp):
    assert [len(doc) for doc in nlp.pipe(["", ""])] == [0, 0]


def test_it_says_that_it_cannot_be_trained():
    own = spacy.load(settings()["base"]["model"], exclude=settings()["base"]["exclude"])
    lighten(own)
    _, learn = own.get_pipe("tok2vec").model.begin_update([own.make_doc(SENTENCE)])
    with pytest.raises(NotImplementedError, match=r"spacy\.load"):
        learn(None)
