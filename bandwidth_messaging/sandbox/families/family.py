"""What an API family is: its routes, who is calling, its error bodies, and its share in the life of a message."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import Scope

from ..messaging.accounts import Account, Accounts
from ..messaging.family import Incoming
from ..messaging.services import Services
from ..store.records import Batch, Callback, Delivery, Message
from ..store.store import Store


class Family(ABC):
    """One API family. To add one, derive from this class and name it in `families/registry.py`.

    Attributes:
        name: What its messages are kept under.
    """

    name: ClassVar[str]

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """What it answers."""

    @abstractmethod
    def has_path(self, path: str) -> bool:
        """Whether a path is its own, so that a fault there takes its form."""

    @abstractmethod
    def caller(self, scope: Scope, accounts: Accounts) -> Account | None:
        """Whose request it is, by the names in it; whether its credential is right is another matter."""

    @abstractmethod
    def basic_credential(self, account: Account) -> tuple[str, str]:
        """The username and password of an account."""

    @abstractmethod
    def error_body(self, status: int, description: str, operation: str) -> dict[str, Any]:
        """The body of an error answer to `send`, `read` or `token`."""

    @abstractmethod
    def changed(self, account: Account, message: Message, delivery: Delivery, time: int) -> Batch:
        """What follows from the new status of a delivery: callbacks and notices."""

    @abstractmethod
    def received(self, account: Account, incoming: Incoming) -> tuple[str, Batch]:
        """The id of a message that a phone sent, and what follows: the message, its delivery, what tells of it."""

    def answered(self, callback: Callback, store: Store, time: int) -> Batch:
        """What follows from the application's answer to a callback."""
        return Batch()


def services_of(request: Request) -> Services:
    """The parts of the sandbox that a request reached."""
    services: Services = request.app.state.services
    return services


def decode_json(body: bytes, parse_constant: Callable[[str], Any] | None = None) -> Any:
    """Decode a body. ValueError or RecursionError if it is no JSON in UTF-8."""
    decoded = json.loads(body.decode("utf-8"), parse_constant=parse_constant)
    # A lone surrogate is valid JSON, but no text: it could be neither kept nor sent.
    json.dumps(decoded, ensure_ascii=False).encode("utf-8")
    return decoded


def callback(
    message: Message, recipient: str, kind: str, url: str, headers: Mapping[str, str], body: str, time: int
) -> Callback:
    """A callback about a message to one recipient that waits for its first attempt."""
    return Callback(
        account_id=message.account_id, message_id=message.message_id, recipient=recipient, type=kind, url=url,
        headers=dict(headers), body=body, created=time, state="waiting", due=time, attempts=[],
    )  # fmt: skip


def refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python takes for JSON."""
    raise ValueError(f"{name} is no JSON")
