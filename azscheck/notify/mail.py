"""E-mail: the message, and the conversation with the server that takes it."""

import smtplib
import time
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from azscheck.notify.attempt import Failed, reason, trust, until
from azscheck.notify.notice import Notice
from azscheck.notify.words import by_kind, compared, headline, rest, standing
from azscheck.sources.channels import Mail
from azscheck.times import parse_time

_STEP_SECONDS: Final = 15.0
_SUBJECT: Final = 150


def message(notice: Notice, mail: Mail) -> EmailMessage:
    """A plain text: nothing in it can act. Its Message-ID is the same however often it is sent."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = f"azscheck: {headline(notice)}"[:_SUBJECT]
    made["From"] = mail.sender
    made["To"] = ", ".join(mail.to)
    made["Date"] = format_datetime(parse_time(notice.time).astimezone(UTC))
    made["Message-ID"] = f"<{notice.id}@{mail.sender.rpartition('@')[2]}>"
    # RFC 3834: no absent colleague answers.
    made["Auto-Submitted"] = "auto-generated"
    parts = [standing(notice)]
    parts += ["\n".join([f"{title}:", *(f"  {line}" for line in lines)]) for title, lines in by_kind(notice)]
    parts += [rest(notice), compared(notice), notice.link]
    made.set_content("\n\n".join(filter(None, parts)) + "\n", cte="quoted-printable")
    return made


def send(notice: Notice, mail: Mail, password: str, ca_file: Path | None, seconds: float) -> str:
    """Hand the message to the server; raises Failed. What is returned is whom of several it refused, in words."""
    began = time.monotonic()
    step = min(_STEP_SECONDS, seconds)
    context = trust(ca_file)
    try:
        with (
            (
                smtplib.SMTP_SSL(mail.server, mail.port, timeout=step, context=context)
                if mail.security == "tls"
                else smtplib.SMTP(mail.server, mail.port, timeout=step)
            ) as server,
            until(seconds, lambda: server.sock),
        ):
            if mail.security == "starttls":
                server.starttls(context=context)
            if mail.user:
                server.login(mail.user, password)
            refused = server.send_message(message(notice, mail))
    except smtplib.SMTPException as error:
        raise _failed(error, mail) from None
    except (OSError, UnicodeError) as error:
        late = time.monotonic() - began >= seconds
        raise Failed(f"{mail.server} did not answer in time" if late else reason(error, mail.server)) from None
    return f"{mail.server} refused {', '.join(sorted(refused))}; the others have it" if refused else ""


def _failed(error: smtplib.SMTPException, mail: Mail) -> Failed:
    """What a server said stays out of the sentence, but for its code: some repeat what they were sent."""
    server = mail.server
    match error:
        case smtplib.SMTPNotSupportedError():
            return Failed(f"{server} does not offer what is needed (STARTTLS, or to sign in)", again=False)
        case smtplib.SMTPAuthenticationError():
            return Failed(f"{server} did not take the user and password (SMTP {error.smtp_code})", again=False)
        case smtplib.SMTPRecipientsRefused():
            codes = sorted({code for code, _ in error.recipients.values()})
            later = all(400 <= code < 500 for code in codes)
            return Failed(f"{server} refused every recipient (SMTP {', '.join(map(str, codes))})", again=later)
        case smtplib.SMTPResponseException():
            return Failed(f"{server} answered SMTP {error.smtp_code}", again=400 <= error.smtp_code < 500)
    return Failed(f"the connection to {server} broke off")
