"""The endpoints of the classic API as data, and what is made of their answers."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from .._call.exchange import Answer, Request
from .._call.operation import Operation, raise_failure
from .._models.base import Model
from .._transport.raw_response import UnreadAnswer
from .filters import FILTERS
from .keys import snake_keys
from .models import ClassicError
from .requests import encode_all, encode_one

__all__ = ["V1", "Operations", "Page", "as_dict", "as_list", "as_page", "message_id", "operations"]

_SERVER = "https://api.catapult.inetwork.com"


class Operations(NamedTuple):
    """The endpoints at one version of the API."""

    send_message: Operation[Any]
    send_messages: Operation[Any]
    get_message: Operation[Any]
    list_messages: Operation[Any]


class Page(NamedTuple):
    """One page of a list."""

    messages: list[dict[str, Any]]
    link: str | None


def operations(version: str) -> Operations:
    """The endpoints at a version of the API, which is the first segment of their paths."""
    messages = f"/{version}/users/{{userId}}/messages"
    errors: dict[int, Callable[[], type[Model]]] = dict.fromkeys((400, 401, 403, 404, 429, 500), lambda: ClassicError)
    user = {"userId": "user_id"}
    return Operations(
        Operation(
            name="MessagingClient.send_message", method="POST", path=messages, server=_SERVER, path_parameters=user,
            encode=encode_one, returns={201: _no_model}, errors=errors, causes_message=True,
        ),
        Operation(
            name="MessagingClient.send_messages", method="POST", path=messages, server=_SERVER, path_parameters=user,
            encode=encode_all, returns={202: _no_model, 200: _no_model}, errors=errors, causes_message=True,
        ),
        Operation(
            name="MessagingClient.get_message", method="GET", path=f"{messages}/{{messageId}}", server=_SERVER,
            path_parameters={**user, "messageId": "message_id"},
            returns={200: _no_model}, errors=errors, causes_message=False,
        ),
        Operation(
            name="MessagingClient.list_messages", method="GET", path=messages, server=_SERVER, path_parameters=user,
            parameters=FILTERS, returns={200: _no_model}, errors=errors, causes_message=False,
        ),
    )  # fmt: skip


def _no_model() -> Any:
    """The classic SDK gives dicts, so its answers are decoded by the functions below."""
    raise NotImplementedError


def message_id(operation: Operation[Any], request: Request, at: datetime, opened: UnreadAnswer | Answer) -> str | None:
    """The id at the end of the `Location` header; None without one."""
    answer = _success(operation, request, at, opened)
    location = answer.headers.get("location")
    return None if location is None else location.rpartition("/")[2]


def as_dict(operation: Operation[Any], request: Request, at: datetime, opened: UnreadAnswer | Answer) -> Any:
    """The body with the keys of its dicts in snake_case."""
    return snake_keys(_decoded(operation, request, at, _success(operation, request, at, opened), dict))


def as_list(operation: Operation[Any], request: Request, at: datetime, opened: UnreadAnswer | Answer) -> Any:
    """The same of a body that is a list."""
    return snake_keys(_decoded(operation, request, at, _success(operation, request, at, opened), list))


def as_page(operation: Operation[Any], request: Request, at: datetime, opened: UnreadAnswer | Answer) -> Page:
    """The messages of a page, and its `Link` header."""
    answer = _success(operation, request, at, opened)
    return Page(snake_keys(_decoded(operation, request, at, answer, list)), answer.headers.get("link"))


def _success(operation: Operation[Any], request: Request, at: datetime, opened: UnreadAnswer | Answer) -> Answer:
    answer = opened.read_all()
    # The id of an accepted message is in the headers: a body that was cut off does not matter to it.
    if answer.status not in operation.returns or (answer.fault is not None and operation.returns.keys() != {201}):
        raise_failure(operation, request, at, answer)
    return answer


def _decoded(operation: Operation[Any], request: Request, at: datetime, answer: Answer, kind: type) -> Any:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise_failure(operation, request, at, answer, "the body is not JSON")
    if not isinstance(body, kind):
        raise_failure(operation, request, at, answer, f"the body is not a JSON {kind.__name__}")
    return body


V1 = operations("v1")
