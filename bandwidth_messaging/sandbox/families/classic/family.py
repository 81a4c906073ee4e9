"""Bandwidth's first messaging API as a family of the sandbox."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute
from starlette.types import Scope

from ...messaging.accounts import Account, Accounts
from ...messaging.family import Incoming
from ...store.records import Batch, Delivery, Message
from ..credentials import account_in_path
from ..family import Family
from . import messages
from .routes import routes

_ERRORS = {403: ("limit", "message-rate-limit"), 429: ("too-many-requests", "rate-limit-reached")}


class ClassicFamily(Family):
    """The classic family, under `/v1/users`."""

    name = "classic"

    def routes(self) -> Sequence[BaseRoute]:
        """See `Family`."""
        return routes()

    def has_path(self, path: str) -> bool:
        """See `Family`."""
        return path.startswith("/v1/users/")

    def caller(self, scope: Scope, accounts: Accounts) -> Account | None:
        """By the path."""
        return account_in_path(scope, accounts)

    def basic_credential(self, account: Account) -> tuple[str, str]:
        """See `Family`."""
        return account.classic.api_token, account.classic.api_secret

    def error_body(self, status: int, description: str, operation: str) -> dict[str, Any]:
        """See `Family`."""
        category, code = _ERRORS.get(status, ("sandbox", "sandbox-fault"))
        return {"category": category, "code": code, "message": description, "details": []}

    def changed(self, account: Account, message: Message, delivery: Delivery, time: int) -> Batch:
        """See `Family`."""
        return messages.changed(account, message, delivery, time)

    def received(self, account: Account, incoming: Incoming) -> tuple[str, Batch]:
        """See `Family`."""
        return messages.received(account, incoming)
