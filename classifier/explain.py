"""Draw one text for a person: sentences, roles, features and the verdict, in colour or in HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from rich.console import Console
from rich.table import Table
from rich.text import Text

from classifier.classify import Classifier
from classifier.read import Scan
from data.models import Finding, PendingDocument

COLOURS = {"number": "#f9c74f", "card": "#90be6d", "juki": "#f8961e", "sector": "#a0c4ff"}


@dataclass(frozen=True, slots=True)
class Explained:
    """A document with its scan and verdict; `kept` are findings, `seen` stayed below the threshold."""

    document: PendingDocument
    scan: Scan
    kept: list[Finding]
    seen: list[Finding]


def explain(classifier: Classifier, document: PendingDocument) -> Explained:
    """Read a document as the classifier does, and keep what it saw on the way."""
    return Explained(document, *classifier.judged(document))


def _roles(explained: Explained, k: int) -> list[tuple[int, int, str, str]]:
    """(start, end, role, label) of the marked stretches of sentence `k`, not overlapping."""
    read = explained.scan.read
    marks: list[tuple[int, int, str, str]] = [
        (m.start, m.end, m.identifier.value, m.strength) for m in read.mentions[k]
    ]
    marks += [
        (c.start, c.end, "sector", f"{c.sector.value}{f'/{c.system}' if c.system else ''}")
        for c in read.cues[k]
    ]
    chosen: list[tuple[int, int, str, str]] = []
    for mark in sorted(marks, key=lambda m: (m[0], m[0] - m[1])):
        if not chosen or mark[0] >= chosen[-1][1]:
            chosen.append(mark)
    return chosen


def _verdicts(explained: Explained, k: int) -> list[tuple[Finding, bool]]:
    read = explained.scan.read
    start, end = read.span(read.sentences[k])
    return [
        (finding, finding in explained.kept)
        for finding in (*explained.kept, *explained.seen)
        if finding.start < end and start < finding.end
    ]


def print_terminal(explained: Explained, console: Console) -> None:
    """Print the text with identifiers and sectors in colour, then the verdicts with their reasons."""
    console.print(Text(f"{explained.document.id}  {explained.document.publisher}", style="bold"))
    for sentence in explained.scan.read.sentences:
        line = Text(f"{sentence.index:>3} ")
        line.append(f"[{sentence.kind}] ", style="dim")
        if sentence.speaker:
            line.append(f"({sentence.speaker}) ", style="italic")
        at = 0
        for start, end, role, _ in _roles(explained, sentence.index):
            line.append(sentence.text[at:start])
            line.append(sentence.text[start:end], style=f"black on {COLOURS[role]}")
            at = end
        line.append(sentence.text[at:])
        if _verdicts(explained, sentence.index):
            line.stylize("underline")
        console.print(line)
    table = Table("verdict", "pair", "stage", "score", "actor", "evidence", "why")
    rows = [(f, True) for f in explained.kept] + [(f, False) for f in explained.seen]
    for finding, kept in rows:
        table.add_row(
            Text("finding" if kept else "also seen", style="green" if kept else "dim"),
            Text(f"{finding.sector.value}·{finding.identifier.value}"),
            Text(finding.stage.value + (" unlawful" if finding.unlawful else "")),
            Text(f"{finding.score:.2f}"),
            Text(finding.actor or ""),
            Text(finding.evidence[:80]),
            Text("\n".join(finding.why)),
        )
    console.print(table if rows else Text("no finding"))


def to_html(explained: Explained) -> str:
    """One self-contained page without scripts; every character of the text is escaped."""
    parts = [
        "<!doctype html><html lang=ja><meta charset=utf-8>",
        f"<title>{escape(explained.document.id)}</title>",
        "<style>body{font:16px/1.9 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
        "mark{padding:.1em .3em;border-radius:.3em}mark small{opacity:.7;margin-left:.3em}"
        ".evidence{border-left:4px solid #43aa8b;padding-left:.6em}"
        ".seen{border-left:4px dotted #999;padding-left:.6em}table{border-collapse:collapse}"
        "td,th{border:1px solid #ccc;padding:.3em .6em;vertical-align:top;text-align:left}</style>",
        f"<h1>{escape(explained.document.title or explained.document.id)}</h1>",
    ]
    for sentence in explained.scan.read.sentences:
        verdicts = _verdicts(explained, sentence.index)
        style = "" if not verdicts else "evidence" if any(kept for _, kept in verdicts) else "seen"
        parts.append(f'<p class="{style}">{_marked(explained, sentence.index)}</p>')
    parts.append("<table><tr><th>verdict<th>pair<th>stage<th>score<th>actor<th>why</tr>")
    for finding, kept in [(f, True) for f in explained.kept] + [(f, False) for f in explained.seen]:
        cells = (
            "finding" if kept else "also seen",
            f"{finding.sector.value}·{finding.identifier.value}",
            finding.stage.value + (" (unlawful)" if finding.unlawful else ""),
            f"{finding.score:.2f}",
            finding.actor or "",
            "; ".join(finding.why),
        )
        parts.append("<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>")
    parts.append("</table></html>")
    return "\n".join(parts)


def _marked(explained: Explained, k: int) -> str:
    text = explained.scan.read.sentences[k].text
    pieces = []
    at = 0
    for start, end, role, label in _roles(explained, k):
        pieces.append(escape(text[at:start]))
        inside = f"{escape(text[start:end])}<small>{escape(label)}</small>"
        pieces.append(f'<mark style="background:{COLOURS[role]}">{inside}</mark>')
        at = end
    pieces.append(escape(text[at:]))
    return "".join(pieces)
