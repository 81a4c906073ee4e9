"""Deliveries of one event share a key; two events never do."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from bandwidth_messaging.callbacks import StatusCallback, parse_callback

from .events import NUMBER, event


def key(sent: Any) -> str:
    (found,) = parse_callback(sent)
    return found.idempotency_key


def test_keys_are_the_same_in_every_version_since_they_are_kept_in_databases() -> None:
    assert key(event("message-failed")) == "965e88f1134b0a5fde038888265a319bf90ee67bca22a2bd761719f52e7c2634"
    assert key(event("message-received")) == "f8271c4103f08102a258ad99c5e1a3e53b4e0d1fae30a2047f29abd6f2726a6a"


@pytest.mark.parametrize(
    "changed",
    [
        {"time": "2035-01-03T00:00:00Z"},
        {"description": "in other words"},
        {"carrierName": "AT&T"},
        {"newField": {"attempt": 2}},
        {"errorCode": "4432"},
    ],
)
@pytest.mark.parametrize("kind", ["message-failed", "message-received"])
def test_a_redelivery_has_the_key_of_the_first_whatever_else_changed(kind: str, changed: dict[str, Any]) -> None:
    if kind == "message-failed" or "errorCode" not in changed:
        assert key(event(kind, **changed)) == key(event(kind))


@pytest.mark.parametrize("kind", ["message-failed", "message-teleported"])
def test_the_order_and_the_form_of_a_delivery_do_not_matter(kind: str) -> None:
    sent = event(kind, planet="Mars", who={"first": 1, "last": 2})
    assert key(json.dumps(dict(reversed(sent.items())), indent=2)) == key([sent]) == key(sent)


def test_two_events_have_two_keys() -> None:
    different = [
        event("message-sending"),
        event("message-sent"),
        event("message-delivered"),
        event("message-failed"),
        event("message-failed", errorCode=4720),
        event("message-delivered", "another-message"),
        event("message-delivered", to="+15554443334"),
        event("message-received"),
        event("message-teleported"),
        event("message-teleported", time="2035-01-02T03:04:07Z"),
        event("message-teleported", where="Mars"),
        event("message-delivered", message={}),
        event("message-delivered", message={}, to="+15554443334"),
        event("message-delivered", message="m-1"),
        event("message-delivered", to=None),
        event("message-delivered", to=None, description="to another"),
        event("message-delivered", to=[NUMBER]),
        {"type": "message-delivered"},
    ]
    assert all(key(one) != key(other) for one, other in combinations(different, 2))


def test_an_event_of_an_unknown_type_is_the_same_if_all_of_it_is() -> None:
    assert key(event("message-teleported", where="Mars")) == key(event("message-teleported", where="Mars"))


def test_a_key_fits_a_column_and_shows_no_number() -> None:
    for kind in ("message-delivered", "message-teleported"):
        assert len(key(event(kind))) == 64
        assert set(key(event(kind))) <= set("0123456789abcdef")


def test_a_model_read_elsewhere_has_the_same_key() -> None:
    sent = event("message-failed")
    (parsed,) = parse_callback(sent)
    assert StatusCallback.from_json(parsed.to_json()).idempotency_key == key(sent)


def test_the_key_cannot_be_forged_by_a_field_of_that_name() -> None:
    assert key(event() | {"idempotency_key": "0", "message_id": "0"}) == key(event())
