"""Creating a message in the V2 family: from the bytes of a request to a stored message and the 202 body."""

import json
from typing import Any

from bandwidth_messaging import segments

from ...contract import contract
from ...messaging import disorder, times
from ...messaging.accounts import Account
from ...messaging.identifiers import message_id
from ...messaging.inbound import has_opted_out
from ...messaging.lifecycle import planned
from ...messaging.numbers import country, product
from ...store.messages import Batch, Row
from ...web.problems import FieldError, Problem
from ..services import Services
from . import events as v2_events

_HEADER_BYTES = 6


def read(body: bytes, account: Account) -> dict[str, Any]:
    """Read and judge a request to create a message.

    Args:
        body: The body as it was sent.
        account: The account that wants to send.

    Returns:
        The decoded request, which is right in every respect.

    Raises:
        Problem: 400 with everything that is wrong.
    """
    try:
        request = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        # A lone surrogate is valid JSON, but no text: it could be neither kept nor sent.
        json.dumps(request, ensure_ascii=False).encode("utf-8")
        errors = contract.field_errors("messageRequest", request)
    except (ValueError, RecursionError):
        raise _refused([FieldError("body", "the body must be JSON in UTF-8")]) from None
    if isinstance(request, dict):
        errors += _unmet(request, {error.name for error in errors}, account)
    if errors:
        raise _refused(contract.in_order("messageRequest", errors))
    return dict(request)


def accept(request: dict[str, Any], account: Account, services: Services) -> tuple[dict[str, Any], Batch]:
    """Accept a message that is to be sent.

    Args:
        request: The request, judged right.
        account: The account that sends.
        services: What the sandbox works with.

    Returns:
        The body of the 202 answer, where inputs that were not given are left out, and what is to be kept.
    """
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
    deliveries: list[Row] = [
        {**_delivery(answer, account.account_id, now, to), **_plan(message, account, services, to)}
        for to in request["to"]
    ]
    return answer, Batch(messages=[message], deliveries=deliveries)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


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


def _plan(message: dict[str, Any], account: Account, services: Services, recipient: str) -> dict[str, Any]:
    now, expiration = message["receive_time"], message["expiration"]
    stopped = has_opted_out(services, account.account_id, message["sender"], recipient)
    # It takes a second until a message is handed over.
    expires = expiration is not None and expiration <= now + account.clock.delay(1.0)
    steps = disorder.early(account, v2_events.steps(recipient, expires, stopped))
    return planned(account.clock, now, "RECEIVED", steps)


def _message(answer: dict[str, Any], account_id: str, now: int) -> dict[str, Any]:
    return {
        "message_id": answer["id"],
        "family": "v2",
        "account_id": account_id,
        "application_id": answer["applicationId"],
        "direction": "OUTBOUND",
        "owner": answer["owner"],
        "sender": answer["from"],
        "recipients": answer["to"],
        "text": answer.get("text"),
        "media": answer.get("media"),
        "tag": answer.get("tag"),
        "priority": answer["priority"],
        "expiration": times.parse_rfc3339(answer.get("expiration", "")),
        "receive_time": now,
    }


def _delivery(answer: dict[str, Any], account_id: str, now: int, recipient: str) -> dict[str, Any]:
    text = answer.get("text", "")
    count = answer["segmentCount"]
    return {
        "message_id": answer["id"],
        "account_id": account_id,
        "source_tn": answer["from"],
        "destination_tn": recipient,
        "message_direction": "OUTBOUND",
        "message_type": "mms" if _is_mms(answer) else "sms",
        "segment_count": count,
        "error_code": 0,
        "receive_time": now,
        "message_size": len(text.encode()) + (_HEADER_BYTES * count if count > 1 else 0),
        "message_length": len(text),
        "attachment_count": len(answer.get("media", ())),
        "recipient_count": len(answer["to"]),
        "calling_number_country_a3": country(answer["from"]),
        "called_number_country_a3": country(recipient),
        "product": product(answer["from"]),
        "bw_queued": True,
        "carrier_queued": False,
    }
