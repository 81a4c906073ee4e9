"""Messages on their way out: checked before anything is sent, and encoded as the classic API reads them. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .._call.parameters import option_text, text
from .._models.field_names import near_match
from ..exceptions import ConfigurationException, InvalidRequestException
from .keys import camel_case

__all__ = ["check_several", "encode_all", "encode_one", "require", "require_credentials", "to_wire"]

MOST_CHARACTERS = 2048
MOST_MILLISECONDS = 10_000
_CHOICES = {"receiptRequested": ("none", "all", "error"), "callbackHttpMethod": ("GET", "POST")}
_REQUIRED = ("from", "to")
_STRINGS = ("from", "to", "callbackUrl", "fallbackUrl")
_FIELDS = (
    "from", "to", "text", "media", "receiptRequested", "callbackUrl", "callbackHttpMethod", "callbackTimeout",
    "fallbackUrl", "tag",
)  # fmt: skip


def require_credentials(**arguments: str) -> None:
    """Check what a client cannot do without."""
    for name, value in arguments.items():
        if not value:
            raise ConfigurationException(f"{name} is required")
        option_text(name, value)


def require(**arguments: str) -> None:
    """Check what a call cannot do without."""
    for name, value in arguments.items():
        if not value:
            raise InvalidRequestException((name, "is required"))
        text(name, value)


def encode_one(fields: Mapping[str, Any]) -> bytes:
    """The body that sends one message: all ten fields, null where none was given."""
    message = to_wire(fields)
    return json.dumps({name: message.get(name) for name in _FIELDS}).encode()


def encode_all(messages: Iterable[Mapping[str, Any]]) -> bytes:
    """The body that sends several messages, which `to_wire` has checked."""
    return json.dumps(list(messages)).encode()


def check_several(messages: object) -> None:
    """Check that there are several messages to go through, not one."""
    if isinstance(messages, (str, bytes, Mapping)) or not isinstance(messages, Iterable):
        raise InvalidRequestException(("messages", f"give a list of dicts, not {type(messages).__name__}"))


def to_wire(fields: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    """One message under the names of the wire."""
    if not isinstance(fields, Mapping):
        raise InvalidRequestException((place, f"give a dict with the fields of a message, not {type(fields).__name__}"))
    dot = f"{place}." if place else ""
    message: dict[str, Any] = {}
    for name, value in fields.items():
        wire_name = camel_case(name) if isinstance(name, str) else name
        if wire_name not in _FIELDS:
            raise InvalidRequestException(
                (f"{dot}{name}", f"there is no such field{near_match(str(wire_name), _FIELDS)}")
            )
        if wire_name in message:
            raise InvalidRequestException((f"{dot}{name}", "the field is given twice"))
        message[wire_name] = value
        if value is not None:
            _check(f"{dot}{name}", wire_name, value)
    for name in _REQUIRED:
        if not message.get(name):
            raise InvalidRequestException((f"{dot}{name}", "is required"))
    return message


def _check(path: str, name: str, value: Any) -> None:
    if name in _CHOICES and value not in _CHOICES[name]:
        raise InvalidRequestException((path, f"give one of {', '.join(_CHOICES[name])}"))
    if name in _STRINGS:
        text(path, value)
    if name in {"text", "tag"}:
        _check_text(path, value, MOST_CHARACTERS if name == "text" else None)
    if name == "media":
        _check_media(path, value)
    if name == "callbackTimeout" and not (_is_whole(value) and 0 < int(value) <= MOST_MILLISECONDS):
        raise InvalidRequestException((path, f"give milliseconds from 1 to {MOST_MILLISECONDS}"))


def _check_text(path: str, value: Any, most: int | None) -> None:
    if not isinstance(value, str):
        raise InvalidRequestException((path, f"give a string, not {type(value).__name__}"))
    if most is not None and len(value) > most:
        raise InvalidRequestException((path, f"at most {most} characters, not {len(value)}"))
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequestException(
            (path, f"half a surrogate pair at position {error.start} cannot be sent")
        ) from None


def _check_media(path: str, value: Any) -> None:
    several = value if isinstance(value, (list, tuple)) else [value]
    for position, url in enumerate(several):
        if not isinstance(url, str):
            raise InvalidRequestException(
                (path, f"give the URL of a picture or a list of them, not {type(value).__name__}")
            )
        text(f"{path}[{position}]", url)


def _is_whole(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and value.isdecimal())
