"""The V2 family's share in the life of a message: its plan, its callbacks, and the messages that phones send."""

import json
from dataclasses import replace
from typing import Any

from bandwidth_messaging import segments

from ...contract import times
from ...messaging import disorder, magic_numbers
from ...messaging.accounts import Account
from ...messaging.family import Incoming
from ...messaging.identifiers import message_id
from ...messaging.lifecycle import Step
from ...messaging.magic_numbers import Outcome
from ...messaging.numbers import country
from ...store.records import Batch, Callback, Delivery, Message
from ...store.records import changed as update
from ...store.store import Store
from ..family import callback

_HEADERS = {"User-Agent": "BandwidthAPI/v2", "Content-Type": "application/json; charset=utf-8"}
_TYPES = {
    "SENDING": "message-sending",
    "SENT": "message-sent",
    "DELIVERED": "message-delivered",
    "FAILED": "message-failed",
}
_DESCRIPTIONS = {
    "message-sending": "Message is sending to carrier.",
    "message-sent": "Message sent to carrier",
    "message-delivered": "Message delivered to handset.",
}


def steps(outcome: Outcome, expires: bool, opted_out: bool = False) -> list[Step]:
    """What happens to a delivery after it was received; `expires` says that it does before it is handed over."""
    if opted_out:
        return [Step(0.5, "QUEUED"), Step(0.5, "FAILED", 4475)]
    if expires:
        return [Step(0.5, "QUEUED"), Step(0.5, "FAILED", 4360)]
    handed_over = [Step(0.5, "QUEUED"), Step(0.5, "SENDING"), Step(0.5, "SENT")]
    if outcome.error_code:
        # The second digit says who refused: up to 4 it is the vendor, before anything is handed over.
        refused_by_vendor = str(outcome.error_code)[1] in "0134"
        return [*handed_over[: 1 if refused_by_vendor else 3], Step(0.5, "FAILED", outcome.error_code)]
    return [*handed_over, Step(outcome.seconds, "DELIVERED")] if outcome.delivered else handed_over


def changed(account: Account, message: Message, delivery: Delivery, time: int) -> Batch:
    """The callback that tells of a new status, if one is wanted."""
    kind = _TYPES.get(delivery.message_status)
    url = account.callbacks.outbound_url
    # The vendor tells of sending for picture messages only.
    if kind is None or (kind == "message-sending" and delivery.message_type == "sms"):
        return Batch()
    if url is None or kind not in account.callbacks.types:
        return Batch()
    event: dict[str, Any] = {"time": times.format_ms(time), "type": kind, "to": delivery.destination_tn}
    event["description"] = _DESCRIPTIONS.get(kind) or magic_numbers.describe(delivery.error_code)
    if kind == "message-failed":
        event["errorCode"] = delivery.error_code
    # The text is not kept by the vendor, so its events carry an empty one.
    event["message"] = {**_message(message, delivery.segment_count), "text": ""}
    wait = disorder.late(account, is_last=not delivery.plan)
    return Batch(callbacks=[_callback(message, kind, url, event, time, wait)])


def received(account: Account, incoming: Incoming) -> tuple[str, Batch]:
    """A message that a phone sent, and the callback that tells of it."""
    message = Message(
        message_id=message_id(incoming.time),
        family="v2",
        account_id=account.account_id,
        application_id=account.application_id,
        direction="INBOUND",
        owner=incoming.owner,
        sender=incoming.sender,
        recipients=list(incoming.recipients),
        text=incoming.text,
        media=list(incoming.media) or None,
        receive_time=incoming.time,
    )
    delivery = _inbound_delivery(message, incoming)
    batch = Batch(messages=[message], deliveries=[delivery])
    if account.callbacks.inbound_url is not None:
        event = {
            "time": times.format_ms(incoming.time),
            "type": "message-received",
            "to": incoming.owner,
            "description": "Incoming message received",
            "message": _message(message, delivery.segment_count),
        }
        url = account.callbacks.inbound_url
        batch.callbacks.append(_callback(message, "message-received", url, event, incoming.time))
    return message.message_id, batch


def answered(told: Callback, store: Store, time: int) -> Batch:
    """An inbound message has been taken by the customer once its callback is answered."""
    if told.type != "message-received":
        return Batch()
    deliveries = store.messages.deliveries(told.account_id, told.message_id)
    return Batch(
        updates=[
            update(delivery, message_status="ACCEPTED", history=[*(delivery.history or ()), (time, "ACCEPTED", 0)])
            for delivery in deliveries
            if delivery.message_status == "RECEIVED"
        ]
    )


def _inbound_delivery(message: Message, incoming: Incoming) -> Delivery:
    text = incoming.text or ""
    mms = bool(incoming.media) or len(incoming.recipients) > 1
    return Delivery(
        message_id=message.message_id,
        account_id=message.account_id,
        source_tn=incoming.sender,
        destination_tn=incoming.owner,
        message_status="RECEIVED",
        message_direction="INBOUND",
        message_type="mms" if mms else "sms",
        segment_count=1 if mms else segments.count(text),
        error_code=0,
        receive_time=incoming.time,
        message_size=len(text.encode()),
        message_length=len(text),
        attachment_count=len(incoming.media),
        recipient_count=len(incoming.recipients),
        calling_number_country_a3=country(incoming.sender),
        called_number_country_a3=country(incoming.owner),
        product="LOCAL_A2P",
        history=[(incoming.time, "RECEIVED", 0)],
    )


def _message(message: Message, segment_count: int) -> dict[str, Any]:
    """The `message` object of a callback."""
    body: dict[str, Any] = {
        "id": message.message_id,
        "owner": message.owner,
        "applicationId": message.application_id,
        "time": times.format_ms(message.receive_time),
        "segmentCount": segment_count,
        "direction": "in" if message.direction == "INBOUND" else "out",
        "to": message.recipients,
        "from": message.sender,
        "text": message.text or "",
    }
    optional = {"media": message.media, "tag": message.tag, "priority": message.priority}
    return body | {name: value for name, value in optional.items() if value is not None}


def _callback(message: Message, kind: str, url: str, event: dict[str, Any], time: int, wait: int = 0) -> Callback:
    body = json.dumps([event], ensure_ascii=False)
    made = callback(message, event["to"], kind, url, _HEADERS, body, time)
    return replace(made, due=time + wait)
