"""Callbacks into an application of this process, WSGI or ASGI, without a server of its own."""

import asyncio
import inspect
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, cast

import httpx


@dataclass(frozen=True)
class Answer:
    """What an application has answered."""

    status: int
    body: bytes


class InProcess:
    """Calls an application. Any thread may use it; the application gets one call at a time."""

    def __init__(self, app: Any) -> None:
        """Take a WSGI or an ASGI application. ValueError if it is neither."""
        if not callable(app):
            raise ValueError(f"app must be a WSGI or an ASGI application, not {app!r}")
        self._app = app
        self._is_asgi = inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__)
        self._one_at_a_time = threading.Lock()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lent = 0

    async def post(self, request: httpx.Request, credentials: httpx.Auth) -> Answer:
        """Send a request and wait for the answer. What the application raises is raised."""
        answer: Future[Answer] = Future()
        answer.set_running_or_notify_cancel()

        def job() -> None:
            try:
                with self._one_at_a_time:
                    answer.set_result(self._called(request, credentials))
            except Exception as error:  # noqa: BLE001 - it is raised to who waits for the answer
                answer.set_exception(error)

        # A framework's test database is often open in the thread of the test alone, and async code has its own loop.
        if self._lent and not self._is_asgi:
            self._jobs.put(job)
        else:
            threading.Thread(target=job, name="bandwidth-sandbox-callback", daemon=True).start()
        return await asyncio.wrap_future(answer)

    def lend_thread(self, until: Future[Any], seconds: float) -> None:
        """Let the application be called in the thread of the caller until something is done, or for so long."""
        until.add_done_callback(lambda _: self._jobs.put(None))
        end = time.monotonic() + seconds
        self._lent += 1
        try:
            while not until.done():
                job = self._jobs.get(timeout=max(end - time.monotonic(), 0))
                if job is not None:
                    job()
        except queue.Empty:
            return
        finally:
            self._lent -= 1

    def _called(self, request: httpx.Request, credentials: httpx.Auth) -> Answer:
        if self._is_asgi:
            return asyncio.run(self._called_asgi(request, credentials))
        with httpx.Client(transport=httpx.WSGITransport(app=cast("Any", self._app))) as http:
            answer = http.send(request, auth=credentials)
        return Answer(answer.status_code, answer.content)

    async def _called_asgi(self, request: httpx.Request, credentials: httpx.Auth) -> Answer:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=cast("Any", self._app))) as http:
            answer = await http.send(request, auth=credentials)
        return Answer(answer.status_code, answer.content)
