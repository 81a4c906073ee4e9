"""The endpoints of the classic API as data, and what is made of their answers."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

from .._call.exchange import Answer
from .._call.operation import Operation
from .._call.returned import Returned, id_from_location
from .._models.base import Model
from .filters import FILTERS
from .keys import snake_keys
from .models import ClassicError
from .requests import encode_all, encode_one

__all__ = ["V1", "Operations", "Page", "operations"]

KindT = TypeVar("KindT", dict[str, Any], list[Any])

_SERVER = "https://api.catapult.inetwork.com"


class Page(NamedTuple):
    """One page of a list."""

    messages: list[dict[str, Any]]
    link: str | None


class Operations(NamedTuple):
    """The endpoints at one version of the API."""

    send_message: Operation[str | None]
    send_messages: Operation[list[Any]]
    get_message: Operation[dict[str, Any]]
    list_messages: Operation[Page]


def operations(version: str) -> Operations:
    """The endpoints at a version of the API, which is the first segment of their paths."""
    messages = f"/{version}/users/{{userId}}/messages"
    errors: dict[int, Callable[[], type[Model]]] = dict.fromkeys((400, 401, 403, 404, 429, 500), lambda: ClassicError)
    user = {"userId": "user_id"}
    results: Returned[list[Any]] = Returned(_json(list))
    return Operations(
        Operation(
            name="MessagingClient.send_message", method="POST", path=messages, server=_SERVER, path_parameters=user,
            encode=encode_one, returns={201: id_from_location}, errors=errors, causes_message=True,
        ),
        Operation(
            name="MessagingClient.send_messages", method="POST", path=messages, server=_SERVER, path_parameters=user,
            encode=encode_all, returns={202: results, 200: results}, errors=errors, causes_message=True,
        ),
        Operation(
            name="MessagingClient.get_message", method="GET", path=f"{messages}/{{messageId}}", server=_SERVER,
            path_parameters={**user, "messageId": "message_id"},
            returns={200: Returned(_json(dict))}, errors=errors, causes_message=False,
        ),
        Operation(
            name="MessagingClient.list_messages", method="GET", path=messages, server=_SERVER, path_parameters=user,
            parameters=FILTERS, returns={200: Returned(_page)}, errors=errors, causes_message=False,
        ),
    )  # fmt: skip


def _json(kind: type[KindT]) -> Callable[[Answer], KindT]:
    """Read a body that is this in JSON, with the keys of its dicts in snake_case."""

    def read(answer: Answer) -> KindT:
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise ValueError("not JSON") from None
        if not isinstance(body, kind):
            raise ValueError(f"not a JSON {kind.__name__}")
        return cast("KindT", snake_keys(body))

    return read


def _page(answer: Answer) -> Page:
    return Page(_json(list)(answer), answer.headers.get("link"))


V1 = operations("v1")
