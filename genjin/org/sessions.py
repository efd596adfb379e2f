"""Session engine over our own table: a session knows its member, so that it can be listed and ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from genjin.kernel.ready import WORD, Ready
from genjin.org.models import AccessToken, Session

SEEN_EVERY = timedelta(minutes=10)
USED_EVERY = timedelta(minutes=1)
IDLE = timedelta(days=3)
BY_KEY = Ready(lambda key: Session.objects.filter(session_key=key), WORD)


class SessionStore(DatabaseStore):
    """Django's database sessions with member, address, agent and last use."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.address = self.agent = ""
        self.row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our table."""
        return Session

    def _get_session_from_db(self) -> Any:
        found = BY_KEY.rows(self.session_key or "")
        self.row = found[0] if found else None
        now = timezone.now()
        if self.row is None or self.row.expire_date <= now or self.row.seen_at < now - IDLE:
            self._session_key = None
            return None
        return self.row

    def create_model_instance(self, data: Any) -> Session:
        """Keep whose session it is."""
        made: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of get_model_class()
        member = data.get(SESSION_KEY)
        made.member_id = int(member) if member else None
        made.address, made.agent = self.address, self.agent
        if self.row is not None:
            made.created_at = self.row.created_at
            made.address = made.address or self.row.address
            made.agent = made.agent or self.row.agent
        return made


class MemberSessionMiddleware(SessionMiddleware):
    """Attach the session and note its last use (at most every ten minutes, not on every page)."""

    def process_request(self, request: Any) -> None:
        """Give the store what it needs to describe the session."""
        super().process_request(request)
        request.session.address = request.META.get("REMOTE_ADDR", "")[:64]
        request.session.agent = request.META.get("HTTP_USER_AGENT", "")[:200]


def begin(request: HttpRequest, member_id: int) -> None:
    """Somebody signed in: a fresh session with a new key (ASVS 7.2.4); what was there before ends."""
    request.session.flush()
    request.session[SESSION_KEY] = str(member_id)
    rotate_token(request)


def touch(session: Any) -> None:
    """Note that the session is in use."""
    row = getattr(session, "row", None)
    if row is not None and row.seen_at < timezone.now() - SEEN_EVERY:
        Session.objects.filter(pk=row.pk).update(seen_at=timezone.now())


def touch_token(token_id: int) -> None:
    """Note that a token is in use (at most once a minute)."""
    now = timezone.now()
    fresh = AccessToken.objects.filter(pk=token_id).exclude(used_at__gt=now - USED_EVERY)
    fresh.update(used_at=now)
