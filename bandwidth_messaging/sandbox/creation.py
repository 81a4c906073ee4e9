"""Creating a message in the V2 family: from the bytes of a request to a stored message and the 202 body."""

import json
import secrets
import string
from typing import Any

from .. import segments
from . import contract, times
from .errors import FieldError, Problem
from .numbers import country, product
from .store import Store

_ID_ALPHABET = string.ascii_lowercase + string.digits
_HEADER_BYTES = 6


def new_id(now: int) -> str:
    """Make a message id as the vendor does: 13 digits of milliseconds and 16 of `a-z0-9`.

    Args:
        now: Milliseconds since 1970.

    Returns:
        29 characters.
    """
    return f"{now:013d}" + "".join(secrets.choice(_ID_ALPHABET) for _ in range(16))


def read(body: bytes, applications: frozenset[str], now: int) -> dict[str, Any]:
    """Read and judge a request to create a message.

    Args:
        body: The body as it was sent.
        applications: The ids of the account's applications.
        now: Milliseconds since 1970.

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
        errors += _unmet(request, {error.name for error in errors}, applications, now)
    if errors:
        raise _refused(contract.in_order("messageRequest", errors))
    return dict(request)


def accept(request: dict[str, Any], account_id: str, store: Store, now: int) -> dict[str, Any]:
    """Store a message that is to be sent. It is on disk when this returns.

    Args:
        request: The request, judged right.
        account_id: The account that sends.
        store: Where it is kept.
        now: Milliseconds since 1970.

    Returns:
        The body of the 202 answer; inputs that were not given are left out.
    """
    message_id = new_id(now)
    answer: dict[str, Any] = {
        "id": message_id,
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
    store.add(_message(answer, account_id, now), [_delivery(answer, account_id, now, to) for to in request["to"]])
    return answer


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _refused(errors: list[FieldError]) -> Problem:
    return Problem(400, "request-validation", "Your request could not be accepted", errors)


def _unmet(request: dict[str, Any], broken: set[str], applications: frozenset[str], now: int) -> list[FieldError]:
    """List what a schema cannot say, for the fields that it found nothing wrong with."""
    unmet = []
    if "applicationId" not in broken and request["applicationId"] not in applications:
        unmet.append(FieldError("applicationId", "'applicationId' must be an application of this account"))
    if "expiration" in request and "expiration" not in broken:
        expiration = times.parse_rfc3339(request["expiration"])
        if expiration is not None and expiration <= now:
            unmet.append(FieldError("expiration", "'expiration' must be in the future"))
    return unmet


def _is_mms(message: dict[str, Any]) -> bool:
    return bool(message.get("media")) or len(message["to"]) > 1


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
        "message_status": "RECEIVED",
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
