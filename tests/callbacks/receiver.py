"""One of the example applications, run as a user runs it: a process of its own, listening on a real port."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from .events import body, event

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
# How long a test waits before it says that nothing will come. No passing test waits for it.
HANGS_AFTER = 60.0
_ADDRESS = re.compile(r"http://127\.0\.0\.1:([1-9]\d*)")
_HANDLED = re.compile(r"(received|failed|status|unknown) ")


class Receiver:
    """An application under test, and what a service or a sandbox needs to post callbacks to it.

    Attributes:
        url: Where callbacks go, for outbound and inbound ones alike.
        username: The callback user name that it wants.
        password: The callback password that it wants.
    """

    username = "callbacks"
    password = "s3cret-pässword"

    def __init__(self, example: str) -> None:
        self._printed: queue.Queue[str] = queue.Queue()
        self._may_read = threading.Event()
        self._may_read.set()
        self._ends = 0
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - close() closes it
        credentials = {"BW_CALLBACK_USERNAME": self.username, "BW_CALLBACK_PASSWORD": self.password}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", str(EXAMPLES / example)],
            env={**os.environ, **credentials, "PORT": "0", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._http = urllib3.PoolManager(retries=False, maxsize=8, timeout=HANGS_AFTER)
        try:
            self.url = f"http://127.0.0.1:{self._port()}/callbacks"
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it."""
        self._may_read.set()
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        self._http.clear()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()

    def post(self, content: bytes, *, password: str | None = None, encoding: str = "utf-8", **headers: str) -> Any:
        """Post a callback as the service does, and return the answer."""
        pair = f"{self.username}:{password or self.password}".encode(encoding).decode("latin-1")
        sent = {
            "User-Agent": "BandwidthAPI/v2",
            "Content-Type": "application/json; charset=utf-8",
            **urllib3.make_headers(basic_auth=pair),
            **headers,
        }
        return self._http.request("POST", self.url, body=content, headers=sent)

    def request(self, method: str, content: bytes | None = None) -> Any:
        """Send something without credentials, and return the answer."""
        return self._http.request(method, self.url, body=content)

    def handled(self) -> list[str]:
        """What it did since this was last asked, a line for each event, in the order of its work.

        Events are worked on one after the other: once the last one posted is done, all others are.
        """
        self._ends += 1
        last = f"the-end-{self._ends}"
        assert self.post(body(event(message_id=last))).status == 200
        lines = []
        while last not in (line := self._next_line()):
            lines.append(line)
        return [line for line in lines if _HANDLED.match(line)]

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Make its work hang: nobody reads what it prints, and the pipe holds no more than 64 KiB."""
        self._may_read.clear()
        yield
        self._may_read.set()

    def errors(self) -> str:
        """What it wrote to standard error."""
        self._errors.seek(0)
        return self._errors.read()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._printed.put(line.rstrip("\n"))
            self._may_read.wait()

    def _next_line(self) -> str:
        try:
            return self._printed.get(timeout=HANGS_AFTER)
        except queue.Empty:
            raise AssertionError(f"it printed nothing more: {self.errors()}") from None

    def _port(self) -> int:
        """The port, from the line in which the server says it: on either stream, each framework has its own."""
        deadline = time.monotonic() + HANGS_AFTER
        said = ""
        while self._process.poll() is None and time.monotonic() < deadline:
            with self._printed.mutex:
                said = "\n".join(self._printed.queue) + self.errors()
            if found := _ADDRESS.search(said):
                return int(found[1])
            time.sleep(0.02)
        raise AssertionError(f"it did not start: {said}")
