"""Who sent a callback: its Basic credentials, compared in constant time."""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Protocol

__all__ = ["verify_basic_auth"]


class _HasItems(Protocol):
    """Any mapping of headers, and the messages of the standard library's HTTP server."""

    def items(self) -> Iterable[tuple[Any, Any]]: ...


def verify_basic_auth(headers: _HasItems | Iterable[tuple[Any, Any]], username: str, password: str) -> bool:
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
    accepted = _credentials(username, password)
    received = _basic_token(headers)
    if received is None:
        return False
    # The digests have the same length: comparing the values themselves could tell how long the right one is.
    digest = sha256(received).digest()
    matches = [compare_digest(digest, sha256(pair).digest()) for pair in accepted]
    return any(matches)


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


def _basic_token(headers: _HasItems | Iterable[tuple[Any, Any]]) -> bytes | None:
    """The user name and password of the request as it encodes them, if it carries any."""
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


def _authorization(headers: _HasItems | Iterable[tuple[Any, Any]]) -> Iterator[str]:
    if isinstance(headers, (str, bytes)) or not (hasattr(headers, "items") or hasattr(headers, "__iter__")):
        raise ValueError(f"headers: give the headers of the request, not {type(headers).__name__}")
    given: Any = headers
    pairs = given.items() if hasattr(given, "items") else given
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError("headers: give a mapping, or pairs of a name and a value")
        name, value = (part.decode("latin-1") if isinstance(part, bytes) else part for part in pair)
        # A WSGI environ, and so Django's META, has the header under the second name.
        if isinstance(name, str) and (name.lower() == "authorization" or name == "HTTP_AUTHORIZATION"):
            yield value if isinstance(value, str) else ""
