"""The V2 family's share in the life of a message: its plan, its callbacks, and the messages that phones send."""

import json
from typing import Any

from bandwidth_messaging import segments

from ...messaging import disorder, times
from ...messaging import magic_numbers as outcomes
from ...messaging.accounts import Account
from ...messaging.identifiers import message_id
from ...messaging.lifecycle import Step
from ...messaging.numbers import country
from ...store.messages import Batch, Row
from ..family import Incoming, callback_row

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


def steps(recipient: str, expires: bool, opted_out: bool = False) -> list[Step]:
    """Plan the life of a delivery.

    Args:
        recipient: The number that it goes to.
        expires: Whether the message expires before it could be handed over.
        opted_out: Whether the recipient has sent STOP.

    Returns:
        What happens to it after it was received.
    """
    if opted_out:
        return [Step(0.5, "QUEUED"), Step(0.5, "FAILED", 4475)]
    if expires:
        return [Step(0.5, "QUEUED"), Step(0.5, "FAILED", 4360)]
    outcome = outcomes.outcome(recipient)
    handed_over = [Step(0.5, "QUEUED"), Step(0.5, "SENDING"), Step(0.5, "SENT")]
    if outcome.error_code:
        # The second digit says who refused: up to 4 it is the vendor, before anything is handed over.
        refused_by_vendor = str(outcome.error_code)[1] in "0134"
        return [*handed_over[: 1 if refused_by_vendor else 3], Step(0.5, "FAILED", outcome.error_code)]
    return [*handed_over, Step(outcome.seconds, "DELIVERED")] if outcome.delivered else handed_over


class V2Events:
    """Speaks for the V2 family."""

    def changed(self, account: Account, message: Row, delivery: Row, time: int) -> Batch:
        """See `Family.changed`."""
        kind = _TYPES.get(delivery["message_status"])
        url = account.callbacks.outbound_url
        # The vendor tells of sending for picture messages only.
        if kind is None or (kind == "message-sending" and delivery["message_type"] == "sms"):
            return Batch()
        if url is None or kind not in account.callbacks.types:
            return Batch()
        event: dict[str, Any] = {"time": times.format_ms(time), "type": kind, "to": delivery["destination_tn"]}
        event["description"] = _DESCRIPTIONS.get(kind) or outcomes.describe(delivery["error_code"])
        if kind == "message-failed":
            event["errorCode"] = delivery["error_code"]
        # The text is not kept by the vendor, so its events carry an empty one.
        event["message"] = {**_message(message, delivery["segment_count"]), "text": ""}
        callback = _callback(message, kind, url, event, time)
        callback["due"] += disorder.late(account, is_last=not delivery["plan"])
        return Batch(callbacks=[callback])

    def received(self, account: Account, incoming: Incoming) -> tuple[str, Batch]:
        """See `Family.received`."""
        identifier = message_id(incoming.time)
        mms = bool(incoming.media) or len(incoming.recipients) > 1
        count = 1 if mms else segments.count(incoming.text or "")
        message = {
            "message_id": identifier,
            "family": "v2",
            "account_id": account.account_id,
            "application_id": account.application_id,
            "direction": "INBOUND",
            "owner": incoming.owner,
            "sender": incoming.sender,
            "recipients": list(incoming.recipients),
            "text": incoming.text,
            "media": list(incoming.media) or None,
            "receive_time": incoming.time,
        }
        delivery = {
            "message_id": identifier,
            "account_id": account.account_id,
            "source_tn": incoming.sender,
            "destination_tn": incoming.owner,
            "message_status": "RECEIVED",
            "message_direction": "INBOUND",
            "message_type": "mms" if mms else "sms",
            "segment_count": count,
            "error_code": 0,
            "receive_time": incoming.time,
            "message_size": len((incoming.text or "").encode()),
            "message_length": len(incoming.text or ""),
            "attachment_count": len(incoming.media),
            "recipient_count": len(incoming.recipients),
            "calling_number_country_a3": country(incoming.sender),
            "called_number_country_a3": country(incoming.owner),
            "product": "LOCAL_A2P",
            "bw_queued": False,
            "carrier_queued": False,
            "history": [(incoming.time, "RECEIVED", 0)],
        }
        batch = Batch(messages=[message], deliveries=[delivery])
        if account.callbacks.inbound_url is not None:
            event = {
                "time": times.format_ms(incoming.time),
                "type": "message-received",
                "to": incoming.owner,
                "description": "Incoming message received",
                "message": _message(message, count),
            }
            url = account.callbacks.inbound_url
            batch.callbacks.append(_callback(message, "message-received", url, event, incoming.time))
        return identifier, batch


def _message(message: Row, segment_count: int) -> dict[str, Any]:
    """Make the `message` object of a callback."""
    body: dict[str, Any] = {
        "id": message["message_id"],
        "owner": message["owner"],
        "applicationId": message["application_id"],
        "time": times.format_ms(message["receive_time"]),
        "segmentCount": segment_count,
        "direction": "in" if message["direction"] == "INBOUND" else "out",
        "to": message["recipients"],
        "from": message["sender"],
        "text": message.get("text") or "",
    }
    optional = ("media", "tag", "priority")
    return body | {name: message[name] for name in optional if message.get(name) is not None}


def _callback(message: Row, kind: str, url: str, event: dict[str, Any], time: int) -> dict[str, Any]:
    body = json.dumps([event], ensure_ascii=False)
    return callback_row(message, event["to"], kind, url, _HEADERS, body, time)
