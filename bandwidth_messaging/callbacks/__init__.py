"""The callbacks that the service posts to an application: who sent them, what they say, and whether they came before.

```python
from bandwidth_messaging.callbacks import StatusCallback, parse_callback, verify_basic_auth

if not verify_basic_auth(request.headers, "username", "password"):
    ...  # answer 401
for event in parse_callback(request.body):  # ValueError: answer 400
    if is_new(event.idempotency_key) and isinstance(event, StatusCallback):
        ...  # keep it, answer 200 within 10 seconds, and only then work on it
```

The service posts a callback again until it is answered 2xx within 10 seconds, for up to 24 hours. The same event can
therefore arrive more than once, also after it was answered: `idempotency_key` tells.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Protocol

    from ..models.callback import Callback
    from ..models.callback_content import CallbackContent
    from ..models.callback_message import CallbackMessage
    from ..models.callback_type_enum import CallbackTypeEnum
    from ..models.inbound_callback import InboundCallback
    from ..models.location_response import LocationResponse
    from ..models.status_callback import StatusCallback
    from ..models.suggestion_response import SuggestionResponse

    class _HasItems(Protocol):
        """Any mapping of headers, and the messages of the standard library's HTTP server."""

        def items(self) -> Iterable[tuple[Any, Any]]: ...

    Headers = _HasItems | Iterable[tuple[Any, Any]]

__all__ = [
    "Callback",
    "CallbackContent",
    "CallbackMessage",
    "CallbackTypeEnum",
    "InboundCallback",
    "LocationResponse",
    "StatusCallback",
    "SuggestionResponse",
    "parse_callback",
    "verify_basic_auth",
]

_MODULES = {
    "Callback": "callback",
    "CallbackContent": "callback_content",
    "CallbackMessage": "callback_message",
    "CallbackTypeEnum": "callback_type_enum",
    "InboundCallback": "inbound_callback",
    "LocationResponse": "location_response",
    "StatusCallback": "status_callback",
    "SuggestionResponse": "suggestion_response",
}
_OF_STATUS = {"message-sending", "message-sent", "message-delivered", "message-failed", "message-read"}
_INBOUND = {"message-received", "requested-location-response", "suggestion-response"}
# Deeper than any event, and shallower than what the readers and writers of JSON can bear.
_DEEPEST = 64


def parse_callback(body: "bytes | str | dict[str, Any] | list[Any]") -> "list[Callback]":
    """Read the events of a callback.

    The service posts an array that normally holds one event; a bare event is read as well. What this version does not
    know is kept: an event of a new type is a plain `Callback`, an unknown field stands in `additional_properties`, a
    value that does not fit its field stays as it came.

    Args:
        body: The body of the request as it came, bytes or text, or what its JSON decodes to.

    Returns:
        The events in their order: a `StatusCallback` for what became of an outbound message, an `InboundCallback` for a
        message received, a `Callback` for any other type. What stands beside events in an array and is no object is
        left out. An empty array gives an empty list.

    Raises:
        TypeError: `body` is none of these, a request or a coroutine for example.
        ValueError: It is no callback: not JSON, neither an object nor an array, without an object that has a `type`, or
            nested more than 64 deep. The text says which, and nothing of what the body holds.
    """
    decoded = _decoded(body) if isinstance(body, (bytes, bytearray, memoryview, str)) else body
    if not isinstance(decoded, (dict, list)):
        raise _not_a_callback(decoded)
    items = [decoded] if isinstance(decoded, dict) else decoded
    events = [item for item in items if isinstance(item, dict)]
    if items and not any(isinstance(event.get("type"), str) and event["type"] for event in events):
        raise ValueError("no callback: there is no object with a 'type' in it")
    if any(_is_deeper(event, _DEEPEST) for event in events):
        raise ValueError(f"no callback: it is nested more than {_DEEPEST} deep")
    return [_event(event) for event in events]


def verify_basic_auth(headers: "Headers", username: str, password: str) -> bool:
    """Tell whether a request carries the callback credentials of the application.

    They are compared in constant time, and accepted in UTF-8 and in Latin-1, since senders differ in that.

    Args:
        headers: The headers of the request: a mapping or (name, value) pairs, names in any case, text or bytes. A WSGI
            environ, Django's `request.headers` and `request.META`, Flask's, Starlette's and FastAPI's
            `request.headers`, the headers of an ASGI scope and those of `http.server` all do.
        username: The callback user name that the application was given.
        password: The callback password that the application was given.

    Returns:
        True if there is exactly one Authorization header, of the Basic scheme, and it holds these credentials. Anything
        else that a sender can send is False.

    Raises:
        ValueError: `username` or `password` is not a string or is empty, as a setting that was forgotten is; or
            `username` has a colon, which Basic cannot express; or `headers` is not headers.
    """
    # Loaded by the first callback, not by the import of this module.
    from hashlib import sha256
    from hmac import compare_digest

    accepted = _credentials(username, password)
    given = _basic_token(headers)
    if given is None:
        return False
    # Digests are of one length: a comparison of the values themselves could tell how long the right one is.
    digest = sha256(given).digest()
    matches = [compare_digest(digest, sha256(right).digest()) for right in accepted]
    return any(matches)


def _decoded(body: "bytes | bytearray | memoryview | str") -> "Any":
    import json

    text = body.tobytes() if isinstance(body, memoryview) else body
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(f"no callback: it is nested more than {_DEEPEST} deep") from None
    except UnicodeDecodeError:
        raise ValueError("not JSON: it is not UTF-8") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {error}" if text else "the body is empty") from None


def _not_a_callback(decoded: object) -> Exception:
    names = {str: "a string", bool: "true or false", int: "a number", float: "a number", type(None): "null"}
    if type(decoded) in names:
        return ValueError(f"a callback is an object or an array of objects, not {names[type(decoded)]}")
    # A mistake of the program, not of the sender: to answer 400 to it would hide it.
    return TypeError(f"body: give bytes, a string, or what JSON decodes to, not {type(decoded).__name__}")


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in inner)


def _event(obj: "dict[str, Any]") -> "Callback":
    from ..models.callback import Callback
    from ..models.inbound_callback import InboundCallback
    from ..models.status_callback import StatusCallback

    name = obj.get("type")
    kind: type[Callback] = Callback
    if isinstance(name, str):
        kind = StatusCallback if name in _OF_STATUS else InboundCallback if name in _INBOUND else Callback
    return kind.from_dict(obj)


def _credentials(username: str, password: str) -> tuple[bytes, bytes]:
    for name, value in (("username", username), ("password", password)):
        if not isinstance(value, str):
            raise ValueError(f"{name}: give a string, not {type(value).__name__}")
        if not value:
            raise ValueError(f"{name}: it is empty; give the one that the application's callbacks were given")
    if ":" in username:
        raise ValueError("username: a colon cannot be sent (RFC 7617, section 2)")
    pair = f"{username}:{password}"
    in_utf_8 = pair.encode("utf-8", "surrogatepass")
    # What Latin-1 lacks must not be replaced: "?" would then pass for it.
    return in_utf_8, pair.encode("latin-1") if max(pair) <= "\xff" else in_utf_8


def _basic_token(headers: "Headers") -> bytes | None:
    """The user name and password of the request as it encodes them, if it carries any."""
    from base64 import b64decode

    found = list(_authorization(headers))
    if len(found) != 1:
        return None
    scheme, _, token = found[0].strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(token.strip(), validate=True)
    except ValueError:
        return None


def _authorization(headers: "Headers") -> "Iterator[str]":
    if isinstance(headers, (str, bytes)) or not (hasattr(headers, "items") or hasattr(headers, "__iter__")):
        raise ValueError(f"headers: give the headers of the request, not {type(headers).__name__}")
    given: Any = headers
    for pair in given.items() if hasattr(given, "items") else given:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError("headers: give a mapping, or pairs of a name and a value")
        name, value = (part.decode("latin-1") if isinstance(part, bytes) else part for part in pair)
        # A WSGI environ, and so Django's META, has the header under the second name.
        if isinstance(name, str) and (name.lower() == "authorization" or name == "HTTP_AUTHORIZATION"):
            yield value if isinstance(value, str) else ""


if not TYPE_CHECKING:

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"..models.{_MODULES[name]}", __package__), name)

    def __dir__():
        return sorted({*globals(), *__all__})
