"""One SMTP connection for a pass over the outbox: opened when first needed, opened anew when it broke."""

from __future__ import annotations

import base64
import os
import select
import smtplib
import ssl
import time
from contextlib import suppress
from email.utils import parseaddr

from alerts.channels.base import Receipt
from alerts.inert import line
from data.config import Config
from data.patience import at_most

PASSWORD = "SCOPEWATCH_SMTP_PASSWORD"  # noqa: S105 - the variable's name

IDLE_SECONDS = 10.0
"""A connection that rested for longer is asked whether it lives; one question less for each mail of a pass."""
GOOD_BYE = 5.0
ENOUGH = "mail server: 421"


class Postman:
    """Hands messages to the mail server of `[mail]`; every outcome becomes a Receipt."""

    def __init__(self, config: Config) -> None:
        self._mail = config.mail
        self._ca_file = config.base / config.mail.ca_file if config.mail.ca_file else None
        self._server: smtplib.SMTP | None = None
        self._used_at = 0.0

    def hand_over(self, to: str, content: bytes) -> Receipt:
        """Send one message to one address. 4xx is temporary, 5xx permanent, no answer temporary.

        A server that ends a connection which has served others (421: so many messages are enough) gets
        the message over a new one: it refused before it had seen it.
        """
        reused = self._alive() is not None
        receipt = self._attempt(to, content)
        if reused and receipt.down and receipt.detail.startswith(ENOUGH):
            receipt = self._attempt(to, content)
        return receipt

    def _attempt(self, to: str, content: bytes) -> Receipt:
        try:
            server = self._server or self._connected()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._hang_up()
            return Receipt("temporary", f"mail server: {_said(error)}", down=True)
        self._server = server
        try:
            server.sendmail(parseaddr(self._mail.sender)[1], [to], content)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, reply)] = error.recipients.values()
            return self._refused(code, reply)
        except smtplib.SMTPSenderRefused as error:
            # Not this reader's fault: a sender, a login or a relay that the operator has to mend.
            refused = self._refused(error.smtp_code, error.smtp_error)
            return Receipt("temporary", refused.detail, down=True)
        except smtplib.SMTPResponseException as error:
            return self._refused(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            # Perhaps after the last dot, when the server may have taken it: the repeat carries the
            # same Message-ID, by which readers and servers know it.
            self._hang_up()
            return Receipt("temporary", f"mail server: {_said(error)}", down=True)
        self._used_at = time.monotonic()
        return Receipt("sent", f"accepted for {to}")

    def _alive(self) -> smtplib.SMTP | None:
        """The open connection, unless the server has closed it or said good-bye while it was idle."""
        server = self._server
        if server is None or server.sock is None:
            self._server = None
            return None
        try:
            spoke, _, _ = select.select([server.sock], [], [], 0)
            idle = time.monotonic() - self._used_at > IDLE_SECONDS
            alive = not spoke and (not idle or server.noop()[0] == 250)
        except (OSError, ValueError, smtplib.SMTPException):
            alive = False
        if not alive:
            self._hang_up()
        return self._server

    def _connected(self) -> smtplib.SMTP:
        mail = self._mail
        password = os.environ.get(PASSWORD, "")
        if mail.user and not password:
            raise ValueError(f"[mail] names a user, but {PASSWORD} is not set")
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=mail.timeout_seconds, context=self._trusted()
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout_seconds)
        self._server = server
        if mail.security == "starttls":
            server.starttls(context=self._trusted())
        server.ehlo_or_helo_if_needed()
        if mail.user:
            server.login(mail.user, password)
        return server

    def _trusted(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._ca_file:
            context.load_verify_locations(cafile=self._ca_file)
        return context

    def _refused(self, code: int, reply: bytes | str) -> Receipt:
        said = f"{code} {_one_line(reply)}"
        if code == 421 or code < 0:
            self._hang_up()
            return Receipt("temporary", f"mail server: {said}", down=True)
        return Receipt("permanent" if code >= 500 else "temporary", said)

    def close(self) -> None:
        """End the connection politely; the server's last word does not matter."""
        if self._server is not None and self._server.sock is not None:
            with suppress(OSError, smtplib.SMTPException), at_most(GOOD_BYE):
                self._server.quit()
        self._hang_up()

    def _hang_up(self) -> None:
        """End the connection without a word: the other side gave no sensible one."""
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _said(error: Exception) -> str:
    """One line about an error."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code} {_one_line(error.smtp_error)}"
    return f"{type(error).__name__}: {_one_line(str(error))}"


def _one_line(reply: bytes | str) -> str:
    """What the other side said, without the password: some servers repeat what they were given."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    password = os.environ.get(PASSWORD, "")
    if password:
        for told in (password, base64.b64encode(password.encode()).decode()):
            text = text.replace(told, "***")
    return line(text, 300)
