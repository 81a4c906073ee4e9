"""What a call can raise once its arguments are valid.

```
ApiException                        a call did not succeed
├─ ClientException                  another 4xx: the request was refused
│  ├─ BadRequestException           400: data.field_errors says which field and why
│  ├─ UnauthorizedException         401: the credentials, or the account they are used for
│  ├─ ForbiddenException            403
│  ├─ NotFoundException             404
│  ├─ MethodNotAllowedException     405
│  ├─ NotAcceptableException        406
│  ├─ ConflictException             409
│  ├─ UnsupportedMediaTypeException 415
│  ├─ UnprocessableEntityException  422
│  └─ TooManyRequestsException      429: retry_after says how long to wait
├─ ServiceException                 5xx: the service, or a gateway before it
│  └─ InternalServerErrorException  500
├─ RedirectException                3xx: redirects are never followed
├─ ConnectException                 no connection was made: refused, unresolved, TLS, time-out, no free connection
├─ TimeoutException                 the answer did not come, or did not end, in time
├─ BrokenAnswerException            the answer was cut off
├─ UnreadableAnswerException        a whole 2xx answer that is not what the contract promises
├─ OutcomeUnknownException          a message was being handed over and no status came back
└─ TokenException                   the token endpoint failed

ValueError                          before any I/O; a keyword that does not exist is a TypeError
├─ InvalidRequestException          something is wrong with this request: errors says which fields, and the rules
└─ ConfigurationException           something is wrong with all of them: no credentials, an option that cannot be used
```

`accepted` says whether the server can have taken the message: False (it did not), True (it did), None (not known, and
always so for operations that cause no message). `dooms_others` says whether the next message would fail alike.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ._call.exchange import Headers, Request, on_one_line
from ._generated import left_out

__all__ = [
    "ApiException",
    "BadRequestException",
    "BrokenAnswerException",
    "ClientException",
    "ConfigurationException",
    "ConflictException",
    "ConnectException",
    "ForbiddenException",
    "InternalServerErrorException",
    "InvalidRequestException",
    "MethodNotAllowedException",
    "NotAcceptableException",
    "NotFoundException",
    "OutcomeUnknownException",
    "RedirectException",
    "ServiceException",
    "TimeoutException",
    "TokenException",
    "TooManyRequestsException",
    "UnauthorizedException",
    "UnprocessableEntityException",
    "UnreadableAnswerException",
    "UnsupportedMediaTypeException",
]

_OUTCOMES = {
    False: "the message was not accepted",
    True: "the message was accepted",
    None: "the message may have been accepted",
}
# Where services put the id under which their support finds a request.
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid")


class InvalidRequestException(ValueError):
    """A request cannot be sent, for a reason that is its own: another request may be fine. Nothing was sent.

    Neither the text nor an attribute holds a value, which may be a phone number or a password.

    Args:
        *errors: For each fault the field or argument and the rule that it breaks; a field of "" is the whole.
        subject: What the fields belong to, such as "MessageRequest".

    Attributes:
        errors: The same, as a tuple of pairs.
        subject: The same.
    """

    def __init__(self, *errors: tuple[str, str], subject: str = "") -> None:
        super().__init__(*errors)
        self.errors: tuple[tuple[str, str], ...] = errors
        self.subject = subject

    def __str__(self) -> str:
        """All faults on one line, each with its field."""
        found = "; ".join(_fault(field, rule) for field, rule in self.errors)
        return f"{self.subject}: {found}" if self.subject else found

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore_invalid, (type(self), self.errors, self.subject)


def _restore_invalid(
    kind: type[InvalidRequestException], errors: tuple[tuple[str, str], ...], subject: str
) -> InvalidRequestException:
    return kind(*errors, subject=subject)


def _fault(field: str, rule: str) -> str:
    if not field:
        return rule
    return f"{field} {rule}" if rule == "is required" else f"{field}: {rule}"


class ConfigurationException(ValueError):
    """No call can be made like this, whatever its request: credentials are missing, or an option cannot be used.

    The text names the option and the rule, and holds no secret.
    """


class OpenApiException(Exception):
    """What `ApiException` is based on, under the name that it has in generated SDKs."""


class ApiTypeError(OpenApiException, TypeError):
    """A name of generated SDKs, so that code which catches it goes on to work. Never raised here."""


class ApiValueError(OpenApiException, ValueError):
    """A name of generated SDKs, so that code which catches it goes on to work. Never raised here."""


class ApiKeyError(OpenApiException, KeyError):
    """A name of generated SDKs, so that code which catches it goes on to work. Never raised here."""


class ApiAttributeError(OpenApiException, AttributeError):
    """A name of generated SDKs, so that code which catches it goes on to work. Never raised here."""


@left_out(from_response="ApiException(http_resp=...) makes one of an answer")
class ApiException(OpenApiException):
    """A call did not succeed. Catch this class for all of them.

    One can be made as in generated SDKs, for a test double that raises it:
    `ApiException(status=404, reason="Not Found", body="...")`, or with an answer as `http_resp`.

    Args:
        status: The HTTP status; 0 or None if none was read.
        reason: The reason phrase.
        http_resp: An answer to take status, reason, headers and body from, as far as they are not given.
        body: The body as text; `raw_body` is the same as bytes.

    Attributes:
        status: The HTTP status; 0 if none was read.
        reason: The reason phrase of the answer, or what went wrong where there is none.
        headers: The headers of the answer; names are looked up without regard to case.
        raw_body: The bytes of the body that arrived, decompressed.
        data: The body decoded to the contract's error model; None where it could not be.
        accepted: Whether the server can have taken the message: False, True, or None for "not known".
        operation: The operation, such as "MessagesApi.create_message".
        request: What was sent, without credentials.
        time: When the failed attempt began, by this machine's clock, in UTC.
        elapsed: Seconds from the begin of the call to its failure, repeats and pauses included; None outside a call.
        results: Of a bulk call, what became of the messages that were tried; else empty.
        permanent: True where a repeat would fail in the same way, for a reason that the status does not tell.
    """

    def __init__(
        self,
        status: int | None = 0,
        reason: str | None = "",
        http_resp: Any = None,
        *,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw_body: bytes = b"",
        data: Any = None,
        accepted: bool | None = None,
        operation: str = "",
        request: Request | None = None,
        time: datetime | None = None,
        causes_message: bool = False,
        permanent: bool = False,
    ) -> None:
        if http_resp is not None:
            status, reason = status or http_resp.status, reason or http_resp.reason
            headers = _headers_of(http_resp) if headers is None else headers
            raw_body = raw_body or _as_bytes(http_resp.data)
        self.status: int = status or 0
        self.reason: str = reason or ""
        super().__init__(self.status, self.reason)
        self.headers: Mapping[str, str] = headers if isinstance(headers, Headers) else Headers(headers)
        self.raw_body: bytes = raw_body if body is None else _as_bytes(body)
        self.data = data
        self.accepted = accepted
        self.operation = operation
        self.request = request
        self.time = time
        self.elapsed: float | None = None
        self.results: Sequence[Any] = ()
        self.permanent = permanent
        self._causes_message = causes_message

    @property
    def body(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.raw_body.decode("utf-8", "replace")

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait (RFC 9110, section 10.2.3); None if it does not say, or not readably."""
        return parse_retry_after(self.headers)

    @property
    def request_id(self) -> str | None:
        """The id under which the server knows the request, where the answer has one."""
        return request_id_of(self.headers)

    @property
    def dooms_others(self) -> bool:
        """Whether the next message would fail alike: the cause is no message's but the account's or the set-up's.

        True for credentials, account and token; for a host that answers as another service does (404, 405, a redirect);
        and where no connection can be made until a certificate or an option is changed. False for what is wrong with
        one message, and for what passes by itself: an overload, a failure of the service or of the network.
        """
        if isinstance(self, ConnectException):
            return self.permanent
        if isinstance(self, NotFoundException):
            # A message is posted to its account; what is read may be a single record.
            return self._causes_message
        return isinstance(self, _DOOMING) or self.status in _DOOMING_STATUSES

    def __str__(self) -> str:
        """Two or three lines to act on: status and operation, what the server said, which fields."""
        return "\n".join([self._headline(), *self._said()])

    def _headline(self) -> str:
        where = f" from {self.operation}" if self.operation else ""
        reason = on_one_line(self.reason)
        line = f"{self.status} {reason}".rstrip() + where if self.status else f"no answer{where}: {reason}"
        if self._causes_message:
            line += f"; {_OUTCOMES[self.accepted]}"
        return f"{line} (request id {self.request_id})" if self.request_id else line

    def _said(self) -> list[str]:
        explained = list(self.data.explain()) if hasattr(self.data, "explain") else []
        if explained:
            return [on_one_line(line) for line in explained]
        text = on_one_line(self.body)
        return [f"{text} ({len(self.raw_body)} bytes)" if text.endswith("…") else text] if text else []

    def __repr__(self) -> str:
        return f"{type(self).__name__}(status={self.status}, reason={self.reason!r}, operation={self.operation!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with its positional arguments only and lose the rest on the way.
        return _restore, (type(self), self.args, self.__dict__)


def _headers_of(http_resp: Any) -> Mapping[str, str]:
    headers: Mapping[str, str] = http_resp.getheaders() if hasattr(http_resp, "getheaders") else http_resp.headers
    return headers


def _as_bytes(body: str | bytes | None) -> bytes:
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body or b""


def _restore(cls: type[ApiException], args: tuple[Any, ...], state: dict[str, Any]) -> ApiException:
    exception = cls(*args)
    exception.__dict__.update(state)
    return exception


class ClientException(ApiException):
    """A 4xx: the request was refused, and nothing was sent or billed."""


class BadRequestException(ClientException):
    """400: a field is missing or wrong; `data.field_errors` names it."""


class UnauthorizedException(ClientException):
    """401: the credentials are wrong, or are not for this account."""


class ForbiddenException(ClientException):
    """403: the user has no access to messaging."""


class NotFoundException(ClientException):
    """404: the account or path does not exist."""


class MethodNotAllowedException(ClientException):
    """405: the server does not take this method here; a gateway or a wrong host, usually."""


class NotAcceptableException(ClientException):
    """406: the server cannot answer in the form asked for."""


class ConflictException(ClientException):
    """409: the request conflicts with the state on the server."""


class UnsupportedMediaTypeException(ClientException):
    """415: the server does not read the body's content type."""


class UnprocessableEntityException(ClientException):
    """422: the request was understood and refused."""


class TooManyRequestsException(ClientException):
    """429: a rate limit, or a full message queue. `retry_after` has the seconds to wait where the server says so."""


class ServiceException(ApiException):
    """5xx: the service failed, or a gateway in front of it; a message may have been accepted."""


class InternalServerErrorException(ServiceException):
    """500."""


class RedirectException(ApiException):
    """3xx: the server points elsewhere. Nothing is followed, so that neither message nor credential leaves the host."""


class ConnectException(ApiException):
    """No connection was made, so the server has seen nothing: refused, unresolved, TLS, time-out, a full pool."""


class TimeoutException(ApiException):
    """The answer did not come, or did not end, within the time-outs."""


class BrokenAnswerException(ApiException):
    """The answer was cut off; `raw_body` has what arrived."""


class UnreadableAnswerException(ApiException):
    """A 2xx answer that is not what the contract promises; `raw_body` has it. For a send, the message was accepted."""


class OutcomeUnknownException(ApiException):
    """A message was being handed over when the exchange failed, and no status came back.

    It may have been accepted. Do not repeat it blindly: `MessagesApi.look_up_outcome` tells. The MessageMedia family
    has no such list; there a delivery report tells, if the message asked for one and carries metadata to know it by.
    The failure of the layer below is the `__cause__`.
    """


class TokenException(ApiException):
    """The OAuth2 token endpoint failed, so the call itself was not made.

    Client credentials that the endpoint rejects raise UnauthorizedException.
    """


_DOOMING = (
    UnauthorizedException,
    ForbiddenException,
    MethodNotAllowedException,
    NotAcceptableException,
    UnsupportedMediaTypeException,
    RedirectException,
    TokenException,
)
_DOOMING_STATUSES = (402, 407)  # the account must pay; a proxy wants credentials

_BY_STATUS: dict[int, type[ApiException]] = {
    400: BadRequestException,
    401: UnauthorizedException,
    403: ForbiddenException,
    404: NotFoundException,
    405: MethodNotAllowedException,
    406: NotAcceptableException,
    409: ConflictException,
    415: UnsupportedMediaTypeException,
    422: UnprocessableEntityException,
    429: TooManyRequestsException,
    500: InternalServerErrorException,
}


def class_for_status(status: int) -> type[ApiException]:
    """The exception class for an answer with this status."""
    by_hundreds: dict[int, type[ApiException]] = {3: RedirectException, 4: ClientException, 5: ServiceException}
    return _BY_STATUS.get(status) or by_hundreds.get(status // 100, ApiException)


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """The id under which the server knows the request, if its answer has one."""
    return next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), None)


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """The Retry-After header in seconds (RFC 9110, section 10.2.3).

    Fractions, which some gateways send, are read too. A date counts from the answer's own Date header, so that a wrong
    local clock does not matter. What cannot be read, and what has passed, is None; a number beyond float is infinity.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return float(value)
    at = parse_http_date(value)
    if at is None:
        return None
    wait = (at - (parse_http_date(headers.get("date", "")) or datetime.now(timezone.utc))).total_seconds()
    return wait if wait > 0 and math.isfinite(wait) else None


def parse_http_date(value: str) -> datetime | None:
    """A date as headers have it (RFC 9110, section 5.6.7); None if it cannot be read."""
    # Rarely needed, and not free to import.
    from email.utils import parsedate_to_datetime

    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)
