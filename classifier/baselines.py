"""Two simple rivals on the same texts: a keyword alert, and TF-IDF with logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.gold import GoldText
from classifier.lexicon import load_lexicon
from classifier.measures import Score
from classifier.normalise import normalise
from data.vocabulary import Identifier, Sector

FOLDS = 5


def keyword_pairs(text: GoldText) -> set[tuple[Sector, Identifier]]:
    """What a keyword alert says: an identifier word and a sector word anywhere in one text."""
    lexicon = load_lexicon()
    whole = normalise(f"{text.title}\n{text.body}").text
    identifiers = {m.identifier for m in lexicon.mentions(whole) if m.strength == "strong"}
    sectors = {cue.sector for cue in lexicon.cues(whole) if cue.sector != Sector.OTHER}
    return {(sector, identifier) for sector in sectors for identifier in identifiers}


def keyword_scores(texts: Sequence[GoldText]) -> tuple[Score, Score]:
    """(flag, finding) scores of the keyword alert."""
    flags = [0, 0, 0]
    pairs = [0, 0, 0]
    for text in texts:
        said = keyword_pairs(text)
        gold = {(label.sector, label.identifier) for label in text.labels}
        _count(flags, bool(gold), bool(said))
        pairs = [
            pairs[0] + len(gold & said),
            pairs[1] + len(said - gold),
            pairs[2] + len(gold - said),
        ]
    return Score(*flags), Score(*pairs)


def tfidf_score(texts: Sequence[GoldText]) -> Score:
    """Flag score of character 2-4-grams, TF-IDF and logistic regression, cross-validated.

    Folds are author batches where the texts have several, else five folds of the texts in order.
    """
    batches = [text.batch for text in texts]
    if len(set(batches)) < 2:
        batches = [str(number % FOLDS) for number in range(len(texts))]
    answers = np.array([bool(text.labels) for text in texts])
    contents = [f"{text.title}\n{text.body}" for text in texts]
    flags = [0, 0, 0]
    for batch in sorted(set(batches)):
        inside = [i for i, own in enumerate(batches) if own == batch]
        outside = [i for i, own in enumerate(batches) if own != batch]
        if len(set(answers[outside])) < 2:
            continue
        vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), min_df=2, sublinear_tf=True)
        model = LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced")
        model.fit(vectors.fit_transform([contents[i] for i in outside]), answers[outside])
        said = model.predict(vectors.transform([contents[i] for i in inside]))
        for i, guess in zip(inside, said, strict=True):
            _count(flags, bool(answers[i]), bool(guess))
    return Score(*flags)


def _count(tally: list[int], truth: bool, guess: bool) -> None:
    tally[0] += truth and guess
    tally[1] += guess and not truth
    tally[2] += truth and not guess
