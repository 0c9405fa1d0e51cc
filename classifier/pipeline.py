"""Load ja_ginza without the pipes nobody reads, with numpy's matrix product and our components."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from thinc.api import Config

from classifier.components import (
    actor,
    contexts,
    identifiers,
    labels,
    papers,
    predicates,
    quotation,
    stage,
    systems,
)
from classifier.ops import use_matmul
from classifier.tok2vec import lighten

CONFIG = Path(__file__).with_name("pipeline.cfg")
COMPONENTS = (labels, identifiers, systems, predicates, stage, quotation, papers, contexts, actor)
"""Imported for their factories; pipeline.cfg gives the order."""


@cache
def settings() -> dict[str, Any]:
    """The blocks of pipeline.cfg."""
    return dict(Config().from_disk(CONFIG))


def load_pipeline() -> Language:
    """A fresh pipeline (1.5 to 3 seconds); never share one between threads (spaCy#10649)."""
    config = settings()
    nlp = spacy.load(config["base"]["model"], exclude=config["base"]["exclude"])
    tokenizer: Any = nlp.tokenizer
    tokenizer.need_subtokens = False  # they are for the compound_splitter, which is not loaded
    for name in config["order"]["components"]:
        nlp.add_pipe(name, config=config["components"][name])
    use_matmul(nlp)
    lighten(nlp)
    return nlp
