"""How a request says who it is: Basic, a bearer token, OAuth2 client credentials.

An auth object is handed a `send` and a deadline by the call that it serves, and imports no transport: a token is
fetched through the client's own TLS, proxy and time-outs.
"""

import base64
import json
import math
import os
import re
from collections.abc import Callable, Mapping
from copy import copy
from threading import Lock
from typing import Any, NamedTuple, NoReturn, Protocol, cast
from urllib.parse import quote, quote_plus

from ._call.clock import Clock
from ._call.exchange import Answer, Headers, Request, SecretHeaders, forget_locals
from ._call.parameters import option_text
from ._call.timeouts import Deadline
from ._version import USER_AGENT
from .exceptions import ApiException, ConfigurationException, TokenException, UnauthorizedException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .configuration import Configuration

__all__ = ["Auth", "BasicAuth", "BearerAuth", "OAuth2ClientCredentials"]

Send = Callable[[Request, Mapping[str, str], Deadline], Answer]

# A token is renewed this long before it expires, so that none dies on its way to the server.
_RENEW_AHEAD = 60.0
# RFC 6749, section 5.1, only recommends `expires_in`. Without it a token is trusted for a while: if the server gives
# it up earlier, its 401 brings a new one.
_LIFETIME_IF_UNSAID = 300.0
_LONGEST_LIFETIME = 86_400.0
_PAUSE_AFTER_FAILURE = 5.0
_TOKEN_REQUEST_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept-Encoding": "identity",
}
_MOST_SHARED = 16  # credentials that were changed leave their token behind
_SHORTEST_PART = 8  # characters; a shorter one is found where it does not belong
_URL_SAFE = str.maketrans("+/", "-_")


class Auth(Protocol):
    """What `_request_auth` takes besides a (username, password) pair."""

    def headers(self, request: Request, send: Send, deadline: Deadline) -> Mapping[str, str]:
        """The headers that authenticate this request.

        Args:
            request: What will be sent.
            send: Sends a request of one's own (to a token endpoint), given its headers and the deadline.
            deadline: How long the call may still take.
        """
        ...

    def discard(self, headers: Mapping[str, str]) -> bool:
        """The server answered 401 to these headers. Returns whether asking for headers again may give others."""
        ...


class AuthInHeaders:
    """The caller wrote an Authorization header; it is sent as it is."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given

    def headers(self, request: Request, send: Send, deadline: Deadline) -> Mapping[str, str]:
        """What the caller wrote."""
        return self._given

    def discard(self, headers: Mapping[str, str]) -> bool:
        """There is no other header to try."""
        return False


class AuthBesideHeaders:
    """Other headers of the caller's that are secret, such as a Cookie: they go out with the credentials."""

    def __init__(self, auth: Auth, given: Mapping[str, str]) -> None:
        self._auth = auth
        self._given = given
        self._own: Mapping[str, str] = {}

    def headers(self, request: Request, send: Send, deadline: Deadline) -> Mapping[str, str]:
        """The credentials, and what the caller wrote."""
        self._own = self._auth.headers(request, send, deadline)
        return SecretHeaders(self._given, **self._own)

    def discard(self, headers: Mapping[str, str]) -> bool:
        """Only the credentials can be had anew."""
        return self._auth.discard(self._own)


class _NotPickled:
    def __getstate__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds credentials, and a pickle may not; make a new one")


class BasicAuth(_NotPickled):
    """HTTP Basic authentication (RFC 7617), encoded as UTF-8."""

    def __init__(self, username: str, password: str) -> None:
        name = option_text("username", username)
        if ":" in name:
            raise ConfigurationException("username: a colon cannot be sent (RFC 7617, section 2)")
        pair = f"{name}:{option_text('password', password)}".encode()
        self._headers = SecretHeaders(Authorization=f"Basic {base64.b64encode(pair).decode()}")

    def headers(self, request: Request, send: Send, deadline: Deadline) -> Mapping[str, str]:
        """The same headers for every request."""
        return self._headers

    def discard(self, headers: Mapping[str, str]) -> bool:
        """A password that was refused once is refused again."""
        return False

    def __repr__(self) -> str:
        return "BasicAuth(...)"


class BearerAuth(_NotPickled):
    """An access token that the caller got elsewhere: a string, or a callable that returns the current one."""

    def __init__(self, access_token: str | Callable[[], str]) -> None:
        self._access_token = access_token
        self._headers = None if callable(access_token) else _bearer(access_token)

    def headers(self, request: Request, send: Send, deadline: Deadline) -> Mapping[str, str]:
        """The token in use now."""
        if self._headers is not None:
            return self._headers
        assert callable(self._access_token)  # noqa: S101 - said for the type checker; the constructor ensures it
        return _bearer(self._access_token())

    def discard(self, headers: Mapping[str, str]) -> bool:
        """Only a callable can come up with another token."""
        return self._headers is None

    def __repr__(self) -> str:
        return "BearerAuth(...)"


class _Token(NamedTuple):
    headers: Mapping[str, str]
    renew_at: float
    expires_at: float


class OAuth2ClientCredentials(_NotPickled):
    """The OAuth2 client credentials grant (RFC 6749, section 4.4): a token is fetched, kept and renewed.

    Whatever the number of threads, one fetch is under way at a time. Shortly before the token expires one thread
    renews it while the others go on with the old one; threads without a usable token wait for the fetch, each within
    its own deadline, and share its failure. The lock is held for the fetch and never for a call.
    """

    def __init__(self, client_id: str, client_secret: str, token_url: str, clock: Clock) -> None:
        self._basic = BasicAuth(client_id, client_secret)
        self._secrets = _spellings(
            option_text("client_secret", client_secret),
            f"{option_text('client_id', client_id)}:{option_text('client_secret', client_secret)}",
        )
        self._token_url = token_url
        self._clock = clock
        self._token: _Token | None = None
        self._fetching = Lock()
        self._keeping = Lock()  # around each change of the token, so that a refused one never comes back
        self._failures = 0
        self._failure: ApiException | None = None
        self._failed_by: Send | None = None

    def headers(self, request: Request, send: Send, deadline: Deadline) -> Mapping[str, str]:
        """The headers with a token that is good for this request.

        Raises:
            UnauthorizedException: The endpoint rejects the client credentials.
            TokenException: The endpoint failed, or what it answered is not a token.
        """
        token = self._token
        if token is not None and self._clock.monotonic() < token.renew_at:
            return token.headers
        return self._renew(token, send, deadline).headers

    def discard(self, headers: Mapping[str, str]) -> bool:
        """Forget the token, unless another thread has renewed it already."""
        with self._keeping:
            if self._token is not None and self._token.headers is headers:
                self._token = None
        return True

    def _renew(self, token: _Token | None, send: Send, deadline: Deadline) -> _Token:
        failures = self._failures
        usable = token if token is not None and self._clock.monotonic() < token.expires_at else None
        if not self._fetching.acquire(blocking=usable is None, timeout=-1 if usable else max(deadline.left(), 0.0)):
            if usable is not None:
                return usable
            raise TokenException(reason="timed out waiting for another thread's token fetch", operation=self._name)
        try:
            renewed = self._token
            if renewed is not None and self._clock.monotonic() < renewed.renew_at:
                return renewed
            if self._failure is not None and self._failures != failures and self._concerns(send):
                raise copy(self._failure)
            return self._fetch_or_keep(usable, send, deadline)
        finally:
            self._fetching.release()

    def _fetch_or_keep(self, usable: _Token | None, send: Send, deadline: Deadline) -> _Token:
        try:
            fetched = self._fetch(send, deadline)
        except ApiException as failure:
            if usable is None:
                self._failures += 1
                self._failure = copy(failure)
                self._failed_by = send
                raise
            self._keep_for_now(usable)
            return usable
        with self._keeping:
            self._token = fetched
        return fetched

    def _concerns(self, send: Send) -> bool:
        """Whether a failure that others waited for is theirs too: another client may just have been closed."""
        return self._failed_by == send or (self._failure is not None and self._failure.status != 0)

    def _keep_for_now(self, usable: _Token) -> None:
        """The renewal failed and the old token still works: leave the endpoint alone for a moment."""
        again_at = min(self._clock.monotonic() + _PAUSE_AFTER_FAILURE, usable.expires_at)
        with self._keeping:
            if self._token is usable:
                self._token = _Token(usable.headers, again_at, usable.expires_at)

    def _fetch(self, send: Send, deadline: Deadline) -> _Token:
        headers = SecretHeaders(_TOKEN_REQUEST_HEADERS, **self._basic._headers)
        # The lifetime counts from before the request: the server's clock started no earlier.
        asked_at = self._clock.monotonic()
        request = Request("POST", self._token_url, "", "", _TOKEN_REQUEST_HEADERS, b"grant_type=client_credentials")
        found = self._read(send(request, headers, deadline), asked_at)
        if isinstance(found, ApiException):
            raise found
        return found

    def _read(self, answer: Answer, asked_at: float) -> "_Token | ApiException":
        """The token in an answer, or why there is none: as a value, for a traceback would show the answer."""
        fields = _json_object(answer.body)
        if answer.fault is not None or answer.status != 200:
            return self._failed(answer, fields)
        token_type = fields.get("token_type", "bearer")
        if not isinstance(token_type, str) or token_type.lower() != "bearer":
            return TokenException(200, "the token is not of type bearer", operation=self._name, permanent=True)
        try:
            bearer = _bearer(fields.get("access_token"))
        except ConfigurationException as error:
            return TokenException(200, str(error), operation=self._name, permanent=True)
        lifetime = _lifetime(fields.get("expires_in"))
        return _Token(bearer, asked_at + lifetime - min(_RENEW_AHEAD, lifetime / 10), asked_at + lifetime)

    def _failed(self, answer: Answer, fields: dict[str, Any]) -> ApiException:
        fault = answer.fault
        if fault is not None and answer.status in {0, 200}:
            failure = TokenException(0, fault.reason, operation=self._name, permanent=fault.permanent)
            forget_locals(fault.cause)
            failure.__cause__ = fault.cause
            return failure
        # Services that do not follow RFC 6749, section 5.2, put objects and lists in place of these strings.
        error = ": ".join(str(fields[name]) for name in ("error", "error_description") if name in fields)
        reason = f"{answer.reason} ({error})" if error else answer.reason
        rejected = answer.status == 401 or str(fields.get("error")) in {"invalid_client", "unauthorized_client"}
        kind = UnauthorizedException if rejected else TokenException
        headers = Headers({name: self._without_secrets(value) for name, value in answer.headers.items()})
        return kind(answer.status, self._without_secrets(reason), headers=headers, operation=self._name)

    def _without_secrets(self, text: str) -> str:
        return self._secrets.sub("***", text)

    @property
    def _name(self) -> str:
        return f"the token endpoint {self._token_url}"

    def __repr__(self) -> str:
        return f"OAuth2ClientCredentials(token_url={self._token_url!r})"


def auth_of(configuration: "Configuration", clock: Clock) -> Auth | None:
    """The auth object of a configuration's credentials; None where it has none.

    OAuth2 wins over a given token, and a token over Basic, as in the vendor's own SDK.
    """
    if configuration.client_id is not None and configuration.client_secret is not None:
        return _shared(configuration, configuration.client_id, configuration.client_secret, clock)
    if configuration.access_token is not None:
        return BearerAuth(configuration.access_token)
    if configuration.username is not None and configuration.password is not None:
        return BasicAuth(configuration.username, configuration.password)
    return None


def _shared(configuration: "Configuration", client_id: str, secret: str, clock: Clock) -> OAuth2ClientCredentials:
    """The token of a configuration and its copies, as long as their credentials are equal; one for each process."""
    shared: dict[Any, OAuth2ClientCredentials] = configuration._shared
    credentials = (client_id, secret, configuration.access_token_url)
    process = os.getpid()
    # Neither the lock nor the token of a parent process is of use to a child.
    for inherited in [key for key in [*shared] if key[0] != process]:
        shared.pop(inherited, None)
    if len(shared) > _MOST_SHARED:
        shared.clear()
    key = (process, clock, *credentials)
    return shared.get(key) or shared.setdefault(key, OAuth2ClientCredentials(*credentials, clock))


def checked_auth(name: str, given: Any) -> Auth:
    """The auth object that a caller gave.

    Raises:
        ConfigurationException: It is neither a (username, password) pair nor an auth object.
    """
    if isinstance(given, (tuple, list)) and len(given) == 2:
        return BasicAuth(*given)
    has_methods = callable(getattr(given, "headers", None)) and callable(getattr(given, "discard", None))
    if has_methods and not isinstance(given, type):
        return cast("Auth", given)
    raise ConfigurationException(f"{name}: give a (username, password) pair or an auth object")


def _bearer(token: Any) -> SecretHeaders:
    # The value itself must not show, not even in this error.
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigurationException("the access token is not a string that can be sent in a header")
    return SecretHeaders(Authorization=f"Bearer {option_text('access_token', token)}")


def _spellings(*secrets: str) -> "re.Pattern[str]":
    """What finds secrets in a text that a server made of them: as they are, percent-encoded, and in Base64.

    Within a longer Base64 text a secret begins at one of three bits; without padding the last character is cut off.
    """
    found = set()
    for secret in secrets:
        found |= {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1]}
        for offset in range(3):
            encoded = base64.b64encode(b"\0" * offset + secret.encode()).decode().rstrip("=")
            part = encoded[(0, 2, 3)[offset] : -1]
            if len(part) >= _SHORTEST_PART:
                found |= {part, part.translate(_URL_SAFE), quote(part, safe="")}
        whole = base64.b64encode(secret.encode()).decode()
        found |= {whole, whole.rstrip("="), whole.translate(_URL_SAFE), quote(whole, safe="")}
    # Servers write hexadecimal digits in either case. The longest first: none leaves a rest of another.
    longest_first = sorted(found, key=len, reverse=True)
    return re.compile("|".join(f"{re.escape(each)}=*" for each in longest_first), re.IGNORECASE)


def _lifetime(expires_in: Any) -> float:
    try:
        lifetime = float(expires_in)
    except (TypeError, ValueError, OverflowError):
        return _LIFETIME_IF_UNSAID
    return _LIFETIME_IF_UNSAID if math.isnan(lifetime) else min(max(lifetime, 0.0), _LONGEST_LIFETIME)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
