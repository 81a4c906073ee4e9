"""uvicorn in a thread of its own, on a socket that is bound before it starts."""

import socket
import threading
import time

import uvicorn
from starlette.types import ASGIApp

from .protocol import Patience, protocol

_START_SECONDS = 15.0
_STOP_SECONDS = 3
_BACKLOG = 1024
# So many connections are accepted before any of them is looked at, and closed if there are too many.
_ACCEPTED_AT_ONCE = 100


class ServerThread:
    """Serves an application until it is closed.

    Attributes:
        port: The TCP port.
    """

    def __init__(self, app: ASGIApp, host: str, port: int, patience: Patience | None = None) -> None:
        """Start serving; returns when requests are answered. Port 0 takes a free one.

        OSError if the address cannot be listened on, RuntimeError if the server does not start.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        # Accepted connections inherit it. Without it, the body of an answer waits 40 ms for the caller's delayed ACK.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            http=protocol(patience or Patience()),
            backlog=_ACCEPTED_AT_ONCE,
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
        # asyncio has made the queue of connections as short as what it accepts at once.
        self._socket.listen(_BACKLOG)

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
