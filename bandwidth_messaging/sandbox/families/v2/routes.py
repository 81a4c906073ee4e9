"""The V2 family over HTTP: what is checked, in which order, before a message is created or listed."""

import asyncio
import gzip
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...messaging import disorder, magic_numbers
from ...messaging.accounts import Account
from ...messaging.limits import QUEUE_SECONDS
from ...messaging.services import Services
from ..credentials import Gate
from ..family import services_of
from ..negotiation import accepts_gzip, accepts_json, is_json
from ..problems import Problem
from . import creation, listing
from .paging import PageTokens

_WORTH_COMPRESSING = 1000


def messages_endpoint(gate: Gate, page_tokens: PageTokens) -> type[HTTPEndpoint]:
    """`/users/{accountId}/messages`, with what it needs: Starlette makes an endpoint for each request."""
    return type("Messages", (_Messages,), {"gate": gate, "page_tokens": page_tokens})


class _Messages(HTTPEndpoint):
    """The order of the checks is: method, credentials, access, media types, values."""

    gate: ClassVar[Gate]
    page_tokens: ClassVar[PageTokens]

    async def post(self, request: Request) -> Response:
        """Create a message: 202 with the message, which is kept by then."""
        services, account = admit(self.gate, request, "Authentication Failed")
        if not accepts_json(request.headers.get("accept")):
            raise Problem(406, "not-acceptable", "The answer is application/json, which the Accept header excludes")
        _need_json(request.headers.get("content-type", ""))
        wanted = creation.read(await request.body(), account)
        answer, batch = creation.accept(wanted, account, services.store)
        if magic_numbers.QUEUE_FULL in wanted["to"]:
            raise _queue_full(1.0)
        if not account.limits.enqueue(answer["segmentCount"] * len(wanted["to"]), account.clock()):
            raise _queue_full(account.limits.segments_per_second or 1.0)
        services.keep(account, batch)
        if disorder.answers_late(account):
            await services.worker.catch_up(account)
        request.state.message_ids = [answer["id"]]
        return JSONResponse(answer, 202)

    async def get(self, request: Request) -> Response:
        """List messages. The contract has no 406 here: the answer is JSON whatever Accept says."""
        services, account = admit(self.gate, request, "Your request could not be authenticated")
        if "content-type" in request.headers:
            _need_json(request.headers["content-type"])
        wait = account.limits.count_list(request.client.host if request.client else "", account.clock())
        if wait is not None:
            raise _too_many_lists(account.limits.list_requests, wait)
        parameters = listing.read(request.scope["query_string"])

        def link(token: str) -> str:
            return _link(request, token)

        store, now = services.store, account.clock.now()
        # Among a million messages a search can take a second, in which others want to send.
        found = await asyncio.to_thread(
            listing.page, account.account_id, parameters, store, self.page_tokens, link, now
        )
        answer = JSONResponse(found)
        return _compressed(answer) if accepts_gzip(request.headers.get("accept-encoding")) else answer

    # Named, so that every version of Starlette counts HEAD among the methods that `Allow` lists.
    head = get


def admit(gate: Gate, request: Request, refusal: str) -> tuple[Services, Account]:
    """Let the caller in, or refuse in the words that the operation has for it."""
    account_id: str = request.path_params["account_id"]
    caller = gate.caller(request.headers.get("authorization"))
    if caller is None or caller.account.account_id != account_id:
        raise Problem(401, "unauthorized", refusal)
    if not caller.may_message:
        raise Problem(403, "forbidden", "Access Denied")
    return services_of(request), caller.account


def _queue_full(segments_per_second: float) -> Problem:
    description = (
        f"The message queue is full: it is worked off at {segments_per_second * 60:g} segments a minute and holds "
        f"{segments_per_second * QUEUE_SECONDS:g}"
    )
    return Problem(429, "max-message-queue-size-exceeded", description)


def _too_many_lists(limit: int | None, wait: int) -> Problem:
    description = f"More than {limit} requests in 5 minutes; wait for as long as Retry-After says"
    return Problem(429, "rate_limit_exceeded", description, headers={"Retry-After": str(wait)})


def _need_json(content_type: str) -> None:
    if not is_json(content_type):
        description = f"Content type '{content_type}' not supported. Please use 'application/json'"
        raise Problem(415, "unsupported-content-type", description)


def _link(request: Request, token: str) -> str:
    given = parse_qsl(request.url.query, keep_blank_values=True)
    kept = [(name, value) for name, value in given if name != "pageToken"]
    return str(request.url.replace(query=urlencode([*kept, ("pageToken", token)])))


def _compressed(answer: Response) -> Response:
    if len(answer.body) < _WORTH_COMPRESSING:
        return answer
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(gzip.compress(answer.body, 5), 200, headers, "application/json")
