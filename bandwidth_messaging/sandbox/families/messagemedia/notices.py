"""Delivery reports and replies of the MessageMedia family: made, kept until they are confirmed, and posted."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from bandwidth_messaging import segments

from ...contract import times
from ...messaging.accounts import Account
from ...messaging.family import Incoming
from ...store.records import Batch, Delivery, Message, Notice
from ...store.store import Store
from ..family import callback

_MOST = 100
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_REPORTED = frozenset(("enroute", "submitted", "delivered", "expired", "rejected", "failed"))
_CODES_WITHOUT_ERROR = {"enroute": 211, "submitted": 200, "delivered": 220}


@dataclass(frozen=True)
class Kind:
    """A kind of notice.

    Attributes:
        name: One of them, as its id is named: `<name>_id`.
        plural: Several of them.
    """

    name: str
    plural: str


DELIVERY_REPORT = Kind("delivery_report", "delivery_reports")
REPLY = Kind("reply", "replies")


def waiting(store: Store, account: Account, kind: Kind) -> list[Any]:
    """The bodies of the oldest 100 that wait to be confirmed, the oldest first."""
    found = store.notices.waiting(account.messagemedia.account_id, kind.name, _MOST)
    return [json.loads(notice.body) for notice in found]


def changed(account: Account, message: Message, delivery: Delivery, time: int) -> Batch:
    """The delivery report of a new status, if the message asked for reports."""
    fields, status = message.extra or {}, delivery.message_status
    if not fields["delivery_report"] or status not in _REPORTED:
        return Batch()
    body = _only_set({
        "callback_url": fields.get("callback_url"),
        "delivery_report_id": str(uuid.uuid4()),
        "source_number": fields["destination_number"],
        "date_received": times.format_ms(time),
        "status": status,
        "delay": 0,
        "submitted_date": times.format_ms(time),
        "original_text": fields["content"],
        "message_id": message.message_id,
        "vendor_account_id": _vendor_account_id(account),
        "metadata": fields.get("metadata"),
    })  # fmt: skip
    code = str(delivery.error_code or _CODES_WITHOUT_ERROR[status])
    return _batch(message, delivery.destination_tn, DELIVERY_REPORT, body, {**body, "error_code": code}, time)


def received(account: Account, incoming: Incoming) -> tuple[str, Batch]:
    """A message that a phone sent, and the reply that tells of it."""
    message = _inbound(account, incoming)
    fields = (incoming.original.extra or {}) if incoming.original else {"source_number": incoming.owner}
    body = _only_set({
        "metadata": fields.get("metadata"),
        "message_id": incoming.original.message_id if incoming.original else None,
        "reply_id": message.message_id,
        "date_received": times.format_ms(incoming.time),
        "callback_url": fields.get("callback_url"),
        # The inverse of the original's source number, and so absent if that had none.
        "destination_number": fields.get("source_number"),
        "source_number": incoming.sender,
        "vendor_account_id": _vendor_account_id(account),
        "content": incoming.text or "",
    })  # fmt: skip
    batch = _batch(message, incoming.owner, REPLY, body, body, incoming.time)
    batch.messages.append(message)
    batch.deliveries.append(_inbound_delivery(message, incoming))
    return message.message_id, batch


def _batch(
    message: Message, recipient: str, kind: Kind, body: dict[str, Any], posted: dict[str, Any], time: int
) -> Batch:
    """A notice that waits, and the callback of a message that named an address for it."""
    notice = Notice(
        notice_id=body[f"{kind.name}_id"],
        account_id=message.account_id,
        kind=kind.name,
        message_id=message.message_id,
        body=json.dumps(body, ensure_ascii=False),
    )
    url = body.get("callback_url")
    text = json.dumps(posted, ensure_ascii=False)
    callbacks = [] if url is None else [callback(message, recipient, kind.name, url, _HEADERS, text, time)]
    return Batch(notices=[notice], callbacks=callbacks)


def _inbound(account: Account, incoming: Incoming) -> Message:
    return Message(
        message_id=str(uuid.uuid4()),
        family="messagemedia",
        account_id=account.messagemedia.account_id,
        direction="INBOUND",
        owner=incoming.owner,
        sender=incoming.sender,
        recipients=list(incoming.recipients),
        text=incoming.text,
        media=list(incoming.media) or None,
        receive_time=incoming.time,
    )


def _inbound_delivery(message: Message, incoming: Incoming) -> Delivery:
    text = incoming.text or ""
    return Delivery(
        message_id=message.message_id,
        account_id=message.account_id,
        source_tn=incoming.sender,
        destination_tn=incoming.owner,
        message_status="received",
        message_direction="INBOUND",
        message_type="mms" if incoming.media else "sms",
        segment_count=1 if incoming.media else segments.count(text),
        error_code=0,
        receive_time=incoming.time,
        message_size=len(text.encode()),
        message_length=len(text),
        attachment_count=len(incoming.media),
        recipient_count=len(incoming.recipients),
        history=[(incoming.time, "received", 0)],
    )


def _vendor_account_id(account: Account) -> dict[str, str]:
    return {"vendor_id": "MessageMedia", "account_id": account.messagemedia.account_id}


def _only_set(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
