"""The V2 family over HTTP: what is checked, in which order, before a message is created or listed."""

import asyncio
import gzip
from urllib.parse import parse_qsl, urlencode

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...messaging import disorder
from ...messaging import magic_numbers as outcomes
from ...messaging.accounts import Account
from ...messaging.limits import queue_full
from ...web.negotiation import accepts_gzip, accepts_json, is_json
from ...web.problems import Problem
from ..services import Services
from . import creation, listing

_WORTH_COMPRESSING = 1000


class Messages(HTTPEndpoint):
    """`/users/{accountId}/messages`. The order of the checks is: method, credentials, access, media types, values."""

    async def post(self, request: Request) -> Response:
        """Create a message.

        Args:
            request: The HTTP request.

        Returns:
            202 with the message. It is kept by then.

        Raises:
            Problem: What the contract answers to a request that is not fulfilled.
        """
        services, account = _admit(request, "Authentication Failed")
        if not accepts_json(request.headers.get("accept")):
            raise Problem(406, "not-acceptable", "The answer is application/json, which the Accept header excludes")
        _need_json(request.headers.get("content-type", ""))
        wanted = creation.read(await request.body(), account)
        answer, batch = creation.accept(wanted, account, services)
        if outcomes.QUEUE_FULL in wanted["to"]:
            raise queue_full()
        account.limits.queue(answer["segmentCount"] * len(wanted["to"]), account.clock())
        services.keep(account, batch)
        if disorder.answers_late(account):
            await services.worker.catch_up(account)
        request.state.message_ids = [answer["id"]]
        return JSONResponse(answer, 202)

    async def get(self, request: Request) -> Response:
        """List messages. The contract has no 406 here: the answer is JSON whatever Accept says.

        Args:
            request: The HTTP request.

        Returns:
            200 with a page, compressed if the caller takes gzip.

        Raises:
            Problem: What the contract answers to a request that is not fulfilled.
        """
        services, account = _admit(request, "Your request could not be authenticated")
        if "content-type" in request.headers:
            _need_json(request.headers["content-type"])
        account.limits.list_from(request.client.host if request.client else "", account.clock())
        parameters = listing.read(request.scope["query_string"])

        def link(token: str) -> str:
            return _link(request, token)

        tokens, store = services.page_tokens, services.store
        now = account.clock.now()
        # Among a million messages a search can take a second, in which others want to send.
        found = await asyncio.to_thread(listing.page, account.account_id, parameters, store, tokens, link, now)
        answer = JSONResponse(found)
        return _compressed(answer) if accepts_gzip(request.headers.get("accept-encoding")) else answer

    # Named, so that every version of Starlette counts HEAD among the methods that `Allow` lists.
    head = get


def _admit(request: Request, refusal: str) -> tuple[Services, Account]:
    """Let the caller in, or refuse in the words that the operation has for it."""
    services: Services = request.app.state.services
    account_id: str = request.path_params["account_id"]
    caller = services.gate.caller(request.headers.get("authorization"))
    if caller is None or caller.account.account_id != account_id:
        raise Problem(401, "unauthorized", refusal)
    if not caller.may_message:
        raise Problem(403, "forbidden", "Access Denied")
    return services, caller.account


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
