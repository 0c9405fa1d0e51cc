"""Under what the data may be used: CC0 for what scopewatch made, nothing of that for words that are quoted."""

from __future__ import annotations

LICENCE = (
    "CC0-1.0 for the facts and labels that scopewatch made. Not for words quoted from others: they remain "
    "under the rights of their owners and are quoted by single sentences, titles and excerpts with their "
    "source (著作権法32条; Article 32 of the Copyright Act). Statutes: 著作権法13条. Columns: docs/data.md."
)
NOT_COVERED: dict[str, tuple[str, ...]] = {
    "documents": ("title", "excerpt"),
    "document_versions": ("title",),
    "findings": ("evidence",),
    "promises": ("quotation", "verdict_note"),
    "deadlines": ("title_ja",),
    "reviews": ("note",),
    "comments": ("text",),
    "merged_use_cases": ("note",),
}
"""The columns that hold the words of others: of publications, and of those who reviewed."""
FIELDS_NOT_COVERED = ("title", "excerpt", "evidence", "against_evidence", "quotation")
"""The same for what a page gives of one use case, where records of several tables are joined."""
