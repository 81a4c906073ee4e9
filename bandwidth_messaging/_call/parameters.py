"""What a caller may put into a URL or a header: checked, and encoded exactly once. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from enum import Enum
from functools import lru_cache
from operator import index
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints
from urllib.parse import quote, unquote

from .._models.field_names import near_match
from ..exceptions import ConfigurationException, InvalidRequestException

__all__ = ["MaybeEncoded", "Parameter"]

_MILLISECOND = timedelta(milliseconds=1)
# Compiled when they are first needed; `re` keeps them.
_CONTROL = r"[\x00-\x1f\x7f-\x9f]"
_HEADER_NAME = r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+"  # RFC 9110, section 5.6.2: a token
# These frame the message on the wire; a caller's value would make client and server disagree on where it ends.
_FRAMING_HEADERS = frozenset({"content-length", "transfer-encoding", "connection"})

# What every call takes besides its parameters; it does not go into the query.
_OPTIONS = ("_request_timeout", "_request_auth", "_headers")
_MAYBE_ENCODED = "may be given percent-encoded"
MaybeEncoded = Annotated[str, _MAYBE_ENCODED]
"""A string that users were once told to percent-encode themselves: `%2B1555…` and `+1555…` mean the same value."""


class Parameter(NamedTuple):
    """One query parameter of an operation."""

    name: str
    """The keyword in Python."""
    wire_name: str
    """The name in the contract."""
    encode: Callable[[str, Any], str]
    """From (name, value) to the text of the value, not yet percent-encoded; raises ValueError."""


def parameters_of(filters: type) -> Mapping[str, Parameter]:
    """The query parameters that a TypedDict describes: a field each, its type says what is accepted."""
    from pydantic.alias_generators import to_camel

    hints = get_type_hints(filters, include_extras=True)
    return {
        name: Parameter(name, to_camel(name), _encoder(hint)) for name, hint in hints.items() if name not in _OPTIONS
    }


def query_string(parameters: Mapping[str, Parameter], arguments: Mapping[str, Any], operation: str) -> str:
    """The arguments as a query, in the order of the contract; None means "not given"."""
    for name in arguments:
        if name not in parameters and name not in _OPTIONS:
            raise TypeError(f"{operation}() has no argument {name!r}{near_match(name, [*parameters, *_OPTIONS])}")
    return "&".join(
        f"{parameter.wire_name}={quote(parameter.encode(name, arguments[name]), safe='')}"
        for name, parameter in parameters.items()
        if arguments.get(name) is not None
    )


def is_authorization(name: str) -> bool:
    """Whether a header is the one that holds credentials."""
    return name.lower() == "authorization"


class EncodedPath(str):
    """What goes into a path as it is: percent-encoded already, and its slashes stay."""


def path_segment(name: str, value: str) -> str:
    """The value as one segment of a path, percent-encoded."""
    if not isinstance(value, str):
        raise InvalidRequestException((name, f"give a string, not {type(value).__name__}"))
    return value if isinstance(value, EncodedPath) else _segment(name, value)


@lru_cache(maxsize=256)
def _segment(name: str, value: str) -> str:
    if text(name, value) in {"", ".", ".."}:
        raise InvalidRequestException((name, f"{value!r} cannot be part of a path"))
    return quote(value, safe="")


def text(name: str, value: Any) -> str:
    """The value, if it is a string that can be sent; it belongs to a request."""
    fault = _text_fault(value)
    if fault:
        raise InvalidRequestException((name, fault))
    return _plain(value)


def option_text(name: str, value: Any) -> str:
    """The value, if it is a string that can be sent; it is a credential, or an option of the call."""
    fault = _text_fault(value)
    if fault:
        raise ConfigurationException(f"{name}: {fault}")
    return _plain(value)


def _plain(value: str) -> str:
    """The characters of a string: str() of a (str, Enum) member gives its name."""
    return str.__str__(value)


def _text_fault(value: object) -> str | None:
    if not isinstance(value, str):
        return f"give a string, not {type(value).__name__}"
    found = re.search(_CONTROL, value)
    if found:
        return f"the control character {found.group()!r} at position {found.start()} cannot be sent"
    try:
        value.encode()
    except UnicodeEncodeError as error:
        return f"half a surrogate pair at position {error.start} cannot be sent"
    return None


def merged_headers(base: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    """The operation's headers with the caller's in place of those of the same name."""
    if not isinstance(headers, Mapping):
        raise ConfigurationException(f"_headers: give a dict of names and values, not {type(headers).__name__}")
    merged = dict(base)
    for name, value in headers.items():
        if not isinstance(name, str) or not re.fullmatch(_HEADER_NAME, name):
            raise ConfigurationException(f"_headers: {name!r} is not a header name")
        if name.lower() in _FRAMING_HEADERS:
            raise ConfigurationException(f"_headers: {name} is set by the transport")
        plain = option_text(f"_headers[{name!r}]", value)
        if not plain.isascii():
            raise ConfigurationException(f"_headers[{name!r}]: only ASCII characters can be sent in a header")
        for known in [known for known in merged if known.lower() == name.lower()]:
            del merged[known]
        merged[_plain(name)] = plain
    return merged


def _encoder(hint: Any) -> Callable[[str, Any], str]:
    kinds = get_args(hint)
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Enum):
            return _one_of(kind)
    if datetime in kinds:
        return _time
    if bool in kinds:
        return _flag
    if int in kinds:
        return _number
    return _decoded if any(_MAYBE_ENCODED in get_args(kind) for kind in kinds) else text


def _one_of(kind: type[Enum]) -> Callable[[str, Any], str]:
    values = [str(member.value) for member in kind]

    def encode(name: str, value: Any) -> str:
        if value not in values:
            raise InvalidRequestException((name, f"give one of {', '.join(values)}{near_match(str(value), values)}"))
        return str(value.value if isinstance(value, Enum) else value)

    return encode


def _time(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidRequestException((name, "a datetime needs a time zone, such as datetime.now(timezone.utc)"))
        try:
            return _in_milliseconds(value.astimezone(timezone.utc), upwards=name.startswith("to_"))
        except OverflowError:
            raise InvalidRequestException((name, "in UTC the time is before the year 1 or after 9999")) from None
    # dateutil is slow to import, and needed only where a time is filtered by.
    from dateutil.parser import isoparse

    try:
        at = isoparse(text(name, value))
        # A date without a time says nothing of a fraction; the service decides on it.
        return _in_milliseconds(at, upwards=name.startswith("to_")) if len(value) > len("2026-01-02") else _plain(value)
    except (ValueError, OverflowError) as error:
        raise InvalidRequestException(
            (name, "give a datetime or an ISO 8601 time such as 2022-09-14T18:20:16.000Z")
        ) from error


def _in_milliseconds(at: datetime, *, upwards: bool) -> str:
    """With exactly three digits of the fraction, as the service wants it; a window is made no narrower by that."""
    beyond = timedelta(microseconds=at.microsecond % 1000)
    whole = at - beyond + (_MILLISECOND if beyond and upwards else timedelta(0))
    return whole.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _flag(name: str, value: Any) -> str:
    if not isinstance(value, bool):
        raise InvalidRequestException((name, f"give True or False, not {type(value).__name__}"))
    return "true" if value else "false"


def _number(name: str, value: Any) -> str:
    try:
        number = index(value)
    except TypeError:
        raise InvalidRequestException((name, f"give a whole number, not {type(value).__name__}")) from None
    if isinstance(value, bool) or number < 0:
        raise InvalidRequestException((name, "give a whole number from 0 up"))
    return str(number)


def _decoded(name: str, value: Any) -> str:
    plain = text(name, value)
    try:
        # A percent sign that begins no escape stands for itself: unquote leaves it alone.
        return text(name, unquote(plain, errors="strict"))
    except UnicodeDecodeError:
        return plain
