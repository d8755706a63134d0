"""The company's mail server: one letter at a time, over TLS unless the settings say otherwise."""

from __future__ import annotations

import smtplib
import socket
import ssl
from email.message import EmailMessage

from otklik_collector.words import _
from otklik_widget.settings import Settings

STEP_SECONDS = 20
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Refused(Exception):  # noqa: N818 - says what happened, in words
    """The letter was not taken; the text says why. `for_good`: this address will never take it."""

    def __init__(self, said: str, *, for_good: bool = False) -> None:
        super().__init__(said)
        self.for_good = for_good


def missing(settings: Settings) -> list[str]:
    """The settings without which no letter can be sent."""
    return [name for name in ("smtp_host", "mail_from") if not getattr(settings, name)]


def send(settings: Settings, letter: EmailMessage) -> None:
    """Gives a letter to the server, which then has it; raises `Refused`."""
    host, port = settings.smtp_host, settings.smtp_port or PORTS[settings.smtp_tls]
    try:
        with _server(settings, host, port) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        raise Refused(_told(code, said), for_good=500 <= code < 600) from None
    except smtplib.SMTPAuthenticationError as refused:
        why = _told(refused.smtp_code, refused.smtp_error)
        raise Refused(_("smtp_user and smtp_password are not right: %(why)s", why=why)) from None
    except smtplib.SMTPNotSupportedError as refused:
        raise Refused(_("the server cannot do that: %(why)s", why=refused)) from None
    except smtplib.SMTPResponseException as refused:
        raise Refused(_told(refused.smtp_code, refused.smtp_error)) from None
    except ssl.SSLCertVerificationError as refused:
        why = refused.verify_message
        raise Refused(_("the certificate of %(host)s cannot be trusted: %(why)s", host=host, why=why)) from None
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        why = _("it does not answer in time") if isinstance(error, TimeoutError) else str(error)
        raise Refused(f"{host}:{port}: {why}") from None


def _server(settings: Settings, host: str, port: int) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    # Our own name might tell more of the network inside than a stranger should know; an address is always right.
    me = f"[{socket.gethostbyname('localhost')}]"
    if settings.smtp_tls == "tls":
        return smtplib.SMTP_SSL(host, port, local_hostname=me, timeout=STEP_SECONDS, context=trusted)
    server = smtplib.SMTP(host, port, local_hostname=me, timeout=STEP_SECONDS)
    if settings.smtp_tls == "starttls":
        try:
            server.starttls(context=trusted)
        except BaseException:
            server.close()
            raise
    return server


def _told(code: int, why: bytes | str) -> str:
    said = why.decode("utf-8", "replace") if isinstance(why, bytes) else why
    return _("the server answers %(code)d %(why)s", code=code, why=" ".join(said.split())[:200])
