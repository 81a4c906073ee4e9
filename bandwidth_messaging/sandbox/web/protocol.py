"""One connection to the sandbox: found by its address, and closed if its request does not arrive."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, ClassVar

import h11
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_MOST_INCOMPLETE = 2000
_WITHOUT_LIMIT = 1024
_TIMED_OUT = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain\r\nContent-Length: 37\r\nConnection: close\r\n\r\n"
    b"The request did not arrive as a whole"
)


def _most_incomplete() -> int:
    """Half of what this process may have open: what is accepted beyond could not be answered."""
    try:
        import resource

        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    except ImportError:  # Windows
        files = _WITHOUT_LIMIT
    return min(_MOST_INCOMPLETE, files // 2) if files > 0 else _MOST_INCOMPLETE


@dataclass(frozen=True)
class Patience:
    """How long requests may take to arrive.

    Attributes:
        head_seconds: For the head of a request, from the connection or from its first byte on.
        body_seconds: For the body that follows.
        incomplete: How many connections may wait for the rest of a request; the oldest is closed for one more.
    """

    head_seconds: float = 10.0
    body_seconds: float = 30.0
    incomplete: int = field(default_factory=_most_incomplete)


class Connection(H11Protocol):
    """One connection. Each server has a subclass of its own; see `protocol`."""

    open_ones: ClassVar[dict[tuple[Any, Any], asyncio.Transport]] = {}  # of all servers in this process
    patience: ClassVar[Patience]
    incomplete: ClassVar[dict["Connection", None]]  # the oldest first
    _timer: asyncio.TimerHandle | None = None
    _has_head = False

    def connection_made(self, transport: Any) -> None:
        """Wait for the head of a request."""
        super().connection_made(transport)
        Connection.open_ones[_ends(transport)] = transport
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        Connection.open_ones.pop(_ends(self.transport), None)
        self._complete()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Go on with the next request, if a part of it is there."""
        super().on_response_complete()
        if self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]:
            self._look()

    def _look(self) -> None:
        """See how much of a request has arrived."""
        state = self.conn.their_state
        if state is h11.IDLE:
            if self._timer is None:
                self._begin()
        elif state is not h11.SEND_BODY:
            self._complete()
        elif not self._has_head:
            self._begin(has_head=True)

    def _begin(self, has_head: bool = False) -> None:
        """Wait for the rest of a head, or of a body."""
        self._complete()
        self._has_head = has_head
        seconds = self.patience.body_seconds if has_head else self.patience.head_seconds
        self._timer = self.loop.call_later(seconds, self._give_up)
        self.incomplete[self] = None
        if len(self.incomplete) > self.patience.incomplete:
            next(iter(self.incomplete))._give_up()

    def _complete(self) -> None:
        """Wait for nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._has_head = False
        self.incomplete.pop(self, None)

    def _give_up(self) -> None:
        self._complete()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE) and not self.transport.is_closing():
            self.transport.write(_TIMED_OUT)
        self.transport.close()


def protocol(patience: Patience) -> type[Connection]:
    """The class of a server's connections."""
    return type("Connection", (Connection,), {"patience": patience, "incomplete": {}})


def transport_of(scope: Scope) -> asyncio.Transport | None:
    """The connection that a request came by; None if it has ended."""
    return Connection.open_ones.get((tuple(scope["server"] or ()), tuple(scope["client"] or ())))


def _ends(transport: Any) -> tuple[Any, Any]:
    here, there = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
    return (tuple(here[:2]) if here else None), (tuple(there[:2]) if there else None)
