"""New connections: the name's addresses, TLS, CONNECT and SOCKS by urllib3 and PySocks, within the connect time-out."""

import io
import socket
import ssl
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from http.client import HTTPResponse
from importlib import import_module
from typing import Any, cast
from urllib.parse import SplitResult, unquote

from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.exceptions import InsecureRequestWarning
from urllib3.util.connection import allowed_gai_family, create_connection
from urllib3.util.ssl_match_hostname import CertificateError

from .._call.timeouts import Deadline
from .connection import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..configuration import Configuration

__all__ = ["Connector"]

_PORTS = {"http": 80, "https": 443}

Dial = Callable[[str, int, Deadline], socket.socket]


class Connector:
    """Opens connections to one server, directly or by way of a proxy.

    Args:
        settings: The TLS and socket options.
        server: The server's URL.
        proxy: The proxy's URL; None for a direct connection.
        proxy_headers: What CONNECT has for headers.
        tls: Makes a TLS context.

    Raises:
        ValueError: A SOCKS proxy is asked for, and PySocks is not installed.
        UnreadableCertificateError: A certificate or key cannot be read.
    """

    def __init__(
        self,
        settings: "Configuration",
        server: SplitResult,
        proxy: SplitResult | None,
        proxy_headers: dict[str, str],
        tls: Callable[[], ssl.SSLContext],
    ) -> None:
        by_socks = proxy is not None and proxy.scheme.startswith("socks")
        self._peer = server if proxy is None or by_socks else proxy
        self._tunnel: tuple[Any, ...] | None = None
        if proxy is not None and server.scheme == "https" and not by_socks:
            self._tunnel = (*_address(server), proxy_headers, proxy.scheme)
        self._tls_options: dict[str, Any] | None = None
        if server.scheme == "https":
            names = {"assert_hostname": settings.assert_hostname, "server_hostname": settings.tls_server_name}
            self._tls_options = {"ssl_context": tls(), **names}
            if self._tunnel is not None and self._peer.scheme == "https":
                self._tls_options["proxy_config"] = ProxyConfig(tls(), False, None, None)
        elif self._peer.scheme == "https":
            self._tls_options = {"ssl_context": tls()}
        default: Any = HTTPConnection.default_socket_options
        options = list(default if settings.socket_options is None else settings.socket_options)
        self._dial: Dial = partial(_socks_dial(proxy) if proxy is not None and by_socks else _dial, options)

    def __call__(self, deadline: Deadline) -> Connection:
        """A new connection.

        Raises:
            OSError: It was not made, or not in time.
            http.client.HTTPException: What the proxy answered is not HTTP.
        """
        connecting = deadline.within(deadline.connect)
        opened: _PlainConnection
        if self._tls_options is None:
            opened = _PlainConnection(*_address(self._peer), connecting=connecting, dial=self._dial)
        else:
            opened = _TLSConnection(*_address(self._peer), connecting=connecting, dial=self._dial, **self._tls_options)
        try:
            if self._tunnel is not None:
                opened.set_tunnel(*self._tunnel)
            opened.connect()
        except CertificateError as error:
            opened.close()
            raise ssl.SSLCertVerificationError(str(error)) from error
        except BaseException:
            opened.close()
            raise
        if self._tls_options is not None and not opened.is_verified:
            warnings.warn(f"no certificate of {self._peer.hostname} is verified", InsecureRequestWarning, stacklevel=2)
        return Connection(opened.sock, deadline)


class _PlainConnection(HTTPConnection):
    """urllib3's connection, used to connect and for nothing else."""

    def __init__(self, host: str, port: int, *, connecting: Deadline, dial: Dial, **options: Any) -> None:
        super().__init__(host, port, **options)
        self._address = host, port
        self._connecting = connecting
        self._dial = dial

    def _new_conn(self) -> socket.socket:
        sock = self._dial(*self._address, self._connecting)
        sock.settimeout(_seconds_left(self._connecting))
        return sock

    def response_class(self, sock: Any, *args: Any, **kwargs: Any) -> HTTPResponse:  # type: ignore[override]
        """The answer to CONNECT, which a proxy may drip."""
        response = HTTPResponse(sock, *args, **kwargs)
        response.fp.close()
        response.fp = io.BufferedReader(_TimedReader(sock, self._connecting))
        return response


class _TLSConnection(_PlainConnection, HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride]
    pass  # urllib3 types the class of answers as a variable; http.client calls it


class _TimedReader(io.RawIOBase):
    """Reads a socket until the deadline."""

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_seconds_left(self._deadline))
        return cast("int", self._sock.recv_into(buffer))


def _seconds_left(deadline: Deadline) -> float:
    left = deadline.left()
    if left <= 0:
        raise TimeoutError("connect time-out")
    return left


def _address(url: SplitResult) -> tuple[str, int]:
    return url.hostname or "", url.port or _PORTS[url.scheme]


def _dial(options: Sequence[Any], host: str, port: int, connecting: Deadline) -> socket.socket:
    """A socket to the first address of the name that answers; all of them share the time that there is."""
    try:
        addresses = socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"the name does not resolve: {error}") from error
    failure: OSError = TimeoutError("connect time-out")
    for position, (*_, address) in enumerate(addresses):
        share = connecting.left() / (len(addresses) - position)
        if share <= 0:
            break
        try:
            return create_connection(cast("tuple[str, int]", address[:2]), share, None, list(options))
        except OSError as error:
            failure = error
    raise failure


def _socks_dial(proxy: SplitResult) -> Callable[[Sequence[Any], str, int, Deadline], socket.socket]:
    try:
        socks: Any = import_module("socks")  # it has no types
    except ImportError:
        raise ValueError('proxy: SOCKS needs PySocks: pip install "bandwidth-messaging[socks]"') from None

    def dial(options: Sequence[Any], host: str, port: int, connecting: Deadline) -> socket.socket:
        return cast(
            "socket.socket",
            socks.create_connection(
                (host, port),
                timeout=_seconds_left(connecting),
                proxy_type=socks.PROXY_TYPE_SOCKS4 if proxy.scheme.startswith("socks4") else socks.PROXY_TYPE_SOCKS5,
                proxy_addr=proxy.hostname,
                proxy_port=proxy.port,
                proxy_username=None if proxy.username is None else unquote(proxy.username),
                proxy_password=None if proxy.password is None else unquote(proxy.password),
                proxy_rdns=proxy.scheme in {"socks4a", "socks5h"},
                socket_options=list(options),
            ),
        )

    return dial
