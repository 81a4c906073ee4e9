"""RestClient: sends requests over pooled connections. A failure is a value, which says whether anything was written."""

import os
import ssl
from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from http.client import HTTPException
from queue import Empty
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from urllib3.exceptions import HTTPError

from .._call.exchange import Answer, Fault, Headers, Request, causes, reason_of, timed_out
from .._call.timeouts import Deadline
from .connecting import Connector
from .connection import request_head
from .pool import Pool
from .raw_response import UnreadAnswer
from .tls import UnreadableCertificateError, tls_context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..configuration import Configuration

__all__ = ["RestClient"]


class _Route(NamedTuple):
    """The way to a server."""

    pool: Pool
    prefix: str
    """What stands before the path of each target: the base path, or the whole URL for a forward proxy."""
    host: str
    """The end of the request line and the Host header."""
    proxy_headers: Mapping[str, str]
    """The headers for a forward proxy."""
    peer: str
    """Who is connected to, in words."""


class RestClient:
    """Sends requests over pooled connections, as a configuration says. It knows nothing of models or credentials."""

    def __init__(self, configuration: "Configuration") -> None:
        self._configuration = configuration
        self._limit = configuration.max_response_size
        self._routes: dict[str, _Route] = {}

    def send(self, request: Request, headers: Mapping[str, str], deadline: Deadline) -> Answer:
        """One exchange: the request goes out once, and whatever comes back is returned. A failure is a value too.

        Args:
            request: What to send.
            headers: The headers to send, credentials included.
            deadline: The time-outs of the call.

        Raises:
            ValueError: A header cannot be sent.
        """
        return self.open(request, headers, deadline).read_all()

    def open(self, request: Request, headers: Mapping[str, str], deadline: Deadline) -> UnreadAnswer | Answer:
        """The same, but the body of the answer is left unread. An Answer is returned where nothing was answered."""
        try:
            route = self._routes.get(request.server) or self._route(request.server)
        except UnreadableCertificateError as error:
            return _no_answer("connect", str(error), permanent=True, cause=error)
        head = _head(route, request, headers)
        try:
            connection = route.pool.acquire(deadline, request.method == "GET")
        except (HTTPError, HTTPException, OSError, Empty) as error:
            return _not_connected(error, deadline, route.peer)
        try:
            # From here on the server may have seen something.
            answer = connection.exchange(head, request.body)
        except (HTTPException, OSError) as error:
            route.pool.release(connection)
            late = timed_out(error) or deadline.left() <= 0
            return _no_answer("answer", reason_of(error), timed_out=late, cause=error)
        except BaseException:
            route.pool.release(connection)
            raise
        return UnreadAnswer(answer, connection, route.pool, self._limit)

    def close(self) -> None:
        """Close every connection."""
        for route in [*self._routes.values()]:
            route.pool.close()
        self._routes.clear()

    def _route(self, server: str) -> _Route:
        settings = self._configuration
        parts = urlsplit(server)
        proxy_url = settings.proxy or _environment_proxy(parts)
        proxy = urlsplit(proxy_url) if proxy_url else None
        headers = _proxy_headers(proxy, settings) if proxy is not None else {}
        connector = Connector(settings, parts, proxy, headers, partial(tls_context, settings))
        pool = Pool(connector, settings.connection_pool_maxsize, settings.idle_timeout)
        # A plain request through an HTTP proxy names the whole URL (RFC 9112, section 3.2.2).
        forwarded = proxy is not None and parts.scheme == "http" and not proxy.scheme.startswith("socks")
        proxied = f" by way of the proxy {proxy.netloc.rpartition('@')[2]}" if proxy else ""
        route = _Route(
            pool,
            server if forwarded else parts.path,
            f" HTTP/1.1\r\nHost: {_host_header(parts)}\r\n",
            headers if forwarded else {},
            parts.netloc + proxied,
        )
        return self._routes.setdefault(server, route)


def _head(route: _Route, request: Request, headers: Mapping[str, str]) -> bytes:
    """The bytes of a request up to its body."""
    if route.proxy_headers:
        headers = {**headers, **route.proxy_headers}
    body = request.body
    # A method that could have a body says that it has none (RFC 9110, section 8.6).
    length = len(body) if body is not None else None if request.method in {"GET", "DELETE"} else 0
    return request_head(f"{request.method} {route.prefix}{request.target}{route.host}", headers, length)


def _no_answer(stage: str, reason: str, **details: Any) -> Answer:
    return Answer(0, "", Headers(), b"", Fault(stage, reason, **details))


def _not_connected(error: Exception, deadline: Deadline, peer: str) -> Answer:
    """Why there is no connection. The server has seen nothing."""
    late = timed_out(error) or deadline.left() <= 0
    refused = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes(error))
    busy = isinstance(error, Empty)
    reason = f"{peer}: {'no connection of the pool became free in time' if busy else reason_of(error)}"
    return _no_answer("connect", reason, timed_out=late, permanent=refused, cause=error)


def _host_header(server: SplitResult) -> str:
    """The name and port of a server; the port only where it is not the scheme's own."""
    host = server.netloc.rpartition("@")[2]
    if server.port == {"http": 80, "https": 443}[server.scheme]:
        host = host.rpartition(":")[0]
    return host if host.isascii() else host.encode("idna").decode()


def _proxy_headers(proxy: SplitResult, settings: "Configuration") -> dict[str, str]:
    """The proxy's own headers. Credentials in its URL become the header that they mean."""
    headers = dict(settings.proxy_headers or {})
    userinfo = proxy.netloc.rpartition("@")[0]
    if userinfo:
        headers["Proxy-Authorization"] = f"Basic {b64encode(unquote(userinfo).encode()).decode()}"
    return headers


def _environment_proxy(server: SplitResult) -> str | None:
    keys = (server.scheme, "all")
    if not any(os.environ.get(name) for key in keys for name in (f"{key}_proxy", f"{key}_PROXY".upper())):
        return None
    from ..configuration import check_proxy
    from .proxies import proxy_for

    proxy = proxy_for(server.scheme, server.hostname or "", server.port)
    if proxy is not None:
        check_proxy(f"{server.scheme}_proxy or all_proxy", proxy)
    return proxy
