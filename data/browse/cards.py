"""The pieces that stand many times on a page: an event, a quotation, a rung, the link to an original.

In Python, because a template takes three times as long for twenty of them. Everything stored is escaped here.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from data.browse import links, words
from data.browse.rows import Row
from data.names import Language


def _text(stored: object) -> str:
    return "" if stored is None else escape(str(stored))


def _html(*pieces: str) -> Markup:
    return Markup("".join(pieces))  # noqa: S704  # of our own words and what _text has escaped


@dataclass(frozen=True, slots=True)
class Cards:
    """The pieces in a reader's language; links keep the one that the address names."""

    language: Language
    chosen: Language | None

    def dated(self, stored: str | None) -> Markup:
        """The day of a stored time."""
        day = _text(words.day(stored))
        return _html(f'<time datetime="{day}">{day}</time>')

    def stage(self, word: str | None, standing: str | None = "") -> Markup:
        """A rung of the ladder, and who says so where that is given."""
        label = _text(words.label("stage", word, self.language))
        says = f" {self._soft(words.label('standing', standing, self.language))}"
        return _html(
            f'<span class="stage stage-{_text(word)}">{label}</span>', says if standing else ""
        )

    def kind(self, word: str | None) -> Markup:
        """What an event is."""
        label = _text(words.label("event", word, self.language))
        return _html(f'<span class="kind kind-{_text(word)}">{label}</span>')

    def original(self, url: str | None, sentence: str | None = "") -> Markup:
        """The link to an original, to the sentence in it where one is given; words where it is not safe."""
        safe = links.sentence_in(url, sentence) if sentence else links.original(url)
        if not safe:
            return _html(self._soft(self._say("no_link")))
        said = f"{_text(self._say('original'))}: {_text(links.host(url))}"
        return _html(
            f'<a class="out" href="{_text(safe)}" rel="noreferrer noopener external">{said}</a>'
        )

    def quotation(
        self,
        text: str,
        who: str | None,
        when: str | None,
        publisher: str | None,
        finding_id: str | None,
        url: str | None,
        title: str | None = "",
    ) -> Markup:
        """A sentence with who said it, when and where, and the ways to it."""
        proof = (
            f"{self._link('finding', finding_id, self._say('evidence'))} · " if finding_id else ""
        )
        return _html(
            f'<figure class="quotation"><blockquote lang="ja"><p>{_text(text)}</p></blockquote>\n<figcaption>',
            f'<b lang="ja">{_text(who)}</b>, ' if who else "",
            f"{self.dated(when)} · {_text(publisher)}",
            f' · <span lang="ja">{_text(title)}</span>' if title else "",
            f"<br>\n{proof}{self.original(url, text)}</figcaption></figure>\n",
        )

    def event(self, event: Row, with_use: bool = True) -> Markup:
        """One rung of a timeline; a reversal has what was said before beside it."""
        return _html(
            f'<article class="card event-{_text(event["kind"])}">\n',
            f"<h3>{self.dated(event['at'])} {self.kind(event['kind'])}",
            f" {self._use(event)}" if with_use else "",
            f"</h3>\n<p>{self._step(event)}</p>\n",
            self._both(event)
            if event["against_finding_id"]
            else self._sentence(event, event["title"]),
            "</article>\n",
        )

    def _step(self, event: Row) -> str:
        before, after = event["stage_before"], event["stage_after"]
        step = self.stage(after, event["standing"])
        if before and before != after:
            step = _html(f'{self.stage(before)} <span aria-hidden="true">→</span> ', step)
        elif before == after and event["kind"] in {"denial", "halt"}:
            step = _html(f"{self._soft(self._say('stage_stays'))} ", step)
        unlawful = f' <span class="kind kind-reversal">{_text(self._say("unlawful"))}</span>'
        return f"{step}{unlawful if event['unlawful'] else ''}"

    def _both(self, event: Row) -> str:
        then = self.quotation(
            event["against_evidence"], event["against_actor"], event["against_at"],
            event[f"against_publisher_{self.language}"], event["against_finding_id"], event["against_url"],
        )  # fmt: skip
        return (
            f'<div class="beside">\n<section><h4>{_text(self._say("then"))}</h4>{then}</section>\n'
            f"<section><h4>{_text(self._say('later'))}</h4>{self._sentence(event, '')}</section>\n</div>\n"
        )

    def _sentence(self, event: Row, title: str | None) -> str:
        return self.quotation(
            event["evidence"], event["actor"], event["at"], event[f"publisher_{self.language}"],
            event["finding_id"], event["url"], title,
        )  # fmt: skip

    def _use(self, event: Row) -> str:
        name = words.title_of(event["subject"], event["identifier"], self.language)
        return self._link("use-case", event["use_case_id"], name)

    def _link(self, kind: str, identity: str, said: str) -> str:
        return f'<a href="{_text(links.record(kind, identity, self.chosen))}">{_text(said)}</a>'

    def _soft(self, said: str) -> str:
        return f'<span class="soft">{_text(said)}</span>'

    def _say(self, word: str) -> str:
        return words.say(word, self.language)
