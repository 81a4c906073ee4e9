"""Messages put into the store by hand, so that a test can say what a list will find."""

from datetime import datetime, timezone
from typing import Any

from . import times
from .identifiers import message_id
from .store import Store

_DEFAULTS: dict[str, Any] = {
    "source_tn": "+15553332222",
    "destination_tn": "+15554443333",
    "message_status": "DELIVERED",
    "message_direction": "OUTBOUND",
    "message_type": "sms",
    "segment_count": 1,
    "error_code": 0,
    "carrier_name": None,
    "message_size": 5,
    "message_length": 5,
    "attachment_count": 0,
    "recipient_count": 1,
    "campaign_class": None,
    "campaign_id": None,
    "bw_latency": None,
    "carrier_latency": None,
    "calling_number_country_a3": "USA",
    "called_number_country_a3": "USA",
    "product": "LOCAL_A2P",
    "location": None,
    "bw_queued": False,
    "carrier_queued": False,
}


def seed(store: Store, account_id: str, now: int, fields: dict[str, Any]) -> str:
    """Put one message with one recipient into the store.

    Args:
        store: Where it is kept.
        account_id: The account that it belongs to unless `fields` names another.
        now: Its receive time unless `fields` names another, in milliseconds since 1970.
        fields: The fields of a listed message in snake case, `bw_queued` and `carrier_queued` included.

    Returns:
        The id of the message.

    Raises:
        TypeError: If there is no such field.
        ValueError: If `receive_time` cannot be read, or `message_id` is taken.
    """
    known = {"message_id", "account_id", "receive_time", *_DEFAULTS}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise TypeError(f"A message has no field {unknown[0]!r}; it has {', '.join(sorted(known))}")
    row = {**_DEFAULTS, "message_id": message_id(now), "account_id": account_id, **fields}
    row["receive_time"] = _milliseconds(fields.get("receive_time"), now)
    store.add(_message(row), [row])
    return str(row["message_id"])


def _message(row: dict[str, Any]) -> dict[str, Any]:
    outbound = row["message_direction"] == "OUTBOUND"
    return {
        "message_id": row["message_id"],
        "family": "v2",
        "account_id": row["account_id"],
        "direction": row["message_direction"],
        "owner": row["source_tn"] if outbound else row["destination_tn"],
        "sender": row["source_tn"],
        "recipients": [row["destination_tn"]],
        "receive_time": row["receive_time"],
    }


def _milliseconds(value: datetime | str | None, now: int) -> int:
    if value is None:
        return now
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).isoformat()
    moment = times.parse_iso(value)
    if moment is None:
        raise ValueError(f"receive_time must be a datetime or ISO 8601, not {value!r}")
    return moment
