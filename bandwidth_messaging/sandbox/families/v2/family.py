"""Bandwidth's V2 messaging API as a family of the sandbox."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from ...messaging.accounts import Account, Accounts
from ...messaging.family import Incoming
from ...store.records import Batch, Callback, Delivery, Message
from ...store.store import Store
from ..credentials import TOKEN_PATH, Gate, account_in_path, basic_name
from ..family import Family
from . import events
from .media import media_endpoints
from .paging import PageTokens
from .routes import messages_endpoint

_ERROR_TYPES = {
    400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found", 405: "method-not-allowed",
    406: "not-acceptable", 415: "unsupported-content-type", 429: "rate_limit_exceeded", 500: "internal-server-error",
    503: "service-unavailable",
}  # fmt: skip
_ERROR_TYPES_OF_SENDING = {**_ERROR_TYPES, 400: "request-validation", 429: "max-message-queue-size-exceeded"}


class V2Family(Family):
    """The V2 family: under the bare address and under `/api/v2`, the path of the vendor's server."""

    name = "v2"

    def __init__(self, gate: Gate, page_tokens: PageTokens) -> None:
        """Take what knows the credentials, and what issues page tokens."""
        self._gate = gate
        self._page_tokens = page_tokens

    def routes(self) -> Sequence[BaseRoute]:
        """Messages, media, and the token endpoint."""
        messages = messages_endpoint(self._gate, self._page_tokens)
        media_list, media_file = media_endpoints(self._gate)
        endpoints = {"messages": messages, "media": media_list, "media/{media_id:path}": media_file}
        return [
            *(Route(f"/users/{{account_id}}/{path}", endpoint) for path, endpoint in endpoints.items()),
            *(Route(f"/api/v2/users/{{account_id}}/{path}", endpoint) for path, endpoint in endpoints.items()),
            Route(TOKEN_PATH, self._gate.token, methods=["POST"]),
        ]

    def has_path(self, path: str) -> bool:
        """Whatever is no other family's."""
        return not path.startswith("/v1/")

    def caller(self, scope: Scope, accounts: Accounts) -> Account | None:
        """By the path, or by the client that asks for a token."""
        name = basic_name(scope)
        clients = (account for account in accounts if account.client_id == name)
        return account_in_path(scope, accounts) or next(clients, None)

    def basic_credential(self, account: Account) -> tuple[str, str]:
        """See `Family`."""
        return account.username, account.password

    def error_body(self, status: int, description: str, operation: str) -> dict[str, Any]:
        """See `Family`."""
        types = _ERROR_TYPES_OF_SENDING if operation == "send" else _ERROR_TYPES
        return {"type": types.get(status, "sandbox-fault"), "description": description}

    def changed(self, account: Account, message: Message, delivery: Delivery, time: int) -> Batch:
        """See `Family`."""
        return events.changed(account, message, delivery, time)

    def received(self, account: Account, incoming: Incoming) -> tuple[str, Batch]:
        """See `Family`."""
        return events.received(account, incoming)

    def answered(self, callback: Callback, store: Store, time: int) -> Batch:
        """See `Family`."""
        return events.answered(callback, store, time)
