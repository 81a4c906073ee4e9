"""Messages of the classic family: judged, kept, followed through their life, and shown."""

import json
import secrets
import string
from typing import Any

from bandwidth_messaging import segments

from ...contract import contract, times
from ...messaging import magic_numbers
from ...messaging.accounts import Account
from ...messaging.family import Incoming
from ...messaging.lifecycle import Plan, Step, planned
from ...messaging.magic_numbers import Outcome
from ...store.queries import Condition, above, at_least, at_most, below, equals, in_list
from ...store.records import Batch, Delivery, ListedDelivery, Message
from ...store.store import Store
from ..family import callback
from ..problems import ErrorAnswer

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
_PAGING = ("size", "sortOrder")
_RECEIPTS = {"all": ("sent", "delivered", "failed"), "error": ("failed",)}


class ClassicProblem(ErrorAnswer):
    """Ends a request, or one message of several, with an error of the classic API."""

    def __init__(self, status: int, category: str, code: str, message: str, field: str | None = None) -> None:
        """Say what is wrong, and with which field if it is one; `code` is a word that programs can compare."""
        super().__init__(message)
        self.status = status
        details = [] if field is None else [{"name": "field", "value": field}]
        self._body = {"category": category, "code": code, "message": message, "details": details}

    def body(self) -> dict[str, Any]:
        """The contract's `classicError`."""
        return self._body


def invalid(message: str, field: str | None = None) -> ClassicProblem:
    """The refusal of what is not as the contract says."""
    return ClassicProblem(400, "bad-request", "validation-error", message, field)


def error_in(message: Any) -> ClassicProblem | None:
    """What is wrong first with a decoded message that is to be sent."""
    if not isinstance(message, dict):
        return invalid("A message must be an object")
    for name in ("from", "to"):
        if not message.get(name):
            return ClassicProblem(400, "bad-request", "blank-property", f"The '{name}' property is blank", name)
    errors = contract.field_errors("classicMessageRequest", message)
    if errors:
        return invalid(errors[0].description, errors[0].name)
    if not message.get("text") and not message.get("media"):
        return ClassicProblem(400, "bad-request", "blank-property", "The 'text' property is blank", "text")
    return None


def accept(request: dict[str, Any], account: Account, store: Store) -> tuple[Batch, str]:
    """Accept a message: what is to be kept, and its id."""
    now = account.clock.now()
    media = request.get("media")
    message = _message(
        account,
        direction="OUTBOUND",
        owner=request["from"],
        sender=request["from"],
        recipients=[request["to"]],
        text=request.get("text"),
        media=([media] if isinstance(media, str) else list(media or [])) or None,
        receive_time=now,
        tag=request.get("tag"),
        extra={name: request[name] for name in _EXTRA if request.get(name) is not None},
    )
    opted_out = store.opt_outs.include(account.classic.user_id, request["from"], request["to"])
    plan = planned(account.clock, now, "queued", _steps(account.outcome(request["to"]), opted_out))
    return Batch(messages=[message], deliveries=[_delivery(message, request["to"], plan)]), message.message_id


def shown(message: Message, delivery: ListedDelivery) -> dict[str, Any]:
    """A message as it is fetched and listed: the contract's `classicMessage` without what was not given."""
    state, delivery_state = _STATES[delivery.message_status]
    body: dict[str, Any] = {
        "id": message.message_id,
        "messageId": message.message_id,
        "from": delivery.source_tn,
        "to": delivery.destination_tn,
        "direction": "in" if delivery.message_direction == "INBOUND" else "out",
        "text": message.text or "",
        "media": message.media or [],
        "state": state,
        "time": times.format_ms(message.receive_time),
        "skipMMSCarrierValidation": True,
        "segmentCount": delivery.segment_count,
    }
    extra = {name: value for name, value in (message.extra or {}).items() if name != "callbackHttpMethod"}
    if message.tag is not None:
        extra["tag"] = message.tag
    if body["direction"] == "out":
        code = delivery.error_code % 1000
        extra |= {"deliveryState": delivery_state, "deliveryCode": code}
        if code:
            extra["deliveryDescription"] = magic_numbers.describe(delivery.error_code)
    return body | extra


def page(store: Store, account: Account, parameters: dict[str, Any]) -> tuple[list[ListedDelivery], dict[str, int]]:
    """A page of a list, and the parameter that names where the next one begins; empty if there is none."""
    conditions = [equals("account_id", account.classic.user_id)]
    conditions += [_condition(name, value) for name, value in parameters.items() if name not in _PAGING]
    size = parameters.get("size", _DEFAULT_SIZE)
    newest_first = parameters.get("sortOrder") == "desc"
    found = store.listing.in_order_of_arrival(conditions, newest_first, size + 1)
    more = len(found) > size
    found = found[:size]
    return found, {("sortKeyLT" if newest_first else "sortKeyGT"): found[-1].position or 0} if more else {}


def _condition(name: str, value: Any) -> Condition:
    if name in ("state", "deliveryState"):
        wanted = [kept for kept, states in _STATES.items() if states[name == "deliveryState"] == value]
        return in_list("message_status", wanted)
    if name == "direction":
        return equals("message_direction", "INBOUND" if value == "in" else "OUTBOUND")
    if name.startswith("sortKey"):
        return (below if name == "sortKeyLT" else above)("position", int(value))
    if name in ("fromDateTime", "toDateTime"):
        moment = _moment(value)
        if moment is None:
            raise invalid(f"There is no such time as '{value}'", name)
        return (at_least if name == "fromDateTime" else at_most)("receive_time", moment)
    return equals({"from": "source_tn", "to": "destination_tn"}[name], value)


def _moment(text: str) -> int | None:
    date, _, clock = text.partition(" ")
    parts = clock.split(":") if clock else []
    return times.parse_iso(f"{date}T{':'.join([*parts, *['00'] * (3 - len(parts))])}Z")


def changed(account: Account, message: Message, delivery: Delivery, time: int) -> Batch:
    """The callback that tells of a new status, if the message asked for it."""
    extra = message.extra or {}
    url = extra.get("callbackUrl")
    if url is None or delivery.message_status not in _RECEIPTS.get(extra.get("receiptRequested", "none"), ()):
        return Batch()
    body = shown(message, delivery)
    event = {
        "eventType": delivery.message_type,
        "messageUri": f"/v1/users/{account.classic.user_id}/messages/{body['id']}",
    }
    wanted = ("direction", "messageId", "from", "to", "text", "state", "media", "deliveryState", "deliveryCode",
              "deliveryDescription", "segmentCount", "tag")  # fmt: skip
    event |= {name: body[name] for name in wanted if name in body}
    event["time"] = times.format_ms(time)
    kind = f"{event['eventType']}-{delivery.message_status}"
    made = callback(message, delivery.destination_tn, kind, url, _HEADERS, json.dumps(event), time)
    return Batch(callbacks=[made])


def received(account: Account, incoming: Incoming) -> tuple[str, Batch]:
    """A message that a phone sent."""
    message = _message(
        account,
        direction="INBOUND",
        owner=incoming.owner,
        sender=incoming.sender,
        recipients=[incoming.owner],
        text=incoming.text,
        media=list(incoming.media) or None,
        receive_time=incoming.time,
    )
    delivery = _delivery(message, incoming.owner, Plan("received", [(incoming.time, "received", 0)], None))
    return message.message_id, Batch(messages=[message], deliveries=[delivery])


def _steps(outcome: Outcome, opted_out: bool) -> list[Step]:
    code = 4475 if opted_out else outcome.error_code
    sent = [Step(0.5, "sending"), Step(0.5, "sent")]
    if code:
        return [*sent, Step(0.5, "failed", code)]
    return [*sent, Step(outcome.seconds, "delivered")] if outcome.delivered else sent


def _message(account: Account, **columns: Any) -> Message:
    identifier = "m-" + "".join(secrets.choice(_ID_ALPHABET) for _ in range(24))
    return Message(message_id=identifier, family="classic", account_id=account.classic.user_id, **columns)


def _delivery(message: Message, recipient: str, plan: Plan) -> Delivery:
    text = message.text or ""
    return Delivery(
        message_id=message.message_id,
        account_id=message.account_id,
        source_tn=message.sender,
        destination_tn=recipient,
        message_status=plan.status,
        message_direction=message.direction,
        message_type="mms" if message.media else "sms",
        segment_count=1 if message.media else segments.count(text),
        error_code=0,
        receive_time=message.receive_time,
        message_length=len(text),
        history=plan.history,
        plan=plan.transitions,
        next_due=plan.next_due,
    )
