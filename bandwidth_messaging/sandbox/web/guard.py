"""Who is let in at all: what stands before every request to the sandbox.

A page of another site can make a browser on this machine send requests here. So the Host header must name this machine
(DNS rebinding), and the sandbox's own page and API refuse requests that come from another site. Where other machines
are let in, the page and the API want a token besides; the vendors' own paths do not, and their credentials are no
secret, so the Host header is looked at there too.
"""

import hmac
import ipaddress
import re
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE = "sandbox_token"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
# Nobody can own a name under these, so that no site of somebody else's can be made to point here.
_PRIVATE = (".localhost", ".local", ".internal")
_POLICY = b"default-src 'none'; frame-ancestors 'none'"


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, host: str, token: str | None, names: Iterable[str] = ()) -> None:
        """Wrap an application that listens on a host.

        Without a token, the page and the API let this machine in; `names` are host names that requests may come by
        besides those that are safe by themselves.
        """
        self._app = app
        self._token = token
        self._names = frozenset(name.lower() for name in ("localhost", host, *names))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        own = scope["path"] == "/" or scope["path"].startswith("/sandbox")
        refusal = self._refusal_of_host(headers) or (self._refusal_of_caller(scope, headers) if own else None)
        if refusal is not None:
            await refusal(scope, receive, send)
        elif own:
            await self._app(scope, receive, _with_headers(send))
        else:
            await self._app(scope, receive, send)

    def _refusal_of_host(self, headers: Headers) -> Response | None:
        name = _name(headers.get("host", ""))
        safe = _is_loopback(name) if self._token is None else _is_address_or_private(name)
        if safe or name in self._names:
            return None
        description = "The Host header must name this machine; allow_hosts or --allow-host lets another name in"
        return _refusal(421, "misdirected-request", description)

    def _refusal_of_caller(self, scope: Scope, headers: Headers) -> Response | None:
        origin = headers.get("origin")
        if origin is not None and origin not in (f"http://{headers.get('host')}", f"https://{headers.get('host')}"):
            return _refusal(403, "cross-site", "Pages of other sites may not use the sandbox")
        top_level = scope["path"] == "/" and headers.get("sec-fetch-mode") == "navigate"
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not top_level:
            return _refusal(403, "cross-site", "Pages of other sites may not use the sandbox")
        if self._token is None:
            return None
        return self._refusal_of_token(scope, headers, self._token)

    def _refusal_of_token(self, scope: Scope, headers: Headers, token: str) -> Response | None:
        sent = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and _same(sent, token):
            # Out of the address, where it would stay in the history, into a cookie that only this site gets.
            answer = RedirectResponse("/", 303)
            answer.set_cookie(_COOKIE, token, httponly=True, samesite="strict")
            return answer
        bearer = headers.get("authorization", "").partition(" ")[2]
        if _same(bearer, token) or _same(_cookie(headers.get("cookie", "")), token):
            return None
        return _refusal(401, "unauthorized", "The sandbox's token is needed: as ?token= at /, or as a bearer token")


def _refusal(status: int, kind: str, description: str) -> Response:
    return JSONResponse({"type": kind, "description": description}, status)


def _same(sent: str, token: str) -> bool:
    return hmac.compare_digest(sent.encode(), token.encode())


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(_COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _name(header: str) -> str:
    name = header[1:].partition("]")[0] if header.startswith("[") else header.partition(":")[0]
    return name.lower()


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address_or_private(name: str) -> bool:
    """Tell whether a name is one that nobody can make point here who is not let in anyway."""
    if re.fullmatch("[a-z0-9_-]+", name) or name.endswith(_PRIVATE):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", []))
            names = {name.lower() for name, _ in given}
            policy = () if b"content-security-policy" in names else ((b"content-security-policy", _POLICY),)
            message = {**message, "headers": [*given, *_HEADERS, *policy]}
        await send(message)

    return sending
