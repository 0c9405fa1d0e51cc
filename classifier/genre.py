"""The form of a text, told by its words alone; a source's kind is no feature, its form is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifier.segment import Sentence

MEETING = re.compile(r"委員会|本会議|会議録|議事録|議事要旨|定例会|臨時会|討論|質疑|答弁|審査会")
ARTICLE = re.compile(
    r"第[0-9一二三四五六七八九十百]+条|別表|附則|施行規則|に関する事務であ|この法律|この条例|この省令"
)
POLITE = re.compile(r"(?:ます|です|ません|ました|ください|ございます)[。」]?$")

DRAFT = re.compile(r"案(?!内)|要綱|骨子|理由|大綱|素案")
AMENDING = re.compile(r"改正|改める|新旧")
COURT = re.compile(r"判決|訴訟|事件|最高裁|高裁|地裁|請求")


STANDING = re.compile(
    r"(?:法律|法|政令|省令|府令|規則|条例|規程|施行令)(?:[（(].*[)）]|[ \u3000].*|（抄）)?$"
)


def law_form(title: str) -> str:
    """What a statute's text is by its title: `draft`, `amending`, `court`, `standing` law, or `about` one."""
    forms = (("draft", DRAFT), ("court", COURT), ("amending", AMENDING), ("standing", STANDING))
    return next((form for form, pattern in forms if pattern.search(title)), "about")


GENRES = ("title", "minutes", "statute", "polite", "plain")
"""What `genre` can tell."""


def genre(sentences: Sequence[Sentence]) -> str:
    """`title` (nothing else), `minutes`, `statute`, `polite` or `plain` prose."""
    if len(sentences) == 1 and sentences[0].kind == "title":
        return "title"
    if any(s.speaker for s in sentences) or MEETING.search(sentences[0].text):
        return "minutes"
    prose = [s.text for s in sentences if s.kind in ("sentence", "item")]
    if sum(bool(ARTICLE.search(text)) for text in prose) * 3 >= max(1, len(prose)):
        return "statute"
    return "polite" if sum(bool(POLITE.search(t)) for t in prose) * 2 >= len(prose) else "plain"
