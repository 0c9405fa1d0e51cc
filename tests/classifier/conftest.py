"""One pipeline for all tests of the classifier: loading it costs two seconds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from spacy.language import Language

from classifier.classify import Classifier
from data.models import PendingDocument
from data.vocabulary import SourceClass


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return Classifier()


@pytest.fixture(scope="session")
def nlp(classifier: Classifier) -> Language:
    return classifier.nlp


@pytest.fixture
def pending():
    def make(
        body: str, title: str = "", publisher: str = "", name: str = "t", day: str = "2024-05-14"
    ):
        return PendingDocument(
            id=name,
            version=1,
            title=title,
            text=body,
            source_id="test",
            publisher=publisher,
            source_class=SourceClass.NEWS,
            published_at=datetime.fromisoformat(day).replace(tzinfo=UTC),
            fetched_at=datetime(2024, 5, 14, tzinfo=UTC),
        )

    return make
