"""Messages put into the store by hand, so that a test can say what a list will find."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..contract import rules
from ..messaging import times
from ..messaging.identifiers import message_id
from .messages import Batch, Row, Store, unpacked

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
_MOST_RECIPIENTS = 1000
# What a list does not show, but the page and `sandbox.messages()` do.
_CONTENT = ("text", "media", "tag")
_FIELDS = ("message_id", "account_id", "receive_time", *_DEFAULTS, *_CONTENT, "recipients")


def seed(store: Store, account_id: str, now: int, fields: dict[str, Any]) -> str:
    """Put one message with one recipient into the store.

    Args:
        store: Where it is kept.
        account_id: The account that it belongs to unless `fields` names another.
        now: Its receive time unless `fields` names another, in milliseconds since 1970.
        fields: The fields of a listed message in snake case, `bw_queued` and `carrier_queued` included, and `text`,
            `media` and `tag`.

    Returns:
        The id of the message.

    Raises:
        TypeError: If there is no such field.
        ValueError: If a field cannot have that value, `receive_time` cannot be read, or `message_id` is taken.
    """
    _check_names(fields)
    listed = {name: value for name, value in fields.items() if name != "account_id"}
    if isinstance(listed.get("receive_time"), datetime):
        listed["receive_time"] = _iso(listed["receive_time"])
    rules.check("listedMessage", listed)
    return seed_all(store, account_id, now, [{**fields, **listed}])[0]


def seed_all(store: Store, account_id: str, now: int, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Put messages into the store, all of them or none.

    Args:
        store: Where they are kept.
        account_id: The account that they belong to unless an entry names another.
        now: Their receive time unless an entry names another, in milliseconds since 1970.
        entries: The fields of each message, as in `seed`. Entries with the same `message_id` are one message to
            several recipients, whose text, media and tag are those of the first. `recipients` names them where there
            is no entry for each, as in a message that a phone sent to a group.

    Returns:
        The id of each entry.

    Raises:
        TypeError: If there is no such field.
        ValueError: If a `receive_time` cannot be read, or a `message_id` is taken.
    """
    batch, ids = Batch(), []
    made: dict[str, Row] = {}
    for entry in entries:
        row = _row(entry, account_id, now)
        content = {name: entry.get(name) for name in _CONTENT}
        identifier = row["message_id"]
        if identifier not in made:
            made[identifier] = {**_message(row), **content, "recipients": entry.get("recipients") or []}
        if not entry.get("recipients"):
            made[identifier]["recipients"].append(row["destination_tn"])
        batch.deliveries.append(row)
        ids.append(identifier)
    batch.messages = list(made.values())
    store.write(batch)
    return ids


def export(store: Store, account_id: str, after: int, limit: int) -> tuple[list[Row], int | None]:
    """Read messages of the V2 family in the form that `seed_all` takes.

    Args:
        store: Where they are kept.
        account_id: Whose messages.
        after: Where the last call ended; 0 for the first.
        limit: How many recipients at most, but always a whole message.

    Returns:
        An entry for each recipient, the oldest first, and where to go on; None if that is all.
    """
    rows = _exported(store, account_id, after, limit + 1)
    if len(rows) <= limit:
        return [_entry(row) for row in rows], None
    # A message is imported whole or not at all.
    cut = rows[limit]["message_id"]
    page = [row for row in rows[:limit] if row["message_id"] != cut]
    if not page:
        page = [row for row in _exported(store, account_id, after, _MOST_RECIPIENTS) if row["message_id"] == cut]
    return [_entry(row) for row in page], page[-1]["position"]


def _exported(store: Store, account_id: str, after: int, limit: int) -> list[Row]:
    columns = ", ".join(f"d.{name}" for name in ("position", "message_id", "receive_time", *_DEFAULTS))
    content = ", ".join(f"m.{name}" for name in (*_CONTENT, "recipients"))
    rows = store.select(
        f"SELECT {columns}, {content} FROM deliveries d JOIN messages m ON m.message_id = d.message_id "  # noqa: S608
        "WHERE d.account_id = ? AND d.position > ? ORDER BY d.position LIMIT ?",
        (account_id, after, limit),
    )
    return [unpacked(row) for row in rows]


def _entry(row: Row) -> Row:
    listed = {name: value for name, value in row.items() if name != "position"}
    booleans = {name: bool(row[name]) for name in ("bw_queued", "carrier_queued")}
    return {**listed, **booleans, "receive_time": times.format_ms(row["receive_time"])}


def _check_names(fields: Mapping[str, Any]) -> None:
    unknown = sorted(set(fields) - set(_FIELDS))
    if unknown:
        raise TypeError(f"A message has no field {unknown[0]!r}; it has {', '.join(sorted(_FIELDS))}")


def _row(fields: Mapping[str, Any], account_id: str, now: int) -> Row:
    listed = {name: value for name, value in fields.items() if name not in (*_CONTENT, "recipients")}
    row = {**_DEFAULTS, "message_id": message_id(now), "account_id": account_id, **listed}
    row["receive_time"] = _milliseconds(fields.get("receive_time"), now)
    return row


def _message(row: Row) -> Row:
    outbound = row["message_direction"] == "OUTBOUND"
    return {
        "message_id": row["message_id"],
        "family": "v2",
        "account_id": row["account_id"],
        "direction": row["message_direction"],
        "owner": row["source_tn"] if outbound else row["destination_tn"],
        "sender": row["source_tn"],
        "receive_time": row["receive_time"],
    }


def _iso(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).isoformat()


def _milliseconds(value: str | None, now: int) -> int:
    if value is None:
        return now
    moment = times.parse_iso(value)
    if moment is None:
        raise ValueError(f"receive_time must be a datetime or ISO 8601, not {value!r}")
    return moment
