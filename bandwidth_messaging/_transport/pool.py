"""The connections to one server: no more than allowed, each clean when it is handed out.

A signal handler may raise anywhere in here. What blocks is written in C, and a place that nobody holds any more goes
back by itself; so the pool can neither lock up nor shrink.
"""

import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue

from .._call.timeouts import Deadline
from .connection import Connection

__all__ = ["Pool"]


class _Place:
    """The right to hold a connection, which returns to its pool when the last reference to it goes."""

    __slots__ = ("_pool",)

    def __init__(self, pool: "weakref.ref[Pool]") -> None:
        self._pool = pool

    def __del__(self) -> None:
        pool = self._pool()
        if pool is not None:
            pool.add_place()


class Pool:
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
