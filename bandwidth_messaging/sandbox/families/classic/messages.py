"""Messages of the classic family: judged, kept, followed through their life, and shown."""

import json
import secrets
import string
from typing import Any

from bandwidth_messaging import segments

from ...contract import contract
from ...messaging import magic_numbers as outcomes
from ...messaging import times
from ...messaging.accounts import Account
from ...messaging.inbound import has_opted_out
from ...messaging.lifecycle import Step, planned
from ...store.messages import Batch, Row, Store
from ..family import Incoming, callback_row
from ..services import Services

_ID_ALPHABET = string.ascii_lowercase + string.digits
_DEFAULT_SIZE = 25
_HEADERS = {"User-Agent": "BandwidthAPI/v1", "Content-Type": "application/json; charset=utf-8"}
# How the statuses that are kept read on the wire: state and delivery state.
_STATES = {
    "received": ("received", "waiting"),
    "queued": ("queued", "waiting"),
    "sending": ("sending", "waiting"),
    "sent": ("sent", "waiting"),
    "delivered": ("sent", "delivered"),
    "failed": ("error", "not-delivered"),
}
_EXTRA = ("receiptRequested", "callbackUrl", "callbackHttpMethod", "callbackTimeout", "fallbackUrl")
_RECEIPTS = {"all": ("sent", "delivered", "failed"), "error": ("failed",)}


class ClassicProblem(Exception):
    """Ends a request, or one message of several, with an error of the classic API."""

    def __init__(self, status: int, category: str, code: str, message: str, field: str | None = None) -> None:
        """Say what is wrong.

        Args:
            status: The HTTP status.
            category: The kind of error.
            code: The error, a word that programs can compare.
            message: The error in words.
            field: The field that is wrong, if it is one.
        """
        super().__init__(message)
        self.status = status
        self._body = {
            "category": category,
            "code": code,
            "message": message,
            "details": [] if field is None else [{"name": "field", "value": field}],
        }

    def body(self) -> dict[str, Any]:
        """Make the error body.

        Returns:
            The contract's `classicError`.
        """
        return self._body


def error_in(message: Any) -> ClassicProblem | None:
    """Judge a message that is to be sent.

    Args:
        message: The decoded message.

    Returns:
        What is wrong with it first, or None.
    """
    if not isinstance(message, dict):
        return ClassicProblem(400, "bad-request", "validation-error", "A message must be an object")
    for name in ("from", "to"):
        if not message.get(name):
            return ClassicProblem(400, "bad-request", "blank-property", f"The '{name}' property is blank", name)
    errors = contract.field_errors("classicMessageRequest", message)
    if errors:
        return ClassicProblem(400, "bad-request", "validation-error", errors[0].description, errors[0].name)
    if not message.get("text") and not message.get("media"):
        return ClassicProblem(400, "bad-request", "blank-property", "The 'text' property is blank", "text")
    return None


def accept(request: dict[str, Any], account: Account, services: Services) -> tuple[Batch, str]:
    """Accept a message that is to be sent.

    Args:
        request: The message, judged right.
        account: The account that sends.
        services: What the sandbox works with.

    Returns:
        What is to be kept, and the id of the message.
    """
    now = account.clock.now()
    media = request.get("media")
    pictures = [media] if isinstance(media, str) else list(media or [])
    message = _message(account, request["from"], request["to"], request.get("text"), pictures, now)
    message |= {
        "direction": "OUTBOUND",
        "owner": request["from"],
        "tag": request.get("tag"),
        "extra": {name: request[name] for name in _EXTRA if request.get(name) is not None},
    }
    stopped = has_opted_out(services, account.classic.user_id, request["from"], request["to"])
    plan = planned(account.clock, now, "queued", _steps(request["to"], stopped))
    delivery = _delivery(message, request["to"], "OUTBOUND") | plan
    return Batch(messages=[message], deliveries=[delivery]), message["message_id"]


def shown(message: Row, delivery: Row) -> dict[str, Any]:
    """Show a message as it is fetched and listed.

    Args:
        message: The columns of the message.
        delivery: The columns of its delivery.

    Returns:
        The contract's `classicMessage`; what was not given is left out.
    """
    state, delivery_state = _STATES[delivery["message_status"]]
    body: dict[str, Any] = {
        "id": message["message_id"],
        "messageId": message["message_id"],
        "from": delivery["source_tn"],
        "to": delivery["destination_tn"],
        "direction": "in" if delivery["message_direction"] == "INBOUND" else "out",
        "text": message["text"] or "",
        "media": message["media"] or [],
        "state": state,
        "time": times.format_ms(message["receive_time"]),
        "skipMMSCarrierValidation": True,
        "segmentCount": delivery["segment_count"],
    }
    extra = {name: value for name, value in (message["extra"] or {}).items() if name != "callbackHttpMethod"}
    if message["tag"] is not None:
        extra["tag"] = message["tag"]
    if body["direction"] == "out":
        code = delivery["error_code"] % 1000
        extra |= {"deliveryState": delivery_state, "deliveryCode": code}
        if code:
            extra["deliveryDescription"] = outcomes.describe(delivery["error_code"])
    return body | extra


def page(store: Store, account: Account, parameters: dict[str, Any]) -> tuple[list[Row], dict[str, int]]:
    """Read a page of a list.

    Args:
        store: Where the messages are.
        account: Whose messages.
        parameters: The query parameters.

    Returns:
        The deliveries, and the parameter that names where the next page begins; empty if there is none.
    """
    conditions, values = ["account_id = ?"], [account.classic.user_id]
    for name, value in parameters.items():
        if name in _CONDITIONS:
            conditions.append(_CONDITIONS[name])
            values.append(_bound(name, value))
    for name in ("state", "deliveryState"):
        if name in parameters:
            wanted = [kept for kept, states in _STATES.items() if states[name == "deliveryState"] == parameters[name]]
            conditions.append(f"message_status IN ({', '.join('?' * len(wanted))})")
            values += wanted
    size = parameters.get("size", _DEFAULT_SIZE)
    newest_first = parameters.get("sortOrder") == "desc"
    sql = f"SELECT * FROM deliveries WHERE {' AND '.join(conditions)} ORDER BY position"  # noqa: S608 - values bound
    rows = store.select(f"{sql}{' DESC' if newest_first else ''} LIMIT ?", (*values, size + 1))
    more = len(rows) > size
    rows = rows[:size]
    return rows, {("sortKeyLT" if newest_first else "sortKeyGT"): rows[-1]["position"]} if more else {}


_CONDITIONS = {
    "from": "source_tn = ?",
    "to": "destination_tn = ?",
    "fromDateTime": "receive_time >= ?",
    "toDateTime": "receive_time <= ?",
    "direction": "message_direction = ?",
    "sortKeyLT": "position < ?",
    "sortKeyGT": "position > ?",
}


def _bound(name: str, value: Any) -> Any:
    if name == "direction":
        return "INBOUND" if value == "in" else "OUTBOUND"
    if name.startswith("sortKey"):
        return int(value)
    if name in ("fromDateTime", "toDateTime"):
        moment = _moment(value)
        if moment is None:
            raise ClassicProblem(400, "bad-request", "validation-error", f"There is no such time as '{value}'", name)
        return moment
    return value


def _moment(text: str) -> int | None:
    date, _, clock = text.partition(" ")
    parts = clock.split(":") if clock else []
    return times.parse_iso(f"{date}T{':'.join([*parts, *['00'] * (3 - len(parts))])}Z")


class ClassicEvents:
    """Speaks for the classic family."""

    def changed(self, account: Account, message: Row, delivery: Row, time: int) -> Batch:
        """See `Family.changed`."""
        extra = message["extra"] or {}
        url = extra.get("callbackUrl")
        if url is None or delivery["message_status"] not in _RECEIPTS.get(extra.get("receiptRequested", "none"), ()):
            return Batch()
        body = shown(message, delivery)
        event = {
            "eventType": delivery["message_type"],
            "messageUri": f"/v1/users/{account.classic.user_id}/messages/{body['id']}",
        }
        wanted = ("direction", "messageId", "from", "to", "text", "state", "media", "deliveryState", "deliveryCode",
                  "deliveryDescription", "segmentCount", "tag")  # fmt: skip
        event |= {name: body[name] for name in wanted if name in body}
        event["time"] = times.format_ms(time)
        recipient = delivery["destination_tn"]
        kind = f"{event['eventType']}-{delivery['message_status']}"
        return Batch(callbacks=[callback_row(message, recipient, kind, url, _HEADERS, json.dumps(event), time)])

    def received(self, account: Account, incoming: Incoming) -> tuple[str, Batch]:
        """See `Family.received`."""
        message = _message(
            account, incoming.sender, incoming.owner, incoming.text, list(incoming.media), incoming.time
        ) | {"direction": "INBOUND", "owner": incoming.owner}
        delivery = _delivery(message, incoming.owner, "INBOUND")
        delivery |= {"message_status": "received", "history": [(incoming.time, "received", 0)]}
        return message["message_id"], Batch(messages=[message], deliveries=[delivery])


def _steps(recipient: str, stopped: bool) -> list[Step]:
    outcome = outcomes.outcome(recipient)
    code = 4475 if stopped else outcome.error_code
    sent = [Step(0.5, "sending"), Step(0.5, "sent")]
    if code:
        return [*sent, Step(0.5, "failed", code)]
    return [*sent, Step(outcome.seconds, "delivered")] if outcome.delivered else sent


def _message(
    account: Account, sender: str, recipient: str, text: str | None, media: list[str], now: int
) -> dict[str, Any]:
    return {
        "message_id": "m-" + "".join(secrets.choice(_ID_ALPHABET) for _ in range(24)),
        "family": "classic",
        "account_id": account.classic.user_id,
        "sender": sender,
        "recipients": [recipient],
        "text": text,
        "media": media or None,
        "receive_time": now,
    }


def _delivery(message: dict[str, Any], recipient: str, direction: str) -> dict[str, Any]:
    text = message["text"] or ""
    return {
        "message_id": message["message_id"],
        "account_id": message["account_id"],
        "source_tn": message["sender"],
        "destination_tn": recipient,
        "message_direction": direction,
        "message_type": "mms" if message["media"] else "sms",
        "segment_count": 1 if message["media"] else segments.count(text),
        "error_code": 0,
        "receive_time": message["receive_time"],
        "message_length": len(text),
        "bw_queued": False,
        "carrier_queued": False,
    }
