"""The bench of the fault suite: servers, clients, what came of a call, and the rows of the page that says so."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from scripted_server import ScriptedServer, answer
from support import ACCOUNT, FakeClock

from bandwidth_messaging import ApiClient, ApiException, Clock, Configuration, Message, MessagesApi
from faults.together import wait_for

TestT = TypeVar("TestT", bound=Callable[..., Any])

SENDER, RECIPIENT, TEXT = "+15557654321", "+15552345678", "The code is 493117"
MESSAGE = {"application_id": "app-1", "to": [RECIPIENT], "from": SENDER, "text": TEXT}
PASSWORD, CLIENT_SECRET, PROXY_PASSWORD = "s3cret-passw0rd", "cl1ent-s3cret", "pr0xy-passw0rd"
TOKEN = "t0ken"  # each token of the suite begins with it
SEND, READ, TOKENS, ANY = "send", "read", "token", "any"

ACCEPTED = answer(202, {"id": "m-1"})
PAGE = answer(200, {"messages": [], "totalCount": 0})


@dataclass(frozen=True)
class Row:
    """One row of the table in docs/reliability.md, declared at the test that proves it."""

    case: str
    operation: str
    server: str
    caller: str
    requests: str

    def __str__(self) -> str:
        return f"| {self.case} | {self.operation} | {self.server} | {self.caller} | {self.requests} |"


ROWS: list[Row] = []
CAUGHT: list[BaseException] = []


def case(case: int | str, operation: str, server: str, caller: str, requests: int | str) -> Callable[[TestT], TestT]:
    """Declare a test's row of the page.

    What `Lab.send` or `Lab.read` came to must be what `caller` says before its semicolon, and the lab's servers must
    have seen as many requests for messages as a number in `requests` says.
    """
    row = Row(str(case), operation, server, caller, str(requests))
    number = requests if isinstance(requests, int) else None
    ROWS.append(row)

    def decorate(test: TestT) -> TestT:
        @functools.wraps(test)
        def checked(*args: Any, lab: Lab, **kwargs: Any) -> None:
            test(*args, lab=lab, **kwargs)
            if lab.outcome is not None:
                assert lab.outcome == row.caller.partition(";")[0], lab.outcome
            if number is not None:
                # A caller may have given up before the server's thread got to read.
                wait_for(lambda: lab.requests >= (number or 0))
                assert lab.requests == number, lab.requests

        return checked  # type: ignore[return-value]  # the same test, with a look at its row

    return decorate


class Lab:
    """What a fault test works with; everything that it opens is closed with it.

    Attributes:
        clock: The clients' clock, which only sleeping and the test move.
        outcome: What the last `send` or `read` came to, as the page says it.
    """

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.servers: list[ScriptedServer] = []
        self.outcome: str | None = None
        self._open = ExitStack()

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    def serve(self, *steps: Any, **options: Any) -> ScriptedServer:
        server = self._open.enter_context(ScriptedServer(*steps, **options))
        self.servers.append(server)
        return server

    def use(self, context: Any) -> Any:
        """Enter a context manager that ends with the test."""
        return self._open.enter_context(context)

    def client(self, *, clock: Clock | None = None, **options: Any) -> MessagesApi:
        """A client of the first server, with Basic credentials unless told otherwise."""
        if not {"client_id", "access_token", "username"} & set(options):
            options |= {"username": "user", "password": PASSWORD}
        options.setdefault("host", self.servers[0].url if self.servers else None)
        client = ApiClient(Configuration(**options), clock=self.clock if clock is None else clock)
        return MessagesApi(self._open.enter_context(client))

    def oauth_client(self, **options: Any) -> MessagesApi:
        """A client of the first server that gets its tokens from the last one."""
        options |= {"client_id": "client-1", "client_secret": CLIENT_SECRET}
        return self.client(access_token_url=f"{self.servers[-1].url}/token", **options)

    def send(self, api: MessagesApi | None = None, **options: Any) -> Any:
        """Send the message; returns it, or the exception. The options are the call's, or without `api` the client's."""
        result = self._outcome_of("create_message", api, options, MESSAGE)
        if isinstance(result, ApiException):
            self.outcome = f"{type(result).__name__}, accepted {result.accepted}"
        return result

    def read(self, api: MessagesApi | None = None, **options: Any) -> Any:
        """List messages by their sender; returns the page, or the exception. The options are as for `send`."""
        if api is None:
            api, options = self.client(**options), {}
        return self._outcome_of("list_messages", api, {"source_tn": SENDER, **options})

    def _outcome_of(self, method: str, api: MessagesApi | None, options: dict[str, Any], *arguments: Any) -> Any:
        try:
            api, options = (self.client(**options), {}) if api is None else (api, options)
            result = getattr(api, method)(ACCOUNT, *arguments, **options)
        except (ApiException, ValueError) as error:
            CAUGHT.append(error)
            self.outcome = type(error).__name__
            return error
        self.outcome = "the message" if isinstance(result, Message) else "the page"
        return result

    def jump_wall_clock(self) -> None:
        """Set the clients' wall clock to another year; what is monotonic goes on."""
        later = self.clock.now().replace(year=2030)

        def now() -> datetime:
            return later

        self.clock.now = now

    @property
    def requests(self) -> int:
        """How many requests for messages all servers have seen, whole; token requests do not count."""
        return sum("/messages" in request.target for server in self.servers for request in list(server.requests))
