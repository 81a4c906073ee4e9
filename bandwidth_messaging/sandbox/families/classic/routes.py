"""The classic family over HTTP: one path to send and list, one to fetch."""

import hmac
from typing import Any
from urllib.parse import urlencode

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...contract import contract
from ...messaging.accounts import Account
from ...messaging.services import Services
from ...store.records import Batch, ListedDelivery
from ..credentials import basic_credential
from ..family import decode_json, services_of
from . import messages as classic_messages
from .messages import ClassicProblem, invalid

_MOST_MESSAGES = 50
_LIST = "/v1/users/{userId}/messages get"


class Messages(HTTPEndpoint):
    """`/v1/users/{userId}/messages`: send one message or several, and list them."""

    async def post(self, request: Request) -> Response:
        """Send one message, or each of several that can be sent. The accepted ones are kept when this is answered."""
        services, account = _admit(request)
        body = _json(await request.body(), request.headers.get("content-type", ""))
        if isinstance(body, list):
            return _send_all(request, services, account, body)
        error = classic_messages.error_in(body)
        if error is not None:
            raise error
        batch, message_id = classic_messages.accept(body, account, services.store)
        services.keep(account, batch)
        request.state.message_ids = [message_id]
        return Response(status_code=201, headers={"Location": _address(request, account, message_id)})

    async def get(self, request: Request) -> Response:
        """List messages, with a `Link` header while there are more."""
        services, account = _admit(request)
        try:
            parameters = contract.read_query(request.scope["query_string"], _LIST)
        except contract.QueryError as error:
            raise invalid(str(error)) from None
        rows, cursor = classic_messages.page(services.store, account, parameters)
        kept = {name: value for name, value in parameters.items() if not name.startswith("sortKey")}
        link = {"Link": f'<{_base(request, account)}?{urlencode({**kept, **cursor})}>; rel="next"'} if cursor else {}
        return JSONResponse([_read(services, row) for row in rows], headers=link)

    # Named, so that every version of Starlette counts HEAD among the methods that `Allow` lists.
    head = get


class Message(HTTPEndpoint):
    """`/v1/users/{userId}/messages/{messageId}`: fetch a message."""

    async def get(self, request: Request) -> Response:
        """Fetch a message."""
        services, account = _admit(request)
        rows = services.store.messages.deliveries(account.classic.user_id, request.path_params["message_id"])
        if not rows:
            raise ClassicProblem(404, "not-found", "message-not-found", "The message could not be found")
        return JSONResponse(_read(services, rows[0]))

    head = get


def routes() -> list[Route]:
    """The family's routes."""
    return [
        Route("/v1/users/{user_id}/messages", Messages),
        Route("/v1/users/{user_id}/messages/{message_id}", Message),
    ]


def _admit(request: Request) -> tuple[Services, Account]:
    services = services_of(request)
    account = services.accounts.of(request.path_params["user_id"])
    sent = basic_credential(request.headers.get("authorization"))
    if account is not None and account.classic.user_id == request.path_params["user_id"] and sent is not None:
        own = f"{account.classic.api_token}:{account.classic.api_secret}"
        if hmac.compare_digest(sent, own.encode()):
            return services, account
    raise ClassicProblem(401, "authentication", "user-access-denied", "The credentials are wrong")


def _json(body: bytes, content_type: str) -> Any:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise invalid("The body must be application/json")
    try:
        return decode_json(body)
    except (ValueError, RecursionError):
        raise invalid("The body must be JSON in UTF-8") from None


def _send_all(request: Request, services: Services, account: Account, messages: list[Any]) -> Response:
    if len(messages) > _MOST_MESSAGES:
        raise ClassicProblem(403, "forbidden", "multi-message-limit", f"At most {_MOST_MESSAGES} messages a request")
    if not messages or not all(isinstance(message, dict) for message in messages):
        raise invalid("The array must hold messages, at least one")
    together, results, message_ids = Batch(), [], []
    for message in messages:
        error = classic_messages.error_in(message)
        if error is not None:
            results.append({"result": "error", "error": error.body()})
            continue
        batch, message_id = classic_messages.accept(message, account, services.store)
        together.add(batch)
        message_ids.append(message_id)
        results.append({"result": "accepted", "location": _address(request, account, message_id)})
    services.keep(account, together)
    request.state.message_ids = message_ids
    return JSONResponse(results, 202)


def _base(request: Request, account: Account) -> str:
    return f"{request.base_url}v1/users/{account.classic.user_id}/messages"


def _address(request: Request, account: Account, message_id: str) -> str:
    return f"{_base(request, account)}/{message_id}"


def _read(services: Services, delivery: ListedDelivery) -> dict[str, Any]:
    message = services.store.messages.get(delivery.message_id)
    assert message is not None  # noqa: S101 - both are written together, and forgotten together
    return classic_messages.shown(message, delivery)
