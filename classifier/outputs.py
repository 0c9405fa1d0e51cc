"""Readings as JSON lines, in the shape that `scopewatch classify` promises."""

from __future__ import annotations

import json
from typing import Any

from data.models import Finding, Reading


def reading_json(reading: Reading) -> dict[str, Any]:
    """{id, flagged, findings[, also_seen][, truncated]} or {id, error}."""
    if reading.error is not None:
        return {"id": reading.document_id, "error": reading.error}
    row: dict[str, Any] = {
        "id": reading.document_id,
        "flagged": bool(reading.findings),
        "findings": [finding_json(finding) for finding in reading.findings],
    }
    if reading.also_seen:
        row["also_seen"] = [finding_json(finding) for finding in reading.also_seen]
    if reading.truncated:
        row["truncated"] = True
    return row


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding; `start` and `end` are offsets in title + newline + body."""
    return {
        "sector": finding.sector.value,
        "domain": finding.domain,
        "system": finding.system,
        "identifier": finding.identifier.value,
        "stage": finding.stage.value,
        "unlawful": finding.unlawful,
        "actor": finding.actor,
        "evidence": finding.evidence,
        "start": finding.start,
        "end": finding.end,
        "score": finding.score,
        "why": list(finding.why),
        "conflated_headline": finding.conflated_headline,
    }


def json_line(row: dict[str, Any]) -> str:
    """One line of JSON; escaped to ASCII only where a lone surrogate could not be written."""
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(row, ensure_ascii=True)
    return line
