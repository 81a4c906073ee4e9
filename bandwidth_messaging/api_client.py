"""ApiClient: the road that every call takes: build, authenticate, send, repeat or not, read."""

import logging
import os
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from typing_extensions import TypedDict

from ._call.clock import Clock
from ._call.exchange import Answer, Opened, Request, SecretHeaders, is_secret, on_one_line
from ._call.operation import Attempt, Operation, build, raise_failure, read
from ._call.parameters import is_authorization
from ._call.timeouts import Deadline
from ._generated import left_out
from ._transport.client import RestClient, UnreadAnswer
from ._transport.raw_response import RawResponse
from .api_response import ApiResponse
from .auth import Auth, AuthBesideHeaders, AuthInHeaders, auth_of, checked_auth
from .configuration import Configuration, environment
from .exceptions import ApiException, ConfigurationException, request_id_of
from .retry import Repeat, RetryPolicy, RetryQuota

__all__ = ["ApiClient", "CallOptions", "model", "unread", "whole"]

logger: logging.Logger = logging.getLogger("bandwidth_messaging")
logger.addHandler(logging.NullHandler())

_CLOCK = Clock()

ReturnedT = TypeVar("ReturnedT")
ResultT = TypeVar("ResultT")


class CallOptions(TypedDict, total=False):
    """What every method of every API takes besides its own arguments."""

    _request_timeout: float | tuple[float, float] | None
    """Seconds for the whole call, or a pair (connect, read) within the client's total."""
    _request_auth: Auth | tuple[str, str] | None
    """Other credentials for this call: a (username, password) pair or an auth object."""
    _headers: Mapping[str, str] | None
    """Headers that replace or join those of the operation."""


_HEADERS = "give _headers={...} with a call"
_INNER = "it was a part of the generator's machinery; an API class has a method for each operation"


@left_out(
    user_agent=_HEADERS.replace("...", "'User-Agent': ..."),
    cookie=_HEADERS.replace("...", "'Cookie': ..."),
    **dict.fromkeys(("default_headers", "set_default_header"), _HEADERS),
    **dict.fromkeys(("get_default", "set_default"), "make one client and hand it to the API classes"),
    client_side_validation="a request is always checked before it is sent",
    rest_client="the transport is private; proxy, TLS and pool are options of Configuration",
    **dict.fromkeys(("PRIMITIVE_TYPES", "NATIVE_TYPES_MAPPING", "param_serialize", "call_api"), _INNER),
    **dict.fromkeys(("response_deserialize", "sanitize_for_serialization", "deserialize"), _INNER),
    **dict.fromkeys(("parameters_to_tuples", "parameters_to_url_query", "files_parameters"), _INNER),
    **dict.fromkeys(("select_header_accept", "select_header_content_type", "update_params_for_auth"), _INNER),
)
class ApiClient:
    """Calls operations over one pool of connections, as one configuration says.

    Make one and share it: between threads, and between the API classes. After a fork the child opens connections of
    its own. `with ApiClient(...)` closes them.

    Args:
        configuration: Where to call, as whom, how patiently. After a change its credentials and addresses are read
            anew; after a change of another option calls raise. None: `Configuration.from_env()`.
        auth: How its requests say who they are, in place of the configuration's credentials.
        clock: Where time and chance come from; for tests.

    Raises:
        ConfigurationException: The configuration cannot be used.
    """

    def __init__(
        self, configuration: Configuration | None = None, *, auth: Auth | None = None, clock: Clock | None = None
    ) -> None:
        if configuration is None:
            configuration = Configuration.from_env() if auth is None else Configuration(**environment())
        self.configuration = configuration
        if not isinstance(self.configuration, Configuration):
            raise ConfigurationException(f"configuration: give a Configuration, not {type(configuration).__name__}")
        self.configuration.check()
        self._settings = copy(self.configuration)
        self._changes = self.configuration._changes
        self._clock = _CLOCK if clock is None else clock
        self._host = self._settings.server("")
        self._policy = RetryPolicy.of(self.configuration.retries)
        self._closed = False
        self._given_auth = None if auth is None else checked_auth("auth", auth)
        self._open()

    def _open(self) -> None:
        """Make what belongs to one process: connections, and what holds a lock."""
        self._pid = os.getpid()
        self._rest = RestClient(self._settings)
        self._auth = self._given_auth or auth_of(self._settings, self._clock)
        self._quota = RetryQuota(self._policy.quota)

    def call(
        self,
        operation: Operation[ReturnedT],
        path_arguments: Mapping[str, Any],
        body: Any,
        arguments: Mapping[str, Any],
        finish: Callable[[Attempt[ReturnedT], UnreadAnswer | Answer], ResultT],
    ) -> ResultT:
        """Call an operation: the road from arguments to result.

        Args:
            operation: What to call.
            path_arguments: The values of its path parameters, under their Python names.
            body: Its body, as `operation.build` takes it; None for an operation without one.
            arguments: The values of its query parameters, and the `CallOptions`.
            finish: What to make of what came back: `model`, `whole` or `unread`.

        Raises:
            ApiException: The call did not succeed.
            InvalidRequestException: An argument cannot be sent.
            ConfigurationException: There are no credentials, or an option of the call cannot be used.
            TypeError: There is no such argument.
        """
        request, auth, deadline = self._prepare(operation, path_arguments, body, arguments)
        attempt = 1
        while True:
            trial = Attempt(operation, request, self._clock.now())
            try:
                result = finish(trial, self._exchange(trial, attempt, auth, deadline))
            except ApiException as failure:
                failure.elapsed = deadline.elapsed()
                wait = self._wait_before_repeat(operation, deadline, attempt, failure)
                if wait is None:
                    _log_the_end(trial, attempt, failure)
                    raise
                self._clock.sleep(wait)
                attempt += 1
            else:
                if self._quota.spent:
                    self._quota.refill()
                return result

    def _prepare(
        self,
        operation: Operation[Any],
        path_arguments: Mapping[str, Any],
        body: Any,
        arguments: Mapping[str, Any],
    ) -> tuple[Request, Auth, Deadline]:
        """Everything about a call that can be checked before any I/O."""
        if self._closed:
            raise RuntimeError("this ApiClient is closed; make a new one")
        if os.getpid() != self._pid:
            self._open_after_fork()
        if self.configuration._changes != self._changes:
            self._follow_the_configuration()
        request = build(operation, self._host or operation.server, path_arguments, body, arguments)
        auth = self._auth_for(arguments) if arguments else self._auth
        if auth is None:
            raise ConfigurationException(
                "no credentials: give Configuration(client_id=..., client_secret=...), an access_token, "
                "or a username and password"
            )
        return request, auth, Deadline(self._clock, self._settings, arguments.get("_request_timeout"))

    def _follow_the_configuration(self) -> None:
        """Go on with the credentials and addresses of a configuration that was changed."""
        changes = self.configuration._changes
        self._settings = self.configuration._changed_since(self._settings)
        self._host = self._settings.server("")
        self._auth = self._given_auth or auth_of(self._settings, self._clock)
        self._changes = changes

    def _open_after_fork(self) -> None:
        """Leave what a parent process opened. It is kept and never touched: its locks may be held for ever."""
        self._inherited = self._rest
        self._open()

    def _auth_for(self, arguments: Mapping[str, Any]) -> Auth | None:
        given = SecretHeaders(pair for pair in (arguments.get("_headers") or {}).items() if is_secret(pair[0]))
        if any(is_authorization(name) for name in given):
            return AuthInHeaders(given)
        request_auth = arguments.get("_request_auth")
        auth = self._auth if request_auth is None else checked_auth("_request_auth", request_auth)
        return AuthBesideHeaders(auth, given) if given and auth is not None else auth

    def _exchange(self, attempt: Attempt[Any], number: int, auth: Auth, deadline: Deadline) -> UnreadAnswer | Answer:
        """Send the request with credentials. After a 401 to credentials that can be had anew, once more."""
        request = attempt.request
        for renewed in (False, True):
            try:
                credentials = auth.headers(request, self._fetch_token, deadline)
            except ApiException as failure:
                # Without a token the call was not made at all.
                failure.accepted = False if attempt.operation.causes_message else None
                raise
            began_at = self._clock.monotonic()
            answer = self._rest.open(request, SecretHeaders(request.headers, **credentials), deadline)
            if logger.isEnabledFor(logging.DEBUG):
                took = self._clock.monotonic() - began_at
                _log(attempt.operation.name, request.method, request.path, answer, number, took)
            if isinstance(answer, Answer) or answer.status != 401 or renewed or not auth.discard(credentials):
                break
            answer.close()
        return answer

    def _fetch_token(self, request: Request, headers: Mapping[str, str], deadline: Deadline) -> Answer:
        """Send what an auth object sends by itself, and log it as any attempt."""
        began_at = self._clock.monotonic()
        answer = self._rest.send(request, headers, deadline)
        if logger.isEnabledFor(logging.DEBUG):
            took = self._clock.monotonic() - began_at
            _log("token", request.method, urlsplit(request.server + request.path).path, answer, 1, took)
        return answer

    def _wait_before_repeat(
        self, operation: Operation[Any], deadline: Deadline, attempt: int, failure: ApiException
    ) -> float | None:
        """Seconds until the call may be made again; None where it may not."""
        policy = self._policy
        if attempt > policy.retries or not policy.may_repeat(failure, operation.causes_message):
            return None
        wait = policy.wait(attempt, failure, self._clock.random())
        if wait >= min(deadline.left(), policy.budget - deadline.elapsed()) or not self._quota.take(failure):
            return None
        if policy.on_repeat is not None:
            policy.on_repeat(Repeat(operation.name, attempt, failure, wait, deadline.elapsed()))
        logger.info(
            "%s failed with %s, repeated in %.2f s",
            operation.name,
            failure.status or type(failure).__name__,
            wait,
            extra={"operation": operation.name, "attempt": attempt, "status": failure.status, "wait": wait},
        )
        return wait

    def now(self) -> datetime:
        """The time by the client's clock, in UTC."""
        return self._clock.now()

    @property
    def auth(self) -> Auth | None:
        """How its requests say who they are; None where it has no credentials.

        `_request_auth` takes an object that wraps it: its `headers` is called when everything else about a request is
        ready, and before a connection is taken to write it. It may set `deadline.before_writing`.
        """
        if os.getpid() != self._pid:
            self._open_after_fork()
        if self.configuration._changes != self._changes:
            self._follow_the_configuration()
        return self._auth

    @property
    def closed(self) -> bool:
        """Whether it was closed, so that it makes no more calls."""
        return self._closed

    def close(self) -> None:
        """Close every connection. Calls made after this raise RuntimeError."""
        self._closed = True
        self._rest.close()

    def __enter__(self) -> "ApiClient":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ApiClient({self._settings!r})"


def model(attempt: Attempt[ReturnedT], opened: Opened) -> ReturnedT:
    """Read an answer to its end, and make of it what the operation returns."""
    return read(attempt, opened.read_all())


def whole(attempt: Attempt[ReturnedT], opened: Opened) -> ApiResponse[ReturnedT]:
    """The same, together with what HTTP said."""
    answer = opened.read_all()
    return ApiResponse(answer.status, answer.headers, read(attempt, answer), answer.body)


def unread(attempt: Attempt[Any], opened: UnreadAnswer | Answer) -> RawResponse:
    """Leave the body of a successful answer unread; any other raises as it does when it is read."""
    if isinstance(opened, Answer):
        raise_failure(attempt, opened)
    if opened.status not in attempt.operation.returns:
        raise_failure(attempt, opened.read_all())
    return RawResponse(opened, partial(raise_failure, attempt))


def _log(operation: str, method: str, path: str, answer: UnreadAnswer | Answer, attempt: int, elapsed: float) -> None:
    """A line for each attempt, up to the head of its answer. Query and body, with numbers and texts, stay out of it."""
    request_id = request_id_of(answer.headers)
    logger.debug(
        "%s %s %s in %.3f s, attempt %d%s",
        method,
        path,
        answer.status or "no answer",
        elapsed,
        attempt,
        f", request id {on_one_line(request_id)}" if request_id else "",
        extra={
            "operation": operation,
            "method": method,
            "path": path,
            "status": answer.status,
            "elapsed": elapsed,
            "attempt": attempt,
            "request_id": request_id,
        },
    )


def _log_the_end(trial: Attempt[Any], attempt: int, failure: ApiException) -> None:
    """The failure that is raised is told too, such as the last 429."""
    name, status = trial.operation.name, failure.status
    logger.info(
        "%s failed with %s, attempt %d, not repeated",
        name,
        status or type(failure).__name__,
        attempt,
        extra={"operation": name, "attempt": attempt, "status": status, "request_id": failure.request_id},
    )
