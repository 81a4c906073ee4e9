"""Forks: SQLite's state must not cross one, so connections are closed before, and opened again when needed."""

import os
import weakref
from threading import Condition
from typing import Protocol

__all__ = ["Readers", "close_before_fork"]


class Closable(Protocol):
    """What has connections."""

    def before_fork(self) -> None:
        """Close the connections, and let nobody open one."""

    def after_fork(self) -> None:
        """In the parent: let them be opened again."""

    def after_fork_in_child(self) -> None:
        """In the child: begin anew."""


class Readers:
    """Those who read at the moment; a fork waits for them."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._reading = 0
        self._closed = False

    def __enter__(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._reading += 1

    def __exit__(self, *exception: object) -> None:
        with self._changed:
            self._reading -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Wait until nobody reads, and let nobody begin."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: self._reading == 0)

    def open(self) -> None:
        """Let them read again."""
        with self._changed:
            self._closed = False
            self._changed.notify_all()


_closable: "weakref.WeakSet[Closable]" = weakref.WeakSet()
_closed: list[Closable] = []


def close_before_fork(closable: Closable) -> None:
    """Close its connections before each fork of this process."""
    _closable.add(closable)


def _before() -> None:
    _closed[:] = list(_closable)
    for each in _closed:
        each.before_fork()


def _after() -> None:
    for each in _closed:
        each.after_fork()
    _closed.clear()


def _after_in_child() -> None:
    for each in _closed:
        each.after_fork_in_child()
    _closed.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after_in_child)
