"""uvicorn in a thread of its own, on a socket that is bound before it starts."""

import asyncio
import socket
import threading
import time
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_START_SECONDS = 15.0
_STOP_SECONDS = 3


class _Protocol(H11Protocol):
    """One connection, which can be found by the address that it comes from."""

    open_ones: dict[tuple[Any, Any], asyncio.Transport] = {}  # noqa: RUF012 - of all servers in this process

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        _Protocol.open_ones[self._ends(transport)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _Protocol.open_ones.pop(self._ends(self.transport), None)
        super().connection_lost(exc)

    @staticmethod
    def _ends(transport: Any) -> tuple[Any, Any]:
        here, there = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
        return (tuple(here[:2]) if here else None), (tuple(there[:2]) if there else None)


def transport_of(scope: Scope) -> asyncio.Transport | None:
    """The connection that a request came by; None if it has ended."""
    return _Protocol.open_ones.get((tuple(scope["server"] or ()), tuple(scope["client"] or ())))


class ServerThread:
    """Serves an application until it is closed.

    Attributes:
        port: The TCP port.
    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        """Start serving; returns when requests are answered. Port 0 takes a free one.

        OSError if the address cannot be listened on, RuntimeError if the server does not start.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=1024)
        # Accepted connections inherit it. Without it, the body of an answer waits 40 ms for the caller's delayed ACK.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            http=_Protocol,
            loop="asyncio",
            ws="none",
            lifespan="on",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            # Nothing stands in front of it. With them, a header would decide where a request comes from.
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="bandwidth-sandbox", daemon=True
        )
        self._thread.start()
        self._wait()

    def close(self) -> None:
        """Stop serving; returns when the thread and its sockets are gone."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _wait(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > end:
                self.close()
                raise RuntimeError("The sandbox did not start")
            time.sleep(0.005)
