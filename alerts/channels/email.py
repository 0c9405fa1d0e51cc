"""The e-mail channel: one multipart message per digest, with one-click unsubscribing (RFC 8058)."""

from __future__ import annotations

import json
from email.utils import parseaddr
from html import escape

from alerts.channels.base import Letter, Receipt
from alerts.channels.mime import MOST_HTML_BYTES, Mail, message
from alerts.channels.shared import Shared
from alerts.channels.smtp import Postman
from alerts.digest import Digest
from alerts.inert import line
from alerts.render import UNSUBSCRIBE_SLOT, languages, render, render_within, subject
from alerts.words import say
from data.clock import from_text, tokyo
from data.config import Config
from data.store.outbox import Part
from data.unsubscribe import unsubscribe_link

_FOOT = (
    '<p class="soft" style="margin:16px 0 0;color:#57606a;font-size:12px">'
    '<a href="{link}" style="color:#0b57d0">{word}</a></p>'
)


class EmailChannel:
    """Sends through one connection of `[mail]` per pass; `target` is the reader's address."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._postman = Postman(config)
        self._shared: Shared[list[str]] = Shared()

    def parts(self, digest: Digest, target: str) -> list[str]:
        return self._shared.of(digest.said, lambda: self._payloads(digest))

    def _payloads(self, digest: Digest) -> list[str]:
        public_url = self._config.browse.public_url
        return [
            json.dumps(
                {
                    "subject": subject(digest),
                    "text": render(digest, "text", public_url),
                    "html": render_within(digest, "html", public_url, MOST_HTML_BYTES),
                    "unsubscribe": " / ".join(say("unsubscribe", x) for x in languages(digest)),
                },
                ensure_ascii=False,
            )
        ]

    def letter(self, letter: Letter, target: str) -> list[str]:
        text = "\n\n".join(letter.lines) + "\n"
        content = {"subject": line(letter.subject, 120), "text": text, "html": letter.html}
        return [json.dumps(content, ensure_ascii=False)]

    def send(self, part: Part, target: str) -> Receipt:
        try:
            content = message(self.mail(part, target))
        except (ValueError, KeyError) as error:
            return Receipt("permanent", f"the message cannot be written: {error}")
        return self._postman.hand_over(target, content)

    def mail(self, part: Part, target: str) -> Mail:
        """The message of a part: the same at every attempt, but for the token if the secret changed."""
        payload = json.loads(part.payload)
        sender = self._config.mail.sender
        domain = parseaddr(sender)[1].rpartition("@")[2]
        html, text = payload.get("html"), payload["text"]
        headers = [("List-Id", f"<digest.scopewatch.{domain}>")]
        link = unsubscribe_link(self._config, part.subscriber, part.channel)
        if part.kind == "digest" and html:
            mailto = f"<mailto:{parseaddr(sender)[1]}?subject=unsubscribe>"
            if link:
                headers.append(("List-Unsubscribe", f"<{link}>,\r\n {mailto}"))
                headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
                foot = _FOOT.format(link=escape(link), word=escape(payload["unsubscribe"]))
                html = foot.join(html.rsplit(UNSUBSCRIBE_SLOT, 1))
                text = f"{text}\n{payload['unsubscribe']}: {link}\n"
            else:
                headers.append(("List-Unsubscribe", mailto))
        return Mail(
            sender=sender,
            to=target,
            subject=payload["subject"],
            message_id=f"{part.id}@{domain}",
            date=tokyo(from_text(part.composed_at)),
            text=text,
            html=html,
            headers=tuple(headers),
        )

    def close(self) -> None:
        self._postman.close()
