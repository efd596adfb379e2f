"""Mails: one conversation with a mail server at an address that was looked at (never another), or kept here.

`Backend` is Django's e-mail backend, so that every mail of the product goes this way.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from genjin.kernel.outbound import Limits, OutboundRefused, Target, check_target, dial, limits_for
from genjin.kernel.vault import Lost, unlock
from genjin.reminders.changing.keeping import keep_mail
from genjin.reminders.channels.message import Answer, Message, Verdict, absolute, short
from genjin.reminders.models import MailMode, Security
from genjin.reminders.queries import mail_server

LIMITS = Limits(
    connect=5,
    read=10,
    whole=25,
    schemes=frozenset({"smtp", "smtps"}),
    ports=frozenset({25, 465, 587, 2465, 2525, 2587}),
)
WIDE = Limits(
    connect=5, read=10, whole=25, schemes=LIMITS.schemes, ports=frozenset(range(1, 65_536)), inner=("0.0.0.0/0", "::/0")
)


@dataclass(frozen=True)
class Post:
    """A mail server to talk to. `trusted`: named by the operator, may be an address inside."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    trusted: bool = False

    @property
    def url(self) -> str:
        """Its address for the outbound door."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'smtps' if self.security == Security.TLS else 'smtp'}://{host}:{self.port}"


class NotConfigured(Exception):
    """There is no mail server, or what is known of it cannot be used any more."""


def mode() -> str:
    """What becomes of mails now."""
    row = mail_server()
    if row is not None:
        return row.mode
    return MailMode.SMTP if settings.EMAIL_HOST else MailMode.OFF


def current_post() -> Post:
    """The mail server in use. Raises NotConfigured."""
    row = mail_server()
    if row is not None and row.mode == MailMode.SMTP:
        try:
            password = unlock(row.locked).get("password", "") if row.locked else ""
        except Lost:
            raise NotConfigured(_("邮件服务器的密码已无法读取，请重新填写")) from None
        return Post(row.host, row.port, row.security, row.user, password, row.sender)
    if row is None and settings.EMAIL_HOST:
        security = Security.TLS if settings.EMAIL_USE_SSL else Security.STARTTLS
        user, password = settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD
        sender = settings.DEFAULT_FROM_EMAIL
        return Post(settings.EMAIL_HOST, settings.EMAIL_PORT, security, user, password, sender, trusted=True)
    raise NotConfigured(_("还没有设置邮件服务器"))


def look_at(post: Post) -> Target:
    """Where the server is. Raises OutboundRefused for an address inside that nobody opened."""
    limits = WIDE if post.trusted else limits_for(post.url, LIMITS)
    if post.security == Security.PLAIN and not post.trusted and limits is LIMITS:
        raise OutboundRefused("plain", _("不加密的连接只能用于管理员在服务器上开放的内网地址"))
    return check_target(post.url, limits=limits)


def send(message: Message, address: str) -> Answer:
    """Mail a message to one address."""
    known = {"Message-ID": f"<{message.key}@{urlsplit(settings.SITE_ADDRESS).hostname}>"}
    mail = EmailMessage(message.title, text_of(message), None, [address], headers=known)
    return submit(mail)


def text_of(message: Message) -> str:
    """The lines with their addresses, and where to choose."""
    parts = [f"{line.text}\n{absolute(line.path)}" if line.path else line.text for line in message.lines]
    parts += [message.more] if message.more else []
    choose = _("在这里选择收到哪些提醒：%s") % absolute("/profile/reminders")
    return "\n\n".join([*parts, f"{message.see}\n{absolute(message.path)}", f"--\n{choose}"])


def submit(mail: EmailMessage) -> Answer:
    """Send a mail, or keep it here."""
    if mode() == MailMode.KEPT:
        keep_mail(", ".join(mail.to), str(mail.subject), str(mail.body))
        return Answer(Verdict.SENT)
    try:
        post = current_post()
        target = look_at(post)
    except NotConfigured as missing:
        return Answer(Verdict.NEVER, str(missing))
    except OutboundRefused as refused:
        return Answer(Verdict.LATER if refused.code == "dns" else Verdict.NEVER, str(refused))
    mail.from_email = post.sender or settings.DEFAULT_FROM_EMAIL
    return _converse(post, target, mail)


class Backend(BaseEmailBackend):
    """Sends what Django's own `send_mail` is given."""

    @property
    def ready(self) -> bool:
        """Whether mails go anywhere."""
        return mode() != MailMode.OFF

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were sent. Raises OSError when one was not, unless told to fail silently."""
        sent = 0
        for mail in email_messages:
            answer = submit(mail)
            if not answer.sent and not self.fail_silently:
                raise OSError(answer.text)
            sent += answer.sent
        return sent


def _converse(post: Post, target: Target, mail: EmailMessage) -> Answer:
    """The whole conversation. Before the text is handed over nothing has been sent; after that nobody knows, until the
    server answers."""
    server = _Pinned(target, WIDE if post.trusted else limits_for(post.url, LIMITS))
    alarm = threading.Timer(LIMITS.whole, server.hang_up)
    alarm.daemon = True
    alarm.start()
    handed = False
    try:
        text = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own message has it
        _greet(server, post)
        _code("MAIL", *server.mail(parseaddr(mail.from_email)[1]))
        for address in mail.to:
            _code("RCPT", *server.rcpt(address))
        handed = True
        _code("DATA", *server.data(text))
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        return Answer(Verdict.SENT)
    except _Said as said:
        verdict = Verdict.LATER if said.code < 500 else Verdict.NEVER
        return Answer(verdict, short(f"{said.code} {said.words}", post.password))
    except smtplib.SMTPAuthenticationError as wrong:
        return Answer(Verdict.NEVER, short(f"{wrong.smtp_code} {_words(wrong.smtp_error)}", post.password))
    except (smtplib.SMTPException, ssl.SSLError, OSError, ValueError) as fault:
        verdict = Verdict.UNSURE if handed else Verdict.LATER
        return Answer(verdict, short(f"{type(fault).__name__} {fault}", post.password))
    finally:
        alarm.cancel()
        server.hang_up()


def _greet(server: _Pinned, post: Post) -> None:
    _code("CONNECT", *server.connect())
    server.ehlo_or_helo_if_needed()
    if post.security == Security.STARTTLS:
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    if post.user:
        server.login(post.user, post.password)


class _Said(Exception):
    """The server said no."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


def _code(step: str, code: int, words: bytes) -> None:
    if not 200 <= code < 400:
        raise _Said(code, f"{step} {_words(words)}")


def _words(said: Any) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


class _Pinned(smtplib.SMTP):
    """Connects to the target's addresses only."""

    def __init__(self, target: Target, limits: Limits) -> None:
        super().__init__(timeout=limits.read)
        self.target, self.limits = target, limits
        self._host = target.host

    def connect(self, host: str = "", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        """Connect to where the target is, whatever is asked for."""
        del host, port
        return super().connect(self.target.host, self.target.port, source_address)

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        del host, port, timeout
        plain = dial(self.target, self.limits)
        if self.target.scheme == "smtp":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self.target.host.rstrip("."))
        except BaseException:
            plain.close()
            raise

    def hang_up(self) -> None:
        """End it at once, from whichever thread."""
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
        self.close()
