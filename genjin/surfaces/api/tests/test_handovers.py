"""Handovers through the JSON door (B16)."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.org.actions.tokens import create_token
from genjin.testing.cast import PASSWORD, Cast


def test_b16_prepared_begun_and_taken_back_over_json(cast: Cast) -> None:
    make_customer(cast.actor("owner"))
    send = sender(cast, "manager")
    asked = {"leaver": cast.owner.pk, "kind": "move", "arrangement": {"everything": [f"member:{cast.manager.pk}"]}}
    made = send("POST", "/api/v1/handovers", asked, 201)
    assert [(line["part"], line["count"]) for line in made["preview"] if line["count"]] == [("customer", 1)]
    assert made["loads"] == [{"to": f"member:{cast.manager.pk}", "type": "客户", "has": 0, "gets": 1, "room": None}]
    done = send("POST", f"{made['href']}/begin", {}, 200)
    assert (done["state"], done["counts"]["customer"]) == ("done", {"moved": 1})
    told = send("GET", f"{made['href']}/items?standing=moved", None, 200)
    assert [(item["part"], item["title"]) for item in told["items"]] == [("customer", Customer.objects.get().name)]
    assert send("POST", f"{made['href']}/begin", {}, 409, 422)["error"]["code"] == "begun"
    assert send("POST", f"{made['href']}/undo", {}, 200)["state"] == "undone"
    assert Customer.objects.get().owner_id == cast.owner.pk
    assert send("GET", "/api/v1/handovers", None, 200)["items"][0]["id"] == made["id"]
    assert (
        send("POST", "/api/v1/handovers", {"leaver": cast.owner.pk, "arrangement": {"parts": 3}}, 409, 422)["error"][
            "code"
        ]
        == "arrangement"
    )
    assert not send("GET", "/api/v1/handovers", None, 200)["items"][1:]
    for part, status in (("stranger", 403), ("administrator", 200)):
        sender(cast, part)("GET", made["href"], None, status)


def sender(cast: Cast, part: str) -> Any:
    """Sends as a part with a token of its own."""
    _row, token = create_token(cast.actor(part), name="交接", days="30", current=PASSWORD)
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def send(method: str, path: str, body: Any, *statuses: int) -> Any:
        sent = json.dumps(body) if body is not None else ""
        answer = client.generic(method, path, sent, content_type="application/json")
        assert answer.status_code in statuses, answer.content
        return answer.json()

    return send
