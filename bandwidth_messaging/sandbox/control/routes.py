"""The sandbox over HTTP, for other languages and for the page: `/sandbox/accounts/…`, as `sandbox_api.yaml` says.

What is done here can also be done from Python, by the methods of `AccountHandle`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..contract.rules import DOCUMENT
from ..families.family import services_of
from ..families.problems import Problem
from ..messaging.accounts import Account
from ..messaging.views import moment
from ..store.records import Batch, changed
from . import messages as control_messages
from .requests import body_of, check_query, mistakes_refused, number_in_path, operations_of

_ADVANCE_SECONDS = 30.0


def routes() -> list[Route]:
    """The routes."""
    account = "/sandbox/accounts/{account_id}"
    return [
        _route("/sandbox/health", GET=health),
        _route("/sandbox/openapi.yaml", GET=document),
        _route("/sandbox/accounts", GET=list_accounts, POST=open_account),
        _route(account, GET=show_account),
        _route(f"{account}/messages", GET=control_messages.find, DELETE=control_messages.clear),
        _route(f"{account}/inbound", POST=control_messages.receive),
        _route(f"{account}/export", GET=control_messages.export),
        _route(f"{account}/import", POST=control_messages.import_),
        _route(f"{account}/clock", POST=advance, PUT=set_pace),
        _route(f"{account}/callbacks", GET=show_callbacks, PUT=set_callbacks),
        _route(f"{account}/limits", GET=show_limits, PUT=set_limits),
        _route(f"{account}/tokens", DELETE=revoke_tokens),
        _route(f"{account}/failures", GET=list_failures, PUT=fail_delivery),
        _route(f"{account}/faults", GET=list_faults, POST=add_fault, DELETE=remove_faults),
        _route(f"{account}/faults/{{fault_id}}", DELETE=remove_fault),
        _route("/sandbox/callbacks/{callback_id}/replay", POST=replay),
    ]


def _route(path: str, **handlers: Callable[[Request], Awaitable[Response]]) -> Route:
    """One route for all methods of a path, so that a 405 names them all."""

    async def handle(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        check_query(request, path, method)
        return await handlers[method](request)

    return Route(path, handle, methods=list(handlers))


async def health(_: Request) -> Response:
    """Say that the sandbox runs."""
    return JSONResponse({"status": "ok"})


async def document(_: Request) -> Response:
    """Give the description of these operations."""
    return Response(DOCUMENT.read_bytes(), media_type="application/yaml")


async def list_accounts(request: Request) -> Response:
    """List the accounts."""
    services = services_of(request)
    return JSONResponse({"accounts": [_shown(account) for account in services.accounts]})


async def open_account(request: Request) -> Response:
    """Open an account with credentials, messages and a clock of its own."""
    services = services_of(request)
    body = await body_of(request, "newAccount")
    account = services.open_account(body.get("pace", "stepped"))
    return JSONResponse(_shown(account), 201)


async def show_account(request: Request) -> Response:
    """Show an account."""
    return JSONResponse(_shown(operations_of(request).account))


async def advance(request: Request) -> Response:
    """Move an account's time forward."""
    operations = operations_of(request)
    body = await body_of(request, "advance")
    operations.advance(body["advance"])
    timeout = body.get("timeout", _ADVANCE_SECONDS)
    try:
        await asyncio.wait_for(operations.services.worker.catch_up(operations.account), timeout)
    except asyncio.TimeoutError:
        raise Problem(504, "callbacks-unanswered", operations.unanswered(timeout)) from None
    return JSONResponse(_time(operations.account))


async def set_pace(request: Request) -> Response:
    """Change how an account's messages move from now on."""
    operations = operations_of(request)
    operations.set_pace((await body_of(request, "pace"))["pace"])
    return JSONResponse(_time(operations.account))


async def show_callbacks(request: Request) -> Response:
    """Show where the application of the V2 family wants its callbacks; its password stays here."""
    settings = asdict(operations_of(request).account.callbacks)
    del settings["password"]
    return JSONResponse(settings)


async def set_callbacks(request: Request) -> Response:
    """Say where the application of the V2 family wants its callbacks."""
    operations = operations_of(request)
    body = await body_of(request)
    with mistakes_refused():
        operations.set_callbacks(body)
    return Response(status_code=204)


async def show_limits(request: Request) -> Response:
    """Show the rate limits of an account."""
    limits = operations_of(request).account.limits
    shown = {"list_requests": limits.list_requests, "segments_per_second": limits.segments_per_second}
    return JSONResponse(shown)


async def set_limits(request: Request) -> Response:
    """Set the rate limits of an account; what is not given is switched off."""
    operations = operations_of(request)
    body = await body_of(request)
    with mistakes_refused():
        operations.set_limits(body)
    return Response(status_code=204)


async def revoke_tokens(request: Request) -> Response:
    """Make every bearer token of an account worthless."""
    operations_of(request).revoke_tokens()
    return Response(status_code=204)


async def list_failures(request: Request) -> Response:
    """List the numbers to which messages fail."""
    failing = operations_of(request).account.failing
    return JSONResponse({"failures": [{"to": to, "error_code": code} for to, code in failing.items()]})


async def fail_delivery(request: Request) -> Response:
    """Let messages to a number fail from now on."""
    operations = operations_of(request)
    body = await body_of(request)
    with mistakes_refused():
        operations.fail_delivery(body)
    return Response(status_code=204)


async def list_faults(request: Request) -> Response:
    """List the rules by which an account's requests fail."""
    return JSONResponse({"faults": [asdict(fault) for fault in operations_of(request).faults()]})


async def add_fault(request: Request) -> Response:
    """Add a rule."""
    operations = operations_of(request)
    body = await body_of(request)
    with mistakes_refused():
        return JSONResponse(asdict(operations.add_fault(body)), 201)


async def remove_faults(request: Request) -> Response:
    """Remove all rules of an account."""
    operations_of(request).remove_faults()
    return Response(status_code=204)


async def remove_fault(request: Request) -> Response:
    """Remove a rule."""
    if not operations_of(request).remove_faults(number_in_path(request, "fault_id")):
        raise Problem(404, "not-found", "There is no such rule")
    return Response(status_code=204)


async def replay(request: Request) -> Response:
    """Send a callback once more."""
    services = services_of(request)
    callback = services.store.callbacks.get(number_in_path(request, "callback_id"))
    account = services.accounts.of(callback.account_id) if callback else None
    if callback is None or account is None:
        raise Problem(404, "not-found", "There is no such callback")
    due = changed(callback, state="waiting", due=account.clock.now())
    services.store.write(Batch(updates=[due]))
    services.worker.notify(account)
    return Response(status_code=202)


def _shown(account: Account) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "application_id": account.application_id,
        "username": account.username,
        "password": account.password,
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "classic": asdict(account.classic),
        "messagemedia": asdict(account.messagemedia),
        **_time(account),
    }


def _time(account: Account) -> dict[str, Any]:
    return {"pace": account.clock.pace, "now": moment(account.clock.now()).isoformat()}
