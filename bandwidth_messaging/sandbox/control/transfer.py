"""Messages put into the store by hand, so that a test can say what a list will find; and taken out again."""

from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import datetime, timezone
from typing import Any

from ..contract import rules, times
from ..messaging.identifiers import message_id
from ..store.records import Batch, Delivery, ListedDelivery, Message, ShownDelivery
from ..store.store import Store

_DEFAULTS: dict[str, Any] = {
    "source_tn": "+15553332222",
    "destination_tn": "+15554443333",
    "message_status": "DELIVERED",
    "message_direction": "OUTBOUND",
    "message_type": "sms",
    "segment_count": 1,
    "error_code": 0,
    "message_size": 5,
    "message_length": 5,
    "attachment_count": 0,
    "recipient_count": 1,
    "calling_number_country_a3": "USA",
    "called_number_country_a3": "USA",
    "product": "LOCAL_A2P",
}
_MOST_RECIPIENTS = 1000
# What a list does not show, but the page and `sandbox.messages()` do.
_CONTENT = ("text", "media", "tag")
_LISTED = tuple(field.name for field in fields_of(ListedDelivery) if field.name not in ("position", "account_id"))
_FIELDS = (*_LISTED, "account_id", *_CONTENT, "recipients")


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of one message that is to be added; `account_id` may be among them.

    TypeError for an unknown field, ValueError for a value that it cannot have.
    """
    unknown = sorted(set(fields) - set(_FIELDS))
    if unknown:
        raise TypeError(f"A message has no field {unknown[0]!r}; it has {', '.join(sorted(_FIELDS))}")
    listed = {name: value for name, value in fields.items() if name != "account_id"}
    if isinstance(listed.get("receive_time"), datetime):
        listed["receive_time"] = _iso(listed["receive_time"])
    rules.check("listedMessage", listed)
    return {**fields, **listed}


def add_all(store: Store, account_id: str, now: int, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Put messages into the store, all of them or none, and give the id of each entry.

    Entries with the same `message_id` are one message to several recipients, whose text, media and tag are those of
    the first. `recipients` names them where there is no entry for each, as in a message that a phone sent to a group.
    ValueError if a `receive_time` cannot be read, or a `message_id` is taken.
    """
    batch, messages = Batch(), dict[str, Message]()
    for entry in entries:
        delivery = _delivery(entry, account_id, now)
        message = messages.setdefault(delivery.message_id, _message(delivery, entry))
        if not entry.get("recipients"):
            message.recipients.append(delivery.destination_tn)
        batch.deliveries.append(delivery)
    batch.messages = list(messages.values())
    store.write(batch)
    return [delivery.message_id for delivery in batch.deliveries]


def export(store: Store, account_id: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """Read messages in the form that `add_all` takes, the oldest first, and where to go on; None if that is all.

    Gives an entry for each recipient, at most `limit` of them, but always a whole message.
    """
    stored = store.messages.stored(account_id, after, limit + 1)
    if len(stored) <= limit:
        return [_entry(each) for each in stored], None
    # A message is imported whole or not at all.
    cut = stored[limit].message_id
    page = [each for each in stored[:limit] if each.message_id != cut]
    if not page:
        page = [each for each in store.messages.stored(account_id, after, _MOST_RECIPIENTS) if each.message_id == cut]
    return [_entry(each) for each in page], page[-1].position


def _entry(delivery: ShownDelivery) -> dict[str, Any]:
    entry = {name: getattr(delivery, name) for name in (*_LISTED, *_CONTENT, "recipients")}
    return {**entry, "receive_time": times.format_ms(delivery.receive_time)}


def _delivery(entry: Mapping[str, Any], account_id: str, now: int) -> Delivery:
    listed = {name: value for name, value in entry.items() if name not in (*_CONTENT, "recipients")}
    columns = {**_DEFAULTS, "message_id": message_id(now), "account_id": account_id, **listed}
    return Delivery(**{**columns, "receive_time": _milliseconds(entry.get("receive_time"), now)})


def _message(delivery: Delivery, entry: Mapping[str, Any]) -> Message:
    outbound = delivery.message_direction == "OUTBOUND"
    return Message(
        message_id=delivery.message_id,
        family="v2",
        account_id=delivery.account_id,
        direction=delivery.message_direction,
        owner=delivery.source_tn if outbound else delivery.destination_tn,
        sender=delivery.source_tn,
        recipients=list(entry.get("recipients") or ()),
        receive_time=delivery.receive_time,
        **{name: entry.get(name) for name in _CONTENT},
    )


def _iso(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).isoformat()


def _milliseconds(value: str | None, now: int) -> int:
    if value is None:
        return now
    moment = times.parse_iso(value)
    if moment is None:
        raise ValueError(f"receive_time must be a datetime or ISO 8601, not {value!r}")
    return moment
