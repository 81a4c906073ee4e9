"""One endpoint as data, and the two pure functions over it: `build` a request, `read` an answer."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NoReturn, TypeVar

from pydantic import BaseModel

from .._models.base import Model, RequestModel
from .._models.lenient import read_model
from .._version import USER_AGENT
from ..exceptions import (
    ApiException,
    BrokenAnswerException,
    ConnectException,
    InvalidRequestException,
    OutcomeUnknownException,
    TimeoutException,
    UnreadableAnswerException,
    class_for_status,
    parse_retry_after,
)
from .exchange import Answer, Body, Request, forget_locals, is_secret
from .parameters import Parameter, merged_headers, parameters_of, path_segment, query_string
from .returned import Returned

__all__ = ["Attempt", "Operation", "build", "raise_failure", "read"]

ResultT = TypeVar("ResultT")


class Operation(Generic[ResultT]):
    """Everything that differs between one endpoint and another.

    Models are named by functions that return them, so that declaring an operation loads none of them.

    Args:
        name: The class and method that users call.
        method: The HTTP method.
        path: The path template of the contract.
        server: The production server of the contract.
        returns: What is made of an answer, for each status of success.
        errors: The model of each error status that the contract lists. An unlisted one is read as the 500 is.
        causes_message: Whether a repeat could send a message twice.
        path_parameters: For each name in the path template the keyword in Python.
        filters: The TypedDict of the query parameters.
        parameters: The query parameters themselves, where no TypedDict describes them.
        body: The model of the body.
        body_name: What the method that calls it names its body.
        encode: How a body is checked and encoded that is no model of its own.
        accept: The media type to ask for.
        accept_encoding: The compression to ask for; worth it only where answers are large.
    """

    def __init__(
        self,
        *,
        name: str,
        method: str,
        path: str,
        server: str,
        returns: Mapping[int, Returned[ResultT]],
        errors: Mapping[int, Callable[[], type[Model]]],
        causes_message: bool,
        path_parameters: Mapping[str, str],
        filters: Callable[[], type] | None = None,
        parameters: Mapping[str, Parameter] | None = None,
        body: Callable[[], type[RequestModel]] | None = None,
        body_name: str = "body",
        encode: Callable[[Any], Body] | None = None,
        accept: str = "application/json",
        accept_encoding: str = "identity",
    ) -> None:
        self.name = name
        self.method = method
        self.path = path
        self.server = server
        self.returns = returns
        self.errors = errors
        self.causes_message = causes_message
        self.path_parameters = path_parameters
        self.filters = filters
        self.body = body
        self.body_name = body_name
        self.encode = encode
        self.accept = accept
        self.accept_encoding = accept_encoding
        if parameters is not None:
            self.parameters = parameters

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The query parameters, in the order of the contract."""
        return parameters_of(self.filters()) if self.filters is not None else {}

    @cached_property
    def body_model(self) -> type[RequestModel] | None:
        """The model of the body, loaded."""
        return self.body() if self.body is not None else None

    @cached_property
    def models(self) -> dict[int, type[BaseModel]]:
        """The model of each success status that has one, loaded."""
        return {status: each.model() for status, each in self.returns.items() if each.model is not None}

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers that every call of this operation has."""
        content_type = {"Content-Type": "application/json"} if self.body or self.encode else {}
        return {
            "User-Agent": USER_AGENT,
            "Accept": self.accept,
            "Accept-Encoding": self.accept_encoding,
            **content_type,
        }


def build(
    operation: Operation[Any],
    server: str,
    path_arguments: Mapping[str, Any],
    body: Any,
    arguments: Mapping[str, Any],
) -> Request:
    """The request for a call with these arguments, all of them checked.

    Args:
        operation: What is called.
        server: The base URL.
        path_arguments: The values of the path parameters, under their Python names.
        body: The body, as a model or a dict of the model's fields; for an operation with `encode`, what that takes.
        arguments: The values of the query parameters; of the call's options, `_headers` counts here.

    Raises:
        ValueError: A value cannot be sent; the message names the argument and the rule.
        TypeError: An argument is not one of the operation's.
    """
    path, query, headers = operation.path, "", operation.headers
    for wire_name, name in operation.path_parameters.items():
        path = path.replace(f"{{{wire_name}}}", path_segment(name, path_arguments[name]))
    if arguments:
        query = query_string(operation.parameters, arguments, operation.name)
        if arguments.get("_headers") is not None:
            merged = merged_headers(headers, arguments["_headers"])
            # Credentials are no part of a Request, which exceptions keep.
            headers = {name: value for name, value in merged.items() if not is_secret(name)}
    content: Body | None = None
    if operation.body_model is not None:
        content = _encode(operation.body_name, operation.body_model, body)
    elif operation.encode is not None:
        content = operation.encode(body)
    return Request(operation.method, server, path, query, headers, content)


def _encode(name: str, kind: type[RequestModel], body: RequestModel | Mapping[str, Any] | None) -> bytes:
    if not isinstance(body, kind):
        if not isinstance(body, Mapping):
            rule = f"give a {kind.__name__} or a dict of its fields, not {type(body).__name__}"
            raise InvalidRequestException((name, rule))
        body = kind.from_dict(dict(body))
    try:
        # A list that was changed after it was checked goes to the server as it is: to check all again would cost every
        # call, and pydantic's warnings show what is in it.
        return body.model_dump_json(by_alias=True, exclude_none=True, warnings=False).encode()
    except ValueError:
        raise InvalidRequestException(
            ("", "there is a value in it that cannot be sent"), subject=kind.__name__
        ) from None


class Attempt(Generic[ResultT]):
    """One try of a call, of which any failure tells.

    Attributes:
        operation: What is called.
        request: What is sent.
        at: When it began.
    """

    def __init__(self, operation: Operation[ResultT], request: Request, at: datetime) -> None:
        self.operation = operation
        self.request = request
        self.at = at


def read(attempt: Attempt[ResultT], answer: Answer) -> ResultT:
    """What the call returns.

    Args:
        attempt: What was tried.
        answer: What came back, if anything did.

    Raises:
        ApiException: The answer is an error, or not one that the contract promises.
    """
    returned = attempt.operation.returns.get(answer.status)
    if returned is None or (answer.fault is not None and returned.needs_body):
        raise_failure(attempt, answer)
    try:
        return returned.read(answer)
    except ValueError as error:
        raise_failure(attempt, answer, f"the body is {error}")


def raise_failure(attempt: Attempt[Any], answer: Answer, unreadable: str = "") -> NoReturn:
    """Raise what an answer means that is not a success. No status and no body makes this itself fail."""
    operation, fault = attempt.operation, answer.fault
    cause = fault.cause if fault is not None else None
    forget_locals(cause)
    reason = answer.reason
    if answer.status // 100 in {0, 2}:
        reason = fault.reason if fault is not None else unreadable or f"{reason} is not an answer of the contract"
    raise _class_of(operation, answer)(
        answer.status,
        reason,
        headers=answer.headers,
        raw_body=answer.body,
        data=_error_data(operation, answer),
        accepted=_accepted(answer) if operation.causes_message else None,
        operation=operation.name,
        request=attempt.request,
        time=attempt.at,
        causes_message=operation.causes_message,
        permanent=fault is not None and fault.permanent,
    ) from cause


def _class_of(operation: Operation[Any], answer: Answer) -> type[ApiException]:
    if answer.status // 100 not in {0, 2}:
        return class_for_status(answer.status)
    if answer.fault is None:
        return UnreadableAnswerException
    if answer.fault.stage == "connect":
        return ConnectException
    if answer.status == 0 and operation.causes_message:
        return OutcomeUnknownException
    return TimeoutException if answer.fault.timed_out else BrokenAnswerException


def _accepted(answer: Answer) -> bool | None:
    """Whether the server can have taken the message, by what is known of its answer."""
    if answer.status == 0:
        return False if answer.fault is not None and answer.fault.stage == "connect" else None
    if 200 <= answer.status < 300:
        return True
    # A 503 that names a time to come back was refused before any work was done (RFC 9110, section 15.6.4). Any other
    # 5xx or a 3xx may come from a gateway behind which the message was taken.
    refused = 400 <= answer.status < 500 or (answer.status == 503 and parse_retry_after(answer.headers) is not None)
    return False if refused else None


def _error_data(operation: Operation[Any], answer: Answer) -> Model | None:
    kind = operation.errors.get(answer.status) or operation.errors.get(500)
    if kind is None or answer.status < 400:
        return None
    try:
        return read_model(kind(), answer.body)
    except ValueError:
        return None
