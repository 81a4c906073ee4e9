"""Callbacks as the service writes them."""

from __future__ import annotations

import json
from typing import Any

NUMBER = "+15554443333"
OWN_NUMBER = "+15553332222"
DESCRIPTIONS = {"message-failed": "forbidden to country", "message-received": "Incoming message received"}


def event(kind: str = "message-delivered", message_id: str = "1589228074636lm4k2je7j7jklbn2", **fields: Any) -> Any:
    """One event. What it says of an outbound message, or of an inbound one, is told by its type."""
    inbound = kind == "message-received"
    to = OWN_NUMBER if inbound else NUMBER
    message = {
        "id": message_id,
        "owner": OWN_NUMBER,
        "applicationId": "93de2206-9669-4e07-948d-329f4b722ee2",
        "time": "2035-01-02T03:04:05.678Z",
        "segmentCount": 1,
        "direction": "in" if inbound else "out",
        "to": [to],
        "from": NUMBER if inbound else OWN_NUMBER,
        "text": "Hello back" if inbound else "",
    }
    made: dict[str, Any] = {
        "time": "2035-01-02T03:04:06.000000Z",
        "type": kind,
        "to": to,
        "description": DESCRIPTIONS.get(kind, "ok"),
        "message": message,
    }
    if kind == "message-failed":
        made["errorCode"] = 4432
    return made | fields


def body(*events: Any) -> bytes:
    """The array that the service posts."""
    return json.dumps(list(events)).encode()
