"""MessageMedia's API as a family of the sandbox."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute
from starlette.types import Scope

from ...messaging.accounts import Account, Accounts
from ...messaging.family import Incoming
from ...store.records import Batch, Delivery, Message
from ..credentials import authorization_of, basic_name
from ..family import Family
from . import notices
from .routes import routes


class MessageMediaFamily(Family):
    """The MessageMedia family, under `/v1`."""

    name = "messagemedia"

    def routes(self) -> Sequence[BaseRoute]:
        """See `Family`."""
        return routes()

    def has_path(self, path: str) -> bool:
        """See `Family`."""
        return path.startswith("/v1/") and not path.startswith("/v1/users/")

    def caller(self, scope: Scope, accounts: Accounts) -> Account | None:
        """By the name in a Basic header or in a signature."""
        authorization, name = authorization_of(scope), basic_name(scope)
        for account in accounts:
            key = account.messagemedia.api_key
            if name == key or f'username="{key}"' in authorization:
                return account
        return None

    def basic_credential(self, account: Account) -> tuple[str, str]:
        """See `Family`."""
        return account.messagemedia.api_key, account.messagemedia.api_secret

    def error_body(self, status: int, description: str, operation: str) -> dict[str, Any]:
        """See `Family`."""
        return {"message": description, "details": []}

    def changed(self, account: Account, message: Message, delivery: Delivery, time: int) -> Batch:
        """See `Family`."""
        return notices.changed(account, message, delivery, time)

    def received(self, account: Account, incoming: Incoming) -> tuple[str, Batch]:
        """See `Family`."""
        return notices.received(account, incoming)
