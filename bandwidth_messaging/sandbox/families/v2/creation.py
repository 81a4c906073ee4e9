"""Creating a message in the V2 family: from the bytes of a request to a stored message and the 202 body."""

from typing import Any

from bandwidth_messaging import segments

from ...contract import contract, times
from ...contract.wording import FieldError
from ...messaging import disorder
from ...messaging.accounts import Account
from ...messaging.identifiers import message_id
from ...messaging.lifecycle import Plan, planned
from ...messaging.numbers import country, product
from ...store.records import Batch, Delivery, Message
from ...store.store import Store
from ..family import decode_json, refuse_constant
from ..problems import Problem
from . import events

_HEADER_BYTES = 6


def read(body: bytes, account: Account) -> dict[str, Any]:
    """Read a request to create a message; a Problem with everything that is wrong."""
    try:
        request = decode_json(body, refuse_constant)
        errors = contract.field_errors("messageRequest", request)
    except (ValueError, RecursionError):
        raise _refused([FieldError("body", "the body must be JSON in UTF-8")]) from None
    if isinstance(request, dict):
        errors += _unmet(request, {error.name for error in errors}, account)
    if errors:
        raise _refused(contract.in_order("messageRequest", errors))
    return dict(request)


def accept(request: dict[str, Any], account: Account, store: Store) -> tuple[dict[str, Any], Batch]:
    """Accept a message: the body of the 202 answer, without inputs that were not given, and what is to be kept."""
    now = account.clock.now()
    identifier = message_id(now)
    answer: dict[str, Any] = {
        "id": identifier,
        "owner": request["from"],
        "applicationId": request["applicationId"],
        "time": times.format_ms(now),
        "segmentCount": 1 if _is_mms(request) else segments.count(request["text"]),
        "direction": "out",
        "to": request["to"],
        "from": request["from"],
    }
    optional = ("media", "text", "tag", "priority", "expiration")
    answer |= {name: request[name] for name in optional if name in request}
    answer.setdefault("priority", "default")
    message = _message(answer, account.account_id, now)
    deliveries = [_delivery(answer, message, to, _plan(message, account, store, to)) for to in request["to"]]
    return answer, Batch(messages=[message], deliveries=deliveries)


def _refused(errors: list[FieldError]) -> Problem:
    return Problem(400, "request-validation", "Your request could not be accepted", errors)


def _unmet(request: dict[str, Any], broken: set[str], account: Account) -> list[FieldError]:
    """List what a schema cannot say, for the fields that it found nothing wrong with."""
    unmet = []
    if "applicationId" not in broken and request["applicationId"] != account.application_id:
        unmet.append(FieldError("applicationId", "'applicationId' must be an application of this account"))
    if "expiration" in request and "expiration" not in broken:
        expiration = times.parse_rfc3339(request["expiration"])
        if expiration is not None and expiration <= account.clock.now():
            unmet.append(FieldError("expiration", "'expiration' must be in the future"))
    return unmet


def _is_mms(message: dict[str, Any]) -> bool:
    return bool(message.get("media")) or len(message["to"]) > 1


def _plan(message: Message, account: Account, store: Store, recipient: str) -> Plan:
    now, expiration = message.receive_time, message.expiration
    opted_out = store.opt_outs.include(account.account_id, message.sender, recipient)
    # It takes a second until a message is handed over.
    expires = expiration is not None and expiration <= now + account.clock.delay(1.0)
    steps = disorder.early(account, events.steps(account.outcome(recipient), expires, opted_out))
    return planned(account.clock, now, "RECEIVED", steps)


def _message(answer: dict[str, Any], account_id: str, now: int) -> Message:
    return Message(
        message_id=answer["id"],
        family="v2",
        account_id=account_id,
        application_id=answer["applicationId"],
        direction="OUTBOUND",
        owner=answer["owner"],
        sender=answer["from"],
        recipients=answer["to"],
        text=answer.get("text"),
        media=answer.get("media"),
        tag=answer.get("tag"),
        priority=answer["priority"],
        expiration=times.parse_rfc3339(answer.get("expiration", "")),
        receive_time=now,
    )


def _delivery(answer: dict[str, Any], message: Message, recipient: str, plan: Plan) -> Delivery:
    text, count = message.text or "", answer["segmentCount"]
    return Delivery(
        message_id=message.message_id,
        account_id=message.account_id,
        source_tn=message.sender,
        destination_tn=recipient,
        message_status=plan.status,
        message_direction="OUTBOUND",
        message_type="mms" if _is_mms(answer) else "sms",
        segment_count=count,
        error_code=0,
        receive_time=message.receive_time,
        message_size=len(text.encode()) + (_HEADER_BYTES * count if count > 1 else 0),
        message_length=len(text),
        attachment_count=len(answer.get("media", ())),
        recipient_count=len(message.recipients),
        calling_number_country_a3=country(message.sender),
        called_number_country_a3=country(recipient),
        product=product(message.sender),
        bw_queued=True,
        history=plan.history,
        plan=plan.transitions,
        next_due=plan.next_due,
    )
