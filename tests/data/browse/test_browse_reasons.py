"""Why a finding was flagged is told in words, and nothing of the machine's own reasons is lost."""

from __future__ import annotations

import json
import re
from pathlib import Path

from visiting import Pages

from data.browse.reasons import Reason, reasons
from data.store.connection import Store


def test_features_get_a_phrase_and_keep_their_name_and_weight() -> None:
    told = reasons(["strength:strong +0.51", "root_tail_place:main -0.42", "new_one:x +0.10"], "en")
    assert told == [
        Reason("how plainly the identifier is named", "strength:strong", 0.51),
        Reason("the predicate of use", "root_tail_place:main", -0.42),
        Reason("new_one", "new_one:x", 0.1),
    ]
    assert reasons(["識別番号: 住民票コード"], "ja") == [Reason("識別番号: 住民票コード", "", None)]


def test_the_page_sets_what_spoke_for_it_beside_what_spoke_against(
    pages: Pages, library: Store
) -> None:
    why = ["strength:strong +0.51", "w:<b>_を -0.34", "time:|open -0.35"]
    with library.writing_public() as db:
        db.execute("UPDATE findings SET why = ? WHERE document_id = 'shi-1'", [json.dumps(why)])
    row = next(library.public.query("SELECT id FROM findings WHERE document_id = 'shi-1'"))
    body = pages.get(f"/-/finding/{row['id']}?lang=ja").text
    before, _, against = body.partition("弱める方向に働いた点")
    assert "番号・カードの名指し方 <code>strength:strong +0.51</code>" in before
    assert "時制・施行日との前後 <code>time:|open -0.35</code>" in against
    assert "<code>w:&lt;b&gt;_を -0.34</code>" in against


def test_nearly_every_family_of_the_classifier_has_a_phrase() -> None:
    modules = (Path(__file__).parents[3] / "classifier").glob("features*.py")
    source = "".join(module.read_text(encoding="utf-8") for module in modules)
    named = set(re.findall(r'yield (?:from \()?f"([a-z_]+):', source))
    told = reasons([f"{family}:x +0.10" for family in sorted(named)], "ja")
    assert len(named) > 30
    bare = [each.name for each in told if each.phrase == each.name.partition(":")[0]]
    assert len(bare) <= len(named) // 10, f"give these a line in reasons.yml: {bare}"
