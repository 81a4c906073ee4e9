"""The sandbox over HTTP, for other languages and for the page: `/sandbox/accounts/…`, as `sandbox_api.yaml` says.

What is done here can also be done from Python, by the methods of `AccountHandle`.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import inbound, messages
from .accounts import Account, CallbackSettings
from .errors import Problem
from .feed import Event
from .services import Services
from .store import Batch, Update

LONGEST_WAIT = 60.0
_MOST_MESSAGES = 1000
_DOCUMENT = Path(__file__).with_name("sandbox_api.yaml")


def routes() -> list[Route]:
    """Name the routes.

    Returns:
        The routes.
    """
    account = "/sandbox/accounts/{account_id}"
    return [
        _route("/sandbox/health", GET=health),
        _route("/sandbox/openapi.yaml", GET=document),
        _route("/sandbox/accounts", POST=open_account),
        _route(account, GET=show_account),
        _route(f"{account}/messages", GET=find_messages, DELETE=clear),
        _route(f"{account}/inbound", POST=receive),
        _route(f"{account}/clock", POST=advance),
        _route(f"{account}/callbacks", PUT=set_callbacks),
        _route(f"{account}/faults", GET=list_faults, POST=add_fault, DELETE=remove_faults),
        _route(f"{account}/faults/{{fault_id:int}}", DELETE=remove_fault),
        _route("/sandbox/callbacks/{callback_id:int}/replay", POST=replay),
    ]


def _route(path: str, **handlers: Callable[[Request], Awaitable[Response]]) -> Route:
    """One route for all methods of a path, so that a 405 names them all."""

    async def handle(request: Request) -> Response:
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, handle, methods=list(handlers))


async def health(_: Request) -> Response:
    """Say that the sandbox runs."""
    return JSONResponse({"status": "ok"})


async def document(_: Request) -> Response:
    """Give the description of these operations."""
    return Response(_DOCUMENT.read_bytes(), media_type="application/yaml")


async def open_account(request: Request) -> Response:
    """Open an account with credentials, messages and a clock of its own."""
    services: Services = request.app.state.services
    body = await _body(request, "newAccount")
    account = services.open_account(body.get("pace", "stepped"))
    return JSONResponse(_shown(account), 201)


async def show_account(request: Request) -> Response:
    """Show an account."""
    _, account = _of(request)
    return JSONResponse(_shown(account))


async def find_messages(request: Request) -> Response:
    """Find messages; with `wait`, wait for the first one that matches."""
    services, account = _of(request)
    filters = {("from_" if name == "from" else name): value for name, value in request.query_params.items()}
    wait = _wait(filters.pop("wait", "0"))
    # Listening begins before the first look, so that nothing comes in between.
    with _Changes(services) as changes:
        end = asyncio.get_running_loop().time() + wait
        while True:
            try:
                found = messages.find(services.store, account.ids, filters, _MOST_MESSAGES)
            except TypeError as error:
                raise _refused(str(error)) from None
            left = end - asyncio.get_running_loop().time()
            if found or left <= 0:
                return JSONResponse({"messages": [_message(each) for each in found]})
            await changes.next(left)


async def clear(request: Request) -> Response:
    """Forget every message, callback, report and reply of an account."""
    services, account = _of(request)
    services.store.clear(account.ids)
    services.feed.publish(Event("cleared", account.account_id, ""))
    return Response(status_code=204)


async def receive(request: Request) -> Response:
    """Let a phone send a message to an account."""
    services, account = _of(request)
    body = await _body(request, "inboundMessage")
    to = body.get("to", [])
    recipients = [to] if isinstance(to, str) else to
    try:
        message_id = inbound.receive(
            services, account, body["from"], body.get("text"), recipients, body.get("media") or [], body.get("family")
        )
    except ValueError as error:
        raise _refused(str(error)) from None
    return JSONResponse({"message_id": message_id}, 201)


async def advance(request: Request) -> Response:
    """Move an account's time forward."""
    services, account = _of(request)
    body = await _body(request, "advance")
    account.clock.advance(body["advance"])
    await services.worker.catch_up(account)
    return JSONResponse({"now": messages.moment(account.clock.now()).isoformat()})


async def set_callbacks(request: Request) -> Response:
    """Say where the application of the V2 family wants its callbacks."""
    services, account = _of(request)
    body = await _body(request, "callbacks")
    for name in ("outbound_url", "inbound_url"):
        if body.get(name) is not None and not services.outbox.may_send_to(body[name]):
            raise _refused(f"{name}: callbacks go to this machine only, unless its origin was allowed at the start")
    given = CallbackSettings(**{**body, "types": tuple(body["types"])} if "types" in body else body)
    for name, value in asdict(given).items():
        setattr(account.callbacks, name, value)
    return Response(status_code=204)


async def list_faults(request: Request) -> Response:
    """List the rules by which an account's requests fail."""
    services, account = _of(request)
    return JSONResponse({"faults": [fault.shown() for fault in services.faults.of(account)]})


async def add_fault(request: Request) -> Response:
    """Add a rule."""
    services, account = _of(request)
    body = await _body(request, "newFault")
    try:
        fault = services.faults.add(account, **body)
    except ValueError as error:
        raise _refused(str(error)) from None
    return JSONResponse(fault.shown(), 201)


async def remove_faults(request: Request) -> Response:
    """Remove all rules of an account."""
    services, account = _of(request)
    services.faults.remove(account)
    return Response(status_code=204)


async def remove_fault(request: Request) -> Response:
    """Remove a rule."""
    services, account = _of(request)
    if not services.faults.remove(account, request.path_params["fault_id"]):
        raise Problem(404, "not-found", "There is no such rule")
    return Response(status_code=204)


async def replay(request: Request) -> Response:
    """Send a callback once more."""
    services: Services = request.app.state.services
    rows = services.store.select(
        "SELECT * FROM callbacks WHERE callback_id = ?", (min(request.path_params["callback_id"], 2**62),)
    )
    account = services.accounts.of(rows[0]["account_id"]) if rows else None
    if account is None:
        raise Problem(404, "not-found", "There is no such callback")
    columns = {"state": "waiting", "due": account.clock.now()}
    services.store.write(Batch(updates=[Update("callbacks", rows[0]["callback_id"], columns)]))
    services.worker.tell(account)
    return Response(status_code=202)


class _Changes:
    """Waits in the server's loop for what other threads, or this one, publish."""

    def __init__(self, services: Services) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._listening = services.feed.listening(self._publish)

    def __enter__(self) -> "_Changes":
        self._listening.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._listening.__exit__(*exception)

    async def next(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._changed.clear()

    def _publish(self, _: Event) -> None:
        self._loop.call_soon_threadsafe(self._changed.set)


def _of(request: Request) -> tuple[Services, Account]:
    services: Services = request.app.state.services
    account = services.accounts.of(request.path_params["account_id"])
    if account is None:
        raise Problem(404, "not-found", "There is no such account")
    return services, account


async def _body(request: Request, schema: str) -> dict[str, Any]:
    # A form of another site can send any type but this one.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "unsupported-content-type", "The body must be application/json")
    try:
        body = json.loads((await request.body()).decode("utf-8"), parse_constant=_no_constant)
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise _refused("The body must be JSON in UTF-8") from None
    for error in _validator(schema).iter_errors(body):
        where = ".".join(str(part) for part in error.absolute_path) or "the body"
        raise _refused(f"{where}: {error.message[:200]}")
    found: dict[str, Any] = body
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@cache
def _validator(schema: str) -> Draft202012Validator:
    loaded = yaml.safe_load(_DOCUMENT.read_text("utf-8"))
    return Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": loaded["components"]})


def _refused(description: str) -> Problem:
    return Problem(400, "bad-request", description)


def _wait(text: str) -> float:
    try:
        wait = float(text)
    except ValueError:
        wait = -1.0
    if not 0 <= wait <= LONGEST_WAIT:
        raise _refused(f"wait: give seconds from 0 to {LONGEST_WAIT:.0f}")
    return wait


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
        "pace": account.clock.pace,
        "now": messages.moment(account.clock.now()).isoformat(),
    }


def _message(message: messages.SandboxMessage) -> dict[str, Any]:
    shown = asdict(message)
    shown["from"] = shown.pop("from_")
    shown["time"] = message.time.isoformat()
    shown["history"] = [{"time": time.isoformat(), "status": status} for time, status in message.history]
    return shown
