"""A message sent to people by SMTP."""

from __future__ import annotations

import smtplib
import socket
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from charter.govern.counted import counted
from charter.govern.notices.address import connect
from charter.govern.notices.message import Message
from charter.govern.notices.outcome import NotSent
from charter.govern.notices.settings import Mail

FOR_GOOD = 500
"""Answers of a server from here on are final."""


def letter(target: Mail, message: Message, seconds: int) -> EmailMessage:
    """Return the e-mail, of a time in seconds since 1970.

    Its id is that of the message, so that a second copy can be told.
    """
    found = EmailMessage()
    found["From"] = target.sender
    found["To"] = ", ".join(target.to)
    found["Subject"] = message.subject
    found["Date"] = format_datetime(datetime.fromtimestamp(seconds, UTC))
    found["Message-ID"] = f"<{message.id}@{target.sender.rpartition('@')[2]}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(message.text, cte="quoted-printable")  # whatever servers it passes
    return found


def send(target: Mail, user: str, password: str, message: Message, seconds: int) -> str:
    """Send a message; return what is to be said of it. Raises NotSent where nobody took it.

    Where some of the people are refused, the others have it: sent again, they would have it twice.
    """
    try:
        with _open(target) as server:
            if target.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if user:
                server.login(user, password)
            refused = server.send_message(letter(target, message, seconds))
    except ssl.SSLCertVerificationError as cause:
        raise NotSent("its certificate is not trusted", again=False) from cause
    except smtplib.SMTPResponseException as cause:
        again = cause.smtp_code < FOR_GOOD
        raise NotSent(f"it answered {cause.smtp_code}", again=again) from cause
    except smtplib.SMTPNotSupportedError as cause:
        raise NotSent("it cannot do what the settings ask of it", again=False) from cause
    except (smtplib.SMTPException, OSError, ValueError) as cause:
        raise NotSent(f"no answer: {type(cause).__name__}", again=True) from cause
    people = counted(len(target.to), "person", "people")
    return f"it refused {len(refused)} of {people}" if refused else ""


def _open(target: Mail) -> smtplib.SMTP:
    if target.security == "tls":
        return _SecureServer(target)
    return _Server(target)


class _Server(smtplib.SMTP):
    """A connection to an address that was looked at."""

    def __init__(self, target: Mail) -> None:
        self._target = target
        super().__init__(target.host, target.port, timeout=target.timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, timeout, allow_private=self._target.allow_private)


class _SecureServer(_Server):
    """The same, within TLS from its first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        found = super()._get_socket(host, port, timeout)
        return ssl.create_default_context().wrap_socket(found, server_hostname=host)
