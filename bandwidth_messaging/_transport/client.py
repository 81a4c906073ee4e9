"""RestClient: sends requests over the pooled connections to their servers. A failure is a value.

No more connections are open to a server than allowed, and each is clean when it is handed out. A signal handler may
raise anywhere in here: what blocks is written in C, and a place in a pool that nobody holds any more goes back by
itself; so a pool can neither lock up nor shrink.
"""

import os
import ssl
import weakref
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from urllib3.exceptions import HTTPError

from .._call.exchange import Answer, Fault, Headers, Request, causes, reason_of, timed_out
from .._call.timeouts import Deadline
from .connecting import Connector
from .connection import Connection, Head, request_head
from .tls import UnreadableCertificateError, tls_context
from .unpacking import Unpacker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..configuration import Configuration

__all__ = ["RestClient", "UnreadAnswer"]


class _Place:
    """The right to hold a connection, which returns to its pool when the last reference to it goes."""

    __slots__ = ("_pool",)

    def __init__(self, pool: "weakref.ref[_Pool]") -> None:
        self._pool = pool

    def __del__(self) -> None:
        pool = self._pool()
        if pool is not None:
            pool.add_place()


class _Pool:
    """Connections to one server.

    Args:
        connect: Opens a connection within a deadline.
        size: How many there are at most.
        idle_timeout: Seconds after which an idle one is not used again.
    """

    def __init__(self, connect: Callable[[Deadline], Connection], size: int, idle_timeout: float) -> None:
        self._connect = connect
        self._idle_timeout = idle_timeout
        self._idle: deque[Connection] = deque()
        self._places: SimpleQueue[_Place] = SimpleQueue()
        self._closed = False
        self._had_surplus = False
        # A client that is forgotten closes what it kept open.
        weakref.finalize(self, _close_each, self._idle)
        for _ in range(size):
            self.add_place()

    def add_place(self) -> None:
        """Allow one more connection."""
        self._places.put(_Place(weakref.ref(self)))

    def acquire(self, deadline: Deadline, reading: bool) -> Connection:
        """A connection that nobody else uses: the last one that was put back, else a new one.

        Args:
            deadline: How long to wait for a place, and to connect.
            reading: Whether the call changes nothing. Another gets a new connection once a server has sent more than
                its answer: what of it is still under way would be taken for the next answer.

        Raises:
            queue.Empty: No place became free in time.
            OSError: No connection was made.
            urllib3.exceptions.HTTPError: No connection was made.
        """
        left = deadline.left()
        if left <= 0:
            raise TimeoutError("the call's total time-out is over")
        place = self._places.get(timeout=left)
        try:
            connection = self._clean_one(deadline, reading) or self._connect(deadline)
            connection.place = place
            return connection
        finally:
            del place  # the traceback of a failure would hold it

    def _clean_one(self, deadline: Deadline, reading: bool) -> Connection | None:
        while self._idle and (reading or not self._had_surplus):
            try:
                connection = self._idle.pop()
            except IndexError:
                break  # another thread was first
            connection.deadline = deadline
            if connection.is_clean(self._idle_timeout):
                return connection
            self._drop(connection)
        return None

    def release(self, connection: Connection) -> None:
        """Take a connection back: to be used again if that is safe, and closed if not."""
        place, connection.place = connection.place, None
        try:
            if connection.reusable and not self._closed:
                self._idle.append(connection)
            else:
                self._drop(connection)
        finally:
            del place

    def _drop(self, connection: Connection) -> None:
        self._had_surplus |= connection.has_surplus
        connection.close()

    def close(self) -> None:
        """Close the idle connections, and each of the others when it is put back."""
        self._closed = True
        _close_each(self._idle)


def _close_each(connections: deque[Connection]) -> None:
    with suppress(IndexError):  # as soon as there is none left
        while True:
            connections.pop().close()


class _Route(NamedTuple):
    """The way to a server."""

    pool: _Pool
    prefix: str
    """What stands before the path of each target: the base path, or the whole URL for a forward proxy."""
    host: str
    """The end of the request line and the Host header."""
    proxy_headers: Mapping[str, str]
    """The headers for a forward proxy."""
    peer: str
    """Who is connected to, in words."""


class UnreadAnswer:
    """An answer of which the head has been read. It holds its connection until it is closed.

    Attributes:
        status: The HTTP status.
        reason: The reason phrase.
        headers: The headers.
    """

    def __init__(self, head: Head, connection: Connection, pool: _Pool, limit: int) -> None:
        self.status: int = head.status
        self.reason: str = head.reason
        self.headers: Headers = head.headers
        self._connection: Connection | None = connection
        self._deadline = connection.deadline
        self._pool = pool
        self._limit = limit
        encoding = head.headers.get("content-encoding")
        self._read_some = (
            connection.read_some if encoding is None else Unpacker(encoding, connection.read_some).read_some
        )

    def read_all(self) -> Answer:
        """The whole answer as a value; a failure is in its `fault`."""
        pieces: list[bytes] = []
        size = 0
        fault = None
        try:
            while self._connection is not None and (piece := self._read_some()):
                pieces.append(piece)
                size += len(piece)
                if size > self._limit:
                    fault = Fault("answer", f"the answer is larger than {self._limit} bytes", permanent=True)
                    break
        except (HTTPException, OSError) as error:
            fault = self._fault(error)
        finally:
            self.close()
        return Answer(self.status, self.reason, self.headers, b"".join(pieces), fault)

    def pieces(self) -> Iterator[bytes | Answer]:
        """The body as it comes; an Answer with the fault at last, where there is one."""
        try:
            while self._connection is not None and (piece := self._read_some()):
                yield piece
        except (HTTPException, OSError) as error:
            yield Answer(self.status, self.reason, self.headers, b"", self._fault(error))
        finally:
            self.close()

    def _fault(self, error: Exception) -> Fault:
        late = timed_out(error) or self._deadline.left() <= 0
        return Fault("answer", reason_of(error), timed_out=late, cause=error)

    def close(self) -> None:
        """Give the connection back: it is kept if the body was read to its end, and dropped if not."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.release(connection)


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
        pool = _Pool(connector, settings.connection_pool_maxsize, settings.idle_timeout)
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
    from .._urls import check_proxy
    from .proxies import proxy_for

    proxy = proxy_for(server.scheme, server.hostname or "", server.port)
    if proxy is not None:
        check_proxy(f"{server.scheme}_proxy or all_proxy", proxy)
    return proxy
