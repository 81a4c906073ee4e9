"""What many tests of this family send and are answered."""

from __future__ import annotations

from typing import Any

from scripted_server import answer

MESSAGE: dict[str, Any] = {"content": "My first message!", "destination_number": "+61491570156"}
BODY = {"messages": [MESSAGE]}
ID = "877c19ef-fa2e-4cec-827a-e1df9b5509f7"
ACCEPTED = answer(202, {"messages": [{**MESSAGE, "message_id": ID, "status": "queued"}]})
SCHEDULED = {**MESSAGE, "scheduled": "2035-01-01T00:00:00.000Z"}
EVERY_FIELD: dict[str, Any] = {
    "callback_url": "https://my.callback.url.com",
    "content": "My first message",
    "destination_number": "+61491570156",
    "delivery_report": True,
    "format": "SMS",
    "message_expiry_timestamp": "2016-11-03T11:49:02.807Z",
    "metadata": {"key1": "value1", "key2": "value2"},
    "scheduled": "2016-11-03T11:49:02.807Z",
    "source_number": "+61491570157",
    "source_number_type": "INTERNATIONAL",
}
