"""The inbox page at `/`, and the JSON that it reads under `/sandbox/inbox`.

What changes anything goes through the control API beside it, under `/sandbox/accounts`.
"""

from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ..contract import contract
from ..families.family import Family, services_of
from ..families.problems import Problem, bad_request
from ..families.v2 import filters
from ..messaging.accounts import FAMILIES, Account
from ..messaging.services import Services
from ..store.listing import Place
from . import detail as inbox_detail
from . import stream
from .conversations import Reader, Search

_LIST = "/users/{accountId}/messages get"
_OWN = ("family", "text", "tag", "status")
_MOST = 200
_LIMIT = 50
_DIGITS = 18
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {pictures}; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# As the outbox does with callbacks: this machine, and what was allowed by name.
_THIS_MACHINE = ("http://127.0.0.1:*", "http://localhost:*", "https://127.0.0.1:*", "https://localhost:*")
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def routes() -> list[BaseRoute]:
    """The page, what it is made of, and what it reads; all of them only read."""
    account = "/sandbox/inbox/accounts/{account_id}"
    return [
        Route("/", _page),
        Route("/sandbox/page/{name}", _asset),
        Route("/sandbox/inbox/accounts", _accounts),
        Route("/sandbox/inbox/filters", _filters),
        Route(f"{account}/conversations", _conversations),
        Route(f"{account}/conversations/{{conversation}}", _conversation),
        Route(f"{account}/messages", _search),
        Route(f"{account}/messages/{{message_id}}", _message),
        Route(f"{account}/media/{{media_id:path}}", _uploaded_file),
        Route(f"{account}/events", _events),
    ]


async def _page(request: Request) -> Response:
    services = services_of(request)
    page = _file("index.html")
    pictures = " ".join((*_THIS_MACHINE, *services.outbox.origins))
    page.headers["Content-Security-Policy"] = _POLICY.format(pictures=pictures)
    return page


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _files():
        raise Problem(404, "not-found", "The page has no such part")
    return _file(name)


async def _accounts(request: Request) -> Response:
    services = services_of(request)
    return JSONResponse({"accounts": [_account_shown(account) for account in services.accounts]})


async def _filters(_: Request) -> Response:
    return JSONResponse({"filters": _known_filters()})


async def _conversations(request: Request) -> Response:
    reader = _reader(request)
    family = _family(request)
    return JSONResponse(reader.conversations(family, _integer(request, "before"), _limit(request)))


async def _conversation(request: Request) -> Response:
    reader = _reader(request)
    conversation = reader.conversation(_number(request.path_params["conversation"], "conversation"))
    if conversation is None:
        raise Problem(404, "not-found", "The account has no such conversation")
    before, since = _integer(request, "before"), _integer(request, "since")
    return JSONResponse(conversation | reader.messages(conversation["id"], before, since, _limit(request)))


async def _uploaded_file(request: Request) -> Response:
    services, account = _account(request)
    file = services.store.media.get(account.account_id, request.path_params["media_id"])
    if file is None:
        raise Problem(404, "not-found", "There is no such media file")
    # Whatever else was uploaded is not for a browser to show under this address.
    shown = file.content_type if file.content_type.startswith("image/") else "application/octet-stream"
    return Response(file.content, headers={"Content-Type": shown})


async def _search(request: Request) -> Response:
    reader = _reader(request)
    given = parse_qsl(request.url.query, keep_blank_values=True)
    rest = [(name, value) for name, value in given if name not in (*_OWN, "before", "limit")]
    try:
        others = contract.read_query(urlencode(rest).encode(), _LIST)
    except contract.QueryError as error:
        raise bad_request(str(error)) from None
    not_filters = filters.PAGING & set(others)
    if not_filters:
        raise bad_request(f"'{min(not_filters)}' is not a filter")
    own = {name: request.query_params[name] for name in _OWN if request.query_params.get(name)}
    _family(request)
    return JSONResponse(reader.search(Search(filters=others, **own), _place(request), _limit(request)))


async def _message(request: Request) -> Response:
    services, account = _account(request)
    reader = _reader(request)
    message = reader.message(request.path_params["message_id"])
    if message is None:
        raise Problem(404, "not-found", "The account has no such message")
    deliveries = services.store.messages.deliveries(message.account_id, message.message_id)
    made_by = inbox_detail.exchanges(services.store, message.message_id)
    family: Family = request.app.state.families[message.family]
    url = str(request.base_url).rstrip("/")
    picture = any(delivery.message_type == "mms" for delivery in deliveries)
    shown = {
        **reader.summary(deliveries[0], message),
        "application_id": message.application_id,
        "priority": message.priority,
        "expiration": message.expiration,
        "extra": message.extra,
        "explained": None if picture else inbox_detail.text_in_segments(message.text or ""),
        "deliveries": [inbox_detail.delivery(delivery) for delivery in deliveries],
        "callbacks": inbox_detail.callbacks(services.store, message.message_id),
        "notices": inbox_detail.notices(services.store, message.message_id),
        "exchanges": made_by,
        "repeat": inbox_detail.repeat(made_by[-1]["request"], account, family, url) if made_by else None,
    }
    return JSONResponse(shown)


async def _events(request: Request) -> Response:
    services, account = _account(request)
    return stream.respond(services.feed, account, services.store.secret("name of the database").hex())


def _account(request: Request) -> tuple[Services, Account]:
    services = services_of(request)
    account = services.accounts.of(request.path_params["account_id"])
    if account is None:
        raise Problem(404, "not-found", "There is no such account")
    return services, account


def _reader(request: Request) -> Reader:
    services, account = _account(request)
    return Reader(services.store, account, services.outbox.may_send_to)


def _account_shown(account: Account) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "ids": account.ids_by_family,
        "application_id": account.application_id,
        "pace": account.clock.pace,
        "time": account.clock.now(),
        "outbound_url": account.callbacks.outbound_url,
        "inbound_url": account.callbacks.inbound_url,
    }


@cache
def _known_filters() -> list[dict[str, Any]]:
    document = contract.document()
    path, method = _LIST.split(" ")
    found = []
    for entry in document["paths"][path][method]["parameters"]:
        parameter = _resolved(document, entry)
        if parameter["name"] not in filters.PAGING:
            schema = _resolved(document, parameter["schema"])
            known = {"name": parameter["name"], "description": parameter["description"]}
            found.append({**known, "type": schema["type"], "values": schema.get("enum", [])})
    return found


def _resolved(document: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in entry:
        return entry
    found: Any = document
    for name in entry["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def _family(request: Request) -> str | None:
    family = request.query_params.get("family") or None
    if family not in (None, *FAMILIES):
        raise bad_request(f"'family' must be one of {', '.join(FAMILIES)}")
    return family


def _limit(request: Request) -> int:
    limit = _integer(request, "limit")
    if limit is not None and not 1 <= limit <= _MOST:
        raise bad_request(f"'limit' must be from 1 to {_MOST}")
    return limit or _LIMIT


def _integer(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    return None if text is None else _number(text, name)


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise bad_request(f"'{name}' must be a number")
    return int(text)


def _place(request: Request) -> Place | None:
    text = request.query_params.get("before")
    if text is None:
        return None
    time, _, position = text.partition(".")
    return _number(time, "before"), _number(position, "before")


def _file(name: str) -> Response:
    # Asked for anew each time: after an upgrade, an open tab must not mix old parts with new ones.
    return Response(_files()[name], 200, {"Cache-Control": "no-cache"}, _TYPES[name.rpartition(".")[2]])


@cache
def _files() -> dict[str, bytes]:
    folder = resources.files(__name__.rpartition(".")[0]).joinpath("page")
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.rpartition(".")[2] in _TYPES}
