"""Freezing: a request is checked and rendered when it is added; what was planned is what goes out."""

import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from .. import models, segments
from ..exceptions import InvalidRequestException
from .failures import KeyConflictException
from .tagging import LONGEST_TAG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..models.message_request import MessageRequest

__all__ = ["Frozen", "check_key", "conflict", "freeze", "hash_of", "thaw"]

_LONGEST_KEY = 255


class Frozen(NamedTuple):
    """A request as it is kept."""

    key: str
    account_id: str
    request: str
    """JSON under wire names, in the order of the contract."""
    request_hash: bytes
    sender: str
    recipient: str
    """All recipients, sorted, with commas between them."""
    segments: int


def check_key(key: object) -> str:
    """The key, if it can be one.

    Raises:
        InvalidRequestException: It is no string of 1 to 255 printable characters.
    """
    if not isinstance(key, str):
        raise InvalidRequestException(("key", f"give a string, not {type(key).__name__}"))
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise InvalidRequestException(("key", f"give 1 to {_LONGEST_KEY} printable characters"))
    return key


def freeze(secret: bytes, account_id: str, request: "MessageRequest | Mapping[str, Any]", key: str) -> Frozen:
    """Check a request and render it.

    Raises:
        InvalidRequestException: The request or an argument cannot be sent; the message names the field and the rule.
    """
    if not isinstance(account_id, str) or not account_id:
        raise InvalidRequestException(("account_id", "give your account id as a string"))
    message = _checked(request)
    wire = {name: value for name, value in json.loads(message.to_json()).items() if value is not None}
    if len(wire.get("tag", "")) > LONGEST_TAG:
        raise InvalidRequestException(
            ("tag", f"at most {LONGEST_TAG} characters; the outbox needs the other 64 for its own")
        )
    rendered = json.dumps(wire, ensure_ascii=False, separators=(",", ":"))
    group = len(wire["to"]) > 1
    return Frozen(
        key=check_key(key),
        account_id=account_id,
        request=rendered,
        request_hash=hash_of(secret, account_id, rendered),
        sender=wire["from"],
        recipient=",".join(sorted(wire["to"])),
        segments=1 if group or wire.get("media") else segments.count(wire.get("text", "")),
    )


def _checked(request: object) -> "MessageRequest":
    # As `create_message` does: a model may have been changed since it was checked.
    if isinstance(request, models.MessageRequest):
        return models.MessageRequest.from_dict(_by_field(request.to_dict()))
    if isinstance(request, Mapping):
        return models.MessageRequest.from_dict(dict(request))
    raise InvalidRequestException(("request", f"give a MessageRequest or a dict, not {type(request).__name__}"))


def thaw(rendered: str) -> dict[str, Any]:
    """The request again, as `create_message` takes it."""
    return _by_field(json.loads(rendered))


@cache
def _wire_names() -> frozenset[str]:
    fields = models.MessageRequest.model_fields.items()
    return frozenset(field.serialization_alias or field.alias or name for name, field in fields)


def _by_field(wire: dict[str, Any]) -> dict[str, Any]:
    """Fields that this version does not know stand apart, as models want them."""
    known = {name: value for name, value in wire.items() if name in _wire_names()}
    further = {name: value for name, value in wire.items() if name not in _wire_names()}
    return {**known, "additional_properties": further} if further else known


def hash_of(secret: bytes, account_id: str, rendered: str) -> bytes:
    """What is kept of a request when it is forgotten; without the secret, guesses at it cannot be tried."""
    return hmac.digest(secret, f"{account_id}\n{rendered}".encode("utf-8", "surrogatepass"), "sha256")[:16]


def conflict(frozen: Frozen, account_id: str, request: str | None) -> KeyConflictException:
    """The error for a key that is taken by another request."""
    if request is None:
        return KeyConflictException(("key", "it belongs to another request, whose text is forgotten; use another key"))
    there, here = json.loads(request), json.loads(frozen.request)
    names = sorted(name for name in {*there, *here} if there.get(name) != here.get(name))
    if account_id != frozen.account_id:
        names.insert(0, "account_id")
    rule = f"it belongs to another request, which differs in {', '.join(names)}; use another key for another message"
    return KeyConflictException(("key", rule))
