"""The MessageMedia family over HTTP: who is calling, by Basic or by a signature, and its five paths."""

import hmac
from collections.abc import Mapping
from typing import Any

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bandwidth_messaging.messagemedia.signature import signed_by, verify_signature

from ...contract import contract
from ...messaging.accounts import Account
from ...messaging.changes import Event
from ...messaging.services import Services
from ...store.records import Batch, Delivery, Message, changed
from ..credentials import basic_credential
from ..family import decode_json, services_of
from ..negotiation import is_json
from . import messages as messagemedia_messages
from . import notices as messagemedia_notices
from .messages import MessageMediaProblem

_PREFIX = "messageMedia"
_UNAUTHENTICATED = "Invalid authentication credentials"
_UNREADABLE = "Failed to parse message body."


class _Endpoint(HTTPEndpoint):
    async def method_not_allowed(self, request: Request) -> Response:
        """Answer 405 in the family's own form."""
        headers = {"Allow": ", ".join(self._allowed_methods)}
        return JSONResponse({"message": f"{request.method} is not supported here."}, 405, headers)


class Messages(_Endpoint):
    """`/v1/messages`: send."""

    async def post(self, request: Request) -> Response:
        """Send messages, all or none."""
        services, account = await _admit(request)
        body = await _valid_body(request, "SendMessagesRequest")
        answer, batch = messagemedia_messages.accept(body["messages"], account, services.store)
        services.keep(account, batch)
        request.state.message_ids = [message.message_id for message in batch.messages]
        return JSONResponse({"messages": answer}, 202)


class OneMessage(_Endpoint):
    """`/v1/messages/{messageId}`: the status of a message, and its cancellation."""

    async def get(self, request: Request) -> Response:
        """Tell the status of a message."""
        services, account = await _admit(request)
        message, delivery = _found(services, account, request.path_params["message_id"])
        return JSONResponse(messagemedia_messages.shown(message, delivery))

    # Named, so that every version of Starlette counts HEAD among the methods that `Allow` lists.
    head = get

    async def put(self, request: Request) -> Response:
        """Cancel a scheduled message."""
        services, account = await _admit(request)
        _, delivery = _found(services, account, request.path_params["message_id"])
        await _valid_body(request, "CancelScheduledMessageRequest")
        if delivery.message_status != "scheduled":
            reason = f"/status: only a scheduled message can be cancelled; this one is {delivery.message_status}"
            raise MessageMediaProblem(400, messagemedia_messages.REFUSED, [reason])
        history = [*(delivery.history or ()), (account.clock.now(), "cancelled", 0)]
        update = changed(delivery, message_status="cancelled", history=history, plan=[], next_due=None)
        services.store.write(Batch(updates=[update]))
        services.feed.publish(Event("status", delivery.account_id, delivery.message_id))
        return Response(status_code=200)


class _Notices(_Endpoint):
    """What waits until it is confirmed."""

    kind: messagemedia_notices.Kind

    async def get(self, request: Request) -> Response:
        """Give the oldest that wait."""
        services, account = await _admit(request)
        waiting = messagemedia_notices.waiting(services.store, account, self.kind)
        return JSONResponse({self.kind.plural: waiting})

    head = get


class _Confirmed(_Endpoint):
    """Where it is confirmed."""

    kind: messagemedia_notices.Kind

    async def post(self, request: Request) -> Response:
        """Confirm some, known or not."""
        services, account = await _admit(request)
        body = await _valid_body(request, f"Confirm{self.kind.plural.title().replace('_', '')}AsReceivedRequest")
        ids = body[f"{self.kind.name}_ids"]
        services.store.notices.confirm(account.messagemedia.account_id, self.kind.name, ids)
        return Response(status_code=202, media_type="text/plain")


class DeliveryReports(_Notices):
    """`/v1/delivery_reports`."""

    kind = messagemedia_notices.DELIVERY_REPORT


class DeliveryReportsConfirmed(_Confirmed):
    """`/v1/delivery_reports/confirmed`."""

    kind = messagemedia_notices.DELIVERY_REPORT


class Replies(_Notices):
    """`/v1/replies`."""

    kind = messagemedia_notices.REPLY


class RepliesConfirmed(_Confirmed):
    """`/v1/replies/confirmed`."""

    kind = messagemedia_notices.REPLY


def routes() -> list[Route]:
    """The family's routes."""
    return [
        Route("/v1/messages", Messages),
        # Whatever an id may hold, a slash too: it is unknown then, and the answer is this family's.
        Route("/v1/messages/{message_id:path}", OneMessage),
        Route("/v1/delivery_reports", DeliveryReports),
        Route("/v1/delivery_reports/confirmed", DeliveryReportsConfirmed),
        Route("/v1/replies", Replies),
        Route("/v1/replies/confirmed", RepliesConfirmed),
    ]


async def _admit(request: Request) -> tuple[Services, Account]:
    """Let the caller in, by a signature or by Basic."""
    services = services_of(request)
    account = _signer(services, request, await request.body()) or _user(services, request)
    if account is None:
        raise MessageMediaProblem(401, _UNAUTHENTICATED)
    if request.headers.get("account", account.messagemedia.account_id) != account.messagemedia.account_id:
        # Acting for a sub-account, of which a sandbox has none.
        raise MessageMediaProblem(403, _UNAUTHENTICATED)
    return services, account


def _signer(services: Services, request: Request, body: bytes) -> Account | None:
    headers: Mapping[str, str] = request.headers
    account = _holder(services, signed_by(headers))
    if account is None:
        return None
    path = request.scope["raw_path"].decode("latin-1")
    # The date is that of the caller's machine, which is this one, whatever time the account lives in.
    signed = verify_signature(request.method, path, headers, body, account.messagemedia.api_secret)
    return account if signed else None


def _user(services: Services, request: Request) -> Account | None:
    sent = basic_credential(request.headers.get("authorization"))
    if sent is None:
        return None
    account = _holder(services, sent.partition(b":")[0].decode("latin-1"))
    if account is None:
        return None
    own = f"{account.messagemedia.api_key}:{account.messagemedia.api_secret}"
    return account if hmac.compare_digest(sent, own.encode()) else None


def _holder(services: Services, api_key: str | None) -> Account | None:
    return next((account for account in services.accounts if account.messagemedia.api_key == api_key), None)


async def _valid_body(request: Request, schema: str) -> Any:
    """The body, if it is what the contract asks for."""
    try:
        if not is_json(request.headers.get("content-type", "")):
            raise ValueError
        body = decode_json(await request.body())
        errors = contract.pointed_errors(_PREFIX + schema, body)
    except (ValueError, RecursionError):
        raise MessageMediaProblem(400, messagemedia_messages.REFUSED, [_UNREADABLE]) from None
    if errors:
        raise MessageMediaProblem(400, messagemedia_messages.REFUSED, errors)
    return body


def _found(services: Services, account: Account, message_id: str) -> tuple[Message, Delivery]:
    """A message that the account sent, and its delivery."""
    message = services.store.messages.get(message_id)
    deliveries = services.store.messages.deliveries(account.messagemedia.account_id, message_id)
    if message is None or not deliveries or message.direction != "OUTBOUND":
        raise MessageMediaProblem(404, "Resource not found.")
    return message, deliveries[0]
