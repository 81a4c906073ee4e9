"""Many threads at the same moment, and waiting for what they do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def in_threads(number: int, call: Callable[[], Any]) -> list[Any]:
    """Call at the same moment in so many threads."""
    results: list[Any] = []
    together = threading.Barrier(number)

    def run() -> None:
        together.wait(60)
        results.append(call())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def wait_for(condition: Callable[[], bool]) -> None:
    """Until the other threads have got there."""
    for _ in range(1000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("the other threads did not get there")
