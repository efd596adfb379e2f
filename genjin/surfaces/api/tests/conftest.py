"""A caller with a token for each of the cast, and customers to ask for."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import add_customer_teammate, create_customer
from genjin.customers.models import Customer
from genjin.kernel.codes_store import new_ids
from genjin.kernel.fields import Values
from genjin.org.models import AccessToken, Member
from genjin.org.queries import hash_token
from genjin.testing.cast import Cast, make_cast


@dataclass
class Caller:
    """Somebody with a token."""

    raw: str
    token: AccessToken

    def get(self, path: str, parameters: Any = None, **headers: str) -> Any:
        return Client().get(f"/api/v1{path}", parameters, headers=self._headers(headers))

    def post(self, path: str, sent: Any = None, **headers: str) -> Any:
        text = sent if isinstance(sent, bytes) else json.dumps(sent or {})
        return Client().post(f"/api/v1{path}", text, content_type="application/json", headers=self._headers(headers))

    def _headers(self, further: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.raw}"} | {k.replace("_", "-"): v for k, v in further.items()}


def make_caller(member: Member, **facts: Any) -> Caller:
    raw = f"gj_{secrets.token_urlsafe(32)}"
    token = AccessToken(id=new_ids(1)[0], member=member, name="脚本", token_hash=hash_token(raw), **facts)
    token.save(force_insert=True)
    return Caller(raw, token)


@dataclass
class World:
    """The cast, and a customer each of owner and stranger."""

    cast: Cast
    own: Customer
    foreign: Customer

    def caller(self, part: str, **facts: Any) -> Caller:
        return make_caller(getattr(self.cast, part), **facts)


def make_world() -> World:
    cast = make_cast()
    owner, stranger = cast.actor("owner"), cast.actor("stranger")
    foreign = create_customer(stranger, values=Values(name="CANARY绝密客户有限公司", phone="13900001111"))
    own = create_customer(owner, values=Values(name="苏州晶砺半导体有限公司", phone="13812345678", level="A"))
    create_contact(owner, values=Values(name="江丽冰", customer=own.pk, phone="13800002207"))
    add_customer_teammate(owner, own.pk, member=cast.teammate.pk)
    return World(cast, own, foreign)


@pytest.fixture(autouse=True)
def _no_calls_counted() -> None:
    cache.clear()


@pytest.fixture
def world(db: None) -> World:
    return make_world()
