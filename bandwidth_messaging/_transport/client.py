"""The only module that touches urllib3: one exchange over its connection pool, bounded in time and size.

urllib3's own retries and redirects are off. Its time-outs bound the silence between two bytes; the deadline of a call
is kept here instead, under `http.client`, around each read of the socket.
"""

import http.client
import io
import os
import socket
import ssl
import threading
import weakref
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, cast
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import EmptyPoolError, HTTPError, IncompleteRead, NewConnectionError
from urllib3.util import Retry
from urllib3.util.connection import allowed_gai_family, create_connection

from .._call.exchange import Answer, Fault, Headers, Request, causes, reason_of, timed_out
from .._call.timeouts import Deadline
from ..configuration import Configuration
from .tls import UnreadableCertificateError, tls_context

_NEVER = Retry(total=False, redirect=False)
_CHUNK = 64 * 1024


class _Exchange:
    """What a connection needs to know of the exchange that it serves; urllib3 hands down only numbers."""

    deadline: Deadline
    idle_timeout: float
    query: str
    has_body: bool
    head = b""
    response: "_Response | None" = None
    written = False


class _Current(threading.local):
    exchange: _Exchange  # the one that this thread is in


_current = _Current()


class _TimedReader(io.RawIOBase):
    """Reads a socket, and cuts off at the deadline a server that drips its answer."""

    def __init__(self, sock: Any, raw: io.RawIOBase) -> None:
        self._sock, self._deadline = sock, _current.exchange.deadline
        # The socket stays open for as long as this file of it is.
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline.left()
        if left <= 0:
            raise TimeoutError("the call's total time-out is over")
        # urllib3 has set the read time-out, and changing it is a system call.
        if left < self._deadline.read:
            self._sock.settimeout(left)
        read: int = self._sock.recv_into(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp: Any = io.BufferedReader(_TimedReader(sock, self.fp.detach()))
        _current.exchange.response = self

    def _read_status(self) -> tuple[str, int, str]:
        # http.client skips 100 only; a 103 would otherwise be taken for the final answer.
        version, status, reason = super()._read_status()  # type: ignore[misc]  # not in the stubs
        while 100 <= status < 200 and status != 101:
            http.client.parse_headers(self.fp)
            version, status, reason = super()._read_status()  # type: ignore[misc]  # not in the stubs
        return version, status, reason


class _Timed(HTTPConnection):
    """What our connections add to urllib3's: timed reads, an age limit, and a note of whether writing has begun."""

    response_class = _Response
    _used_at = 0.0
    _ready: Any = None

    def connect(self) -> None:
        super().connect()
        self._ready = self.sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        # What goes out before connect() has ended is for a proxy: the server has seen nothing of it.
        if self.sock is self._ready:
            exchange = _current.exchange
            if exchange.query and not exchange.head:
                # urllib3 logs the target that it is told, and a query holds phone numbers: it joins the path here.
                data = data.replace(b" HTTP/1.1\r\n", b"?%b HTTP/1.1\r\n" % exchange.query.encode(), 1)
            if exchange.has_body and not exchange.head:
                # Head and body leave together: one packet and one system call instead of two.
                exchange.head = data
                return
            data = exchange.head + data
            exchange.written = True
            self._used_at = exchange.deadline.monotonic()
        super().send(data)

    @property
    def is_connected(self) -> bool:
        exchange = _current.exchange
        young = exchange.deadline.monotonic() - self._used_at < exchange.idle_timeout
        return young and super().is_connected


class _Direct(_Timed):
    """A connection that resolves the name itself, so that the connect time-out bounds all of its addresses together."""

    def _new_conn(self) -> socket.socket:
        deadline = _current.exchange.deadline
        reserve = max(deadline.left() - deadline.connect, 0.0)
        error: Exception = TimeoutError("connect time-out")
        try:
            addresses = socket.getaddrinfo(self._dns_host, self.port, allowed_gai_family(), socket.SOCK_STREAM)
            for position, (*_, address) in enumerate(addresses):
                share = (deadline.left() - reserve) / (len(addresses) - position)
                if share <= 0:
                    break
                try:
                    sock = create_connection(
                        cast("tuple[str, int]", address[:2]), share, self.source_address, self.socket_options
                    )
                except OSError as refused:
                    error = refused
                else:
                    sock.settimeout(max(deadline.left() - reserve, 0.001))
                    return sock
        except (socket.gaierror, UnicodeError) as unresolved:
            raise NewConnectionError(self, f"the name does not resolve: {unresolved}") from unresolved
        raise NewConnectionError(self, str(error)) from error


class _DirectTLS(_Direct, HTTPSConnection):
    pass


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls: Any = _Direct  # urllib3 types it by a protocol that its own classes do not meet


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls: Any = _DirectTLS


class RawResponse:
    """An answer whose body has not been read: what the `_without_preload_content` methods return.

    Read it, or iterate over it, within `with`; closing it before the end drops its connection.

    Attributes:
        status: The HTTP status, always one of success.
        reason: The reason phrase.
        headers: The headers; names are looked up without regard to case.
    """

    def __init__(self, raw: urllib3.BaseHTTPResponse, response: _Response, deadline: Deadline, limit: int) -> None:
        self.status = raw.status
        self.reason = raw.reason or ""
        self.headers = Headers(raw.headers)
        self._raw = raw
        self._response = response
        self._deadline = deadline
        self._limit = limit
        # Set by the client: how a failure while reading is raised, with the operation's name in it.
        self.on_fault: Callable[[Answer], NoReturn] | None = None

    def hand_out(self, on_fault: Callable[[Answer], NoReturn]) -> "RawResponse":
        """Itself, for a caller to read; `on_fault` raises what goes wrong then.

        One that is forgotten without having been read would keep its place in the pool for ever.
        """
        self.on_fault = on_fault
        weakref.finalize(self, _let_go, self._raw).atexit = False
        return self

    def read(self) -> bytes:
        """The rest of the body, decompressed.

        Raises:
            ApiException: The body was cut off, did not come in time, or is larger than `max_response_size`.
        """
        return self._whole(self.read_all())

    def __iter__(self) -> Iterator[bytes]:
        """The body in pieces as they come, decompressed.

        Raises:
            ApiException: As `read` does, but for the size.
        """
        try:
            yield from self._pieces()
        except (HTTPError, http.client.HTTPException, OSError) as error:
            self._whole(Answer(self.status, self.reason, self.headers, b"", self._fault(error)))

    def read_all(self) -> Answer:
        """The whole answer as a value; a failure is in its `fault`."""
        pieces: list[bytes] = []
        size = 0
        fault = None
        try:
            for piece in self._pieces():
                pieces.append(piece)
                size += len(piece)
                if size > self._limit:
                    self.close()
                    fault = Fault("answer", f"the answer is larger than {self._limit} bytes", permanent=True)
                    break
        except (HTTPError, http.client.HTTPException, OSError) as error:
            fault = self._fault(error)
        except BaseException:
            self.close()
            raise
        return Answer(self.status, self.reason, self.headers, b"".join(pieces), fault)

    def _pieces(self) -> Iterator[bytes]:
        # read1() and not read(), which would lose what came before a cut.
        length = self._response.length
        if length is None or "content-encoding" in self._raw.headers:
            while piece := self._raw.read1(_CHUNK):
                yield piece
            return
        # There is nothing to decode: past urllib3's buffers it takes a tenth less time of a whole call.
        left = length
        while piece := self._response.read1(_CHUNK):
            left -= len(piece)
            yield piece
        if left:
            raise IncompleteRead(length - left, left)
        self._response.close()
        self._raw.release_conn()

    def _fault(self, error: Exception) -> Fault:
        self.close()
        late = timed_out(error) or self._deadline.left() <= 0
        return Fault("answer", reason_of(error), timed_out=late, cause=error)

    def _whole(self, answer: Answer) -> bytes:
        if answer.fault is not None and self.on_fault is not None:
            self.on_fault(answer)
        return answer.body

    def close(self) -> None:
        """Close the answer. Its connection is kept if the body was read to the end, and dropped if not."""
        _let_go(self._raw)

    def __enter__(self) -> "RawResponse":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"RawResponse(status={self.status})"


def _let_go(raw: urllib3.BaseHTTPResponse) -> None:
    raw.close()
    raw.release_conn()


class RestClient:
    """Sends requests over pooled connections, as a configuration says. It knows nothing of models or credentials."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._idle_timeout = configuration.idle_timeout
        self._limit = configuration.max_response_size
        self._managers: list[urllib3.PoolManager] = []
        self._pools: dict[str, tuple[urllib3.HTTPConnectionPool, str, str]] = {}

    def send(self, request: Request, headers: Mapping[str, str], deadline: Deadline) -> Answer:
        """One exchange: the request goes out once, and whatever comes back is returned. A failure is a value too.

        Args:
            request: What to send.
            headers: The headers to send, credentials included.
            deadline: The time-outs of the call.
        """
        return self.open(request, headers, deadline).read_all()

    def open(self, request: Request, headers: Mapping[str, str], deadline: Deadline) -> RawResponse | Answer:
        """The same, but the body of the answer is left unread. An Answer is returned where nothing was answered."""
        left = deadline.left()
        if left <= 0:
            return _no_answer("connect", "the call's total time-out is over", timed_out=True)
        try:
            pool, prefix, peer = self._pools.get(request.server) or self._pool(request.server)
        except UnreadableCertificateError as error:
            return _no_answer("connect", str(error), permanent=True, cause=error)
        exchange = _Exchange()
        exchange.deadline, exchange.idle_timeout = deadline, self._idle_timeout
        exchange.query, exchange.has_body = request.query, bool(request.body)
        # A log handler may make a call of its own while this thread is in one.
        outer = getattr(_current, "exchange", exchange)
        _current.exchange = exchange
        try:
            raw = pool.urlopen(
                request.method,
                prefix + request.path,
                body=request.body,
                headers=headers,
                retries=_NEVER,
                redirect=False,
                assert_same_host=False,
                timeout=deadline.read if deadline.read < left else left,
                pool_timeout=left,  # type: ignore[arg-type]  # a queue takes a float, whatever the stub says
                preload_content=False,
            )
        except (HTTPError, http.client.HTTPException, OSError) as error:
            if exchange.response is not None:
                exchange.response.close()  # urllib3 forgets it where a header is nonsense
            return _failure(error, exchange, peer)
        finally:
            _current.exchange = outer
        return RawResponse(raw, cast("_Response", exchange.response), deadline, self._limit)

    def close(self) -> None:
        """Close every connection."""
        self._pools.clear()
        for manager in self._managers:
            manager.clear()

    def _pool(self, server: str) -> tuple[urllib3.HTTPConnectionPool, str, str]:
        """A server's pool, what stands before each target (the base path or the whole URL), and who is connected to."""
        parts = urlsplit(server)
        proxy = self._configuration.proxy or _environment_proxy(parts.scheme, parts.hostname or "", parts.port)
        manager = self._manager(parts.scheme, proxy)
        self._managers.append(manager)
        # A plain request through an HTTP proxy names the whole URL (RFC 9112, section 3.2.2).
        forwarded = proxy is not None and parts.scheme == "http" and not _is_socks(proxy)
        prefix = server if forwarded else parts.path
        proxied = f" by way of the proxy {urlsplit(proxy).netloc.rpartition('@')[2]}" if proxy else ""
        return self._pools.setdefault(server, (manager.connection_from_url(server), prefix, parts.netloc + proxied))

    def _manager(self, scheme: str, proxy: str | None) -> urllib3.PoolManager:
        options: dict[str, Any] = {"maxsize": self._configuration.connection_pool_maxsize, "block": True}
        if self._configuration.socket_options is not None:
            options["socket_options"] = list(self._configuration.socket_options)
        if scheme == "https":
            options["ssl_context"] = tls_context(self._configuration)
            options["assert_hostname"] = self._configuration.assert_hostname
            options["server_hostname"] = self._configuration.tls_server_name
        if proxy is None:
            manager = urllib3.PoolManager(**options)
        elif _is_socks(proxy):
            return _socks_manager(proxy, options)
        else:
            manager = urllib3.ProxyManager(proxy, **_proxy_options(proxy, self._configuration), **options)
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return manager


def _no_answer(stage: str, reason: str, **details: Any) -> Answer:
    return Answer(0, "", Headers(), b"", Fault(stage, reason, **details))


def _failure(error: Exception, exchange: _Exchange, peer: str) -> Answer:
    """What urllib3 raised, as a value. Whether the server can have seen anything is known by our own connection."""
    late = timed_out(error) or exchange.deadline.left() <= 0
    if exchange.written:
        return _no_answer("answer", reason_of(error), timed_out=late, cause=error)
    refused = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes(error))
    busy = isinstance(error, EmptyPoolError)
    reason = f"{peer}: {'no connection of the pool became free in time' if busy else reason_of(error)}"
    return _no_answer("connect", reason, timed_out=late, permanent=refused, cause=error)


def _is_socks(proxy: str) -> bool:
    return urlsplit(proxy).scheme.startswith("socks")


def _proxy_options(proxy: str, configuration: Configuration) -> dict[str, Any]:
    """The proxy's own headers and TLS. Credentials in its URL become the header that they mean."""
    headers = dict(configuration.proxy_headers or {})
    for name, value in headers.items():
        # http.client would refuse it too, and show it.
        if not value.isascii() or not value.isprintable():
            raise ValueError(f"proxy_headers[{name!r}]: only printable ASCII characters can be sent in a header")
    userinfo = urlsplit(proxy).netloc.rpartition("@")[0]
    if userinfo:
        headers["Proxy-Authorization"] = f"Basic {b64encode(unquote(userinfo).encode()).decode()}"
    options: dict[str, Any] = {"proxy_headers": headers}
    if urlsplit(proxy).scheme == "https":
        options["proxy_ssl_context"] = tls_context(configuration)
    return options


def _socks_manager(proxy: str, options: dict[str, Any]) -> urllib3.PoolManager:
    try:
        from urllib3.contrib import socks
    except ImportError:
        raise ValueError('proxy: SOCKS needs PySocks: pip install "bandwidth-messaging[socks]"') from None

    class Connection(_Timed, socks.SOCKSConnection):
        def _new_conn(self) -> Any:
            deadline = _current.exchange.deadline
            ends_at = deadline.monotonic() + min(deadline.connect, deadline.left())
            self.timeout = max(ends_at - deadline.monotonic(), 0.001)
            sock = super()._new_conn()
            sock.settimeout(max(ends_at - deadline.monotonic(), 0.001))
            return sock

    class SecureConnection(Connection, socks.SOCKSHTTPSConnection):
        pass

    class Pool(socks.SOCKSHTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(socks.SOCKSHTTPSConnectionPool):
        ConnectionCls = SecureConnection

    manager = socks.SOCKSProxyManager(proxy, **options)
    manager.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}
    return manager


def _environment_proxy(scheme: str, host: str, port: int | None) -> str | None:
    if not any(os.environ.get(name) for key in (scheme, "all") for name in (f"{key}_proxy", f"{key}_PROXY".upper())):
        return None
    from .proxies import proxy_for

    return proxy_for(scheme, host, port)
