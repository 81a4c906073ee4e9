"""Faults on purpose: rules by which requests fail, before a message is accepted or after it.

The one that makes clients send twice is the answer that is lost after the message was accepted: `reset=True,
after=True`.
"""

import asyncio
import json
import random
import socket
import struct
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .accounts import Account, Accounts
from .server import transport_of
from .tokens import TOKEN_PATH, basic_credential

OPERATIONS = ("send", "read", "token")
LONGEST_DELAY = 3600.0


@dataclass
class Fault:
    """A rule by which requests of an account fail.

    Attributes:
        fault_id: Names the rule.
        count: How many requests it is good for; None for any number.
        percentage: How many of a hundred requests it hits, by chance; None for all.
        status: The status of the answer; None leaves it as it is.
        retry_after: The Retry-After header, in seconds; None for none.
        delay: How long the answer takes, in seconds; None for no longer than it does.
        reset: Whether the connection is torn down instead of an answer.
        truncate: Whether the answer is cut off in the middle of its body.
        after: Whether the request is served first: a message is accepted, and its answer fails.
        operation: `send`, `read` or `token`; None for sending and reading.
        to: Only requests that name this number; None for all.
        hits: How many requests it has hit.
    """

    fault_id: int
    count: int | None = 1
    percentage: float | None = None
    status: int | None = None
    retry_after: int | None = None
    delay: float | None = None
    reset: bool = False
    truncate: bool = False
    after: bool = False
    operation: str | None = None
    to: str | None = None
    hits: int = 0

    def check(self) -> None:
        """Refuse what makes no sense.

        Raises:
            ValueError: It names the argument and the rule.
        """
        if self.status is None and self.delay is None and not self.reset and not self.truncate:
            raise ValueError("give at least one of status, delay, reset and truncate")
        if sum((self.status is not None, self.reset, self.truncate)) > 1:
            raise ValueError("give one of status, reset and truncate, not several")
        if self.status is not None and not 400 <= self.status <= 599:
            raise ValueError(f"status: give an error status from 400 to 599, not {self.status}")
        if self.retry_after is not None and (self.status is None or self.retry_after < 0):
            raise ValueError("retry_after: give seconds from 0 up, together with a status")
        if self.truncate and not self.after:
            raise ValueError("truncate: an answer can be cut off only where there is one: give after=True too")
        if self.count is not None and self.count < 1:
            raise ValueError(f"count: give 1 or more, or None for any number, not {self.count}")
        if self.percentage is not None and not 0 < self.percentage <= 100:
            raise ValueError(f"percentage: give more than 0 and at most 100, not {self.percentage}")
        if self.delay is not None and not 0 <= self.delay <= LONGEST_DELAY:
            raise ValueError(f"delay: give seconds from 0 to {LONGEST_DELAY:.0f}, not {self.delay}")
        if self.operation not in (None, *OPERATIONS):
            raise ValueError(f"operation: {self.operation!r} is none of {', '.join(OPERATIONS)}")

    def shown(self) -> dict[str, Any]:
        """Show the rule.

        Returns:
            Its attributes.
        """
        return asdict(self)


@dataclass
class Faults:
    """The rules of all accounts. Any thread may use it."""

    _rules: list[tuple[Account, Fault]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # Percentages hit the same requests in each run.
    _random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - no secret
    _made: int = 0

    def add(self, account: Account, **rule: Any) -> Fault:
        """Make a rule.

        Args:
            account: Whose requests fail.
            **rule: The attributes of a `Fault`, but for `fault_id` and `hits`.

        Returns:
            The rule.

        Raises:
            ValueError: It makes no sense.
        """
        with self._lock:
            fault = Fault(self._made + 1, **rule)
            fault.check()
            self._made += 1
            self._rules.append((account, fault))
        return fault

    def of(self, account: Account) -> list[Fault]:
        """List the rules of an account.

        Args:
            account: Whose rules.

        Returns:
            The rules that are still good for something, the oldest first.
        """
        with self._lock:
            return [fault for whose, fault in self._rules if whose is account]

    def remove(self, account: Account, fault_id: int | None = None) -> int:
        """Remove a rule, or all of an account.

        Args:
            account: Whose rules.
            fault_id: Which one; None for all.

        Returns:
            How many there were.
        """
        with self._lock:
            kept = [
                (whose, fault)
                for whose, fault in self._rules
                if whose is not account or fault_id not in (None, fault.fault_id)
            ]
            removed = len(self._rules) - len(kept)
            self._rules = kept
        return removed

    def hit(self, account: Account, operation: str, body: bytes) -> Fault | None:
        """Find the rule that a request breaks by, and count it.

        Args:
            account: Whose request.
            operation: `send`, `read` or `token`.
            body: The request's body and query, in which a number may stand.

        Returns:
            The oldest rule that fits, or None.
        """
        with self._lock:
            for position, (whose, fault) in enumerate(self._rules):
                if whose is account and self._fits(fault, operation, body):
                    fault.hits += 1
                    if fault.count is not None and fault.hits >= fault.count:
                        del self._rules[position]
                    return fault
        return None

    def _fits(self, fault: Fault, operation: str, body: bytes) -> bool:
        if operation != fault.operation and not (fault.operation is None and operation != "token"):
            return False
        if fault.to is not None and fault.to.lstrip("+").encode() not in body:
            return False
        return fault.percentage is None or self._random.random() * 100 < fault.percentage


class FaultyApp:
    """An ASGI application that fails by the rules, around one that does not."""

    def __init__(self, app: ASGIApp, accounts: Accounts, faults: Faults) -> None:
        """Wrap an application.

        Args:
            app: What answers the requests.
            accounts: The accounts.
            faults: The rules.
        """
        self._app = app
        self._accounts = accounts
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Args:
            scope: The ASGI scope.
            receive: Gives the body, in one piece.
            send: Takes the answer.
        """
        account = _account(scope, self._accounts) if scope["type"] == "http" else None
        if account is None or scope["path"].startswith("/sandbox"):
            await self._app(scope, receive, send)
            return
        request = await receive()
        fault = self._faults.hit(account, _operation(scope), request.get("body", b"") + scope["query_string"])
        parts = [request]

        async def replay() -> Message:
            return parts.pop() if parts else await receive()

        if fault is None:
            await self._app(scope, replay, send)
        else:
            await self._fail(fault, scope, replay, send)

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        if fault.after:
            await self._app(scope, receive, keep)
        if fault.delay is not None:
            await asyncio.sleep(fault.delay)
        if fault.reset:
            _reset(scope)
        elif fault.truncate:
            await _truncate(answer, scope, send)
        elif fault.status is not None:
            await _refuse(fault.status, fault.retry_after, scope, send)
        elif fault.after:
            for message in answer:
                await send(message)
        else:
            await self._app(scope, receive, send)


def _operation(scope: Scope) -> str:
    if scope["path"] == TOKEN_PATH:
        return "token"
    return "send" if scope["method"] in ("POST", "PUT") else "read"


def _account(scope: Scope, accounts: Accounts) -> Account | None:
    parts = scope["path"].split("/")
    named = accounts.of(parts[parts.index("users") + 1]) if "users" in parts[:-1] else None
    return named or _account_of(_authorization(scope["headers"]), accounts)


def _authorization(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == b"authorization"), "")


def _account_of(authorization: str, accounts: Accounts) -> Account | None:
    """Tell by the name in its credential whose request it is; whether it is right is for others to judge."""
    name = (basic_credential(authorization) or b"").partition(b":")[0].decode("latin-1")
    for account in accounts:
        key = account.messagemedia.api_key
        if name in (account.client_id, key) or f'username="{key}"' in authorization:
            return account
    return None


async def _refuse(status: int, retry_after: int | None, scope: Scope, send: Send) -> None:
    body = json.dumps(_body(status, scope["path"])).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _body(status: int, path: str) -> dict[str, Any]:
    """Make an error body in the form of the family that the path belongs to."""
    said = "A fault that the sandbox was told to have"
    if path.startswith("/v1/users/"):
        code = "rate-limit-reached" if status == 429 else "sandbox-fault"
        return {"category": "sandbox", "code": code, "message": said, "details": []}
    if path.startswith("/v1/"):
        return {"message": said, "details": []}
    types = {429: "rate_limit_exceeded", 500: "internal-server-error", 503: "service-unavailable"}
    return {"type": types.get(status, "sandbox-fault"), "description": said}


async def _truncate(answer: list[Message], scope: Scope, send: Send) -> None:
    start, *rest = answer
    body = b"".join(part.get("body", b"") for part in rest)
    await send(start)
    if len(body) > 1:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    transport = transport_of(scope)
    if transport is not None:
        transport.abort()


def _reset(scope: Scope) -> None:
    transport = transport_of(scope)
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
