"""Tells those who listen that something about a message has changed: the page, `wait_for`, long polls."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

Kind = Literal["message", "status", "callback", "cleared", "pruned", "closing"]


@dataclass(frozen=True)
class Event:
    """Something that has changed.

    Attributes:
        kind: `message`: a message came in or went out. `status`: its status changed. `callback`: a callback was made
            or attempted. `cleared`: everything of the account was deleted. `pruned`: the oldest messages of all
            accounts were. `closing`: the sandbox stops.
        account_id: The account, by its id in the family of the message; empty for `pruned` and `closing`.
        message_id: The message; empty for `cleared`, `pruned` and `closing`.
    """

    kind: Kind
    account_id: str
    message_id: str


class Feed:
    """Passes events on. Any thread may publish and listen.

    Attributes:
        forgotten: How many times messages were forgotten.
        closed: Whether the sandbox stops, so that nobody should wait for an event any more.
    """

    def __init__(self) -> None:
        """Start without listeners."""
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[Event], None], ...] = ()
        self.forgotten = 0
        self.closed = False

    def close(self) -> None:
        """Tell everybody who listens that the sandbox stops."""
        self.closed = True
        self.publish(Event("closing", "", ""))

    def publish(self, event: Event) -> None:
        """Tell everybody who listens what has changed; it is in the store by now."""
        if event.kind in ("cleared", "pruned"):
            with self._lock:
                self.forgotten += 1
        for listener in self._listeners:
            listener(event)

    @contextmanager
    def listening(self, listener: Callable[[Event], None]) -> Iterator[None]:
        """Listen for the time of a `with` statement.

        The listener is called in the thread that publishes; it must return at once and raise nothing.
        """
        with self._lock:
            self._listeners = (*self._listeners, listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners = tuple(each for each in self._listeners if each is not listener)
