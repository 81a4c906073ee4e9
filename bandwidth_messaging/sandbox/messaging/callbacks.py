"""Callbacks on their way to the application: sent, tried again with growing pauses, given up after a day.

A callback is answered when the application says 2xx within ten seconds. Since an answer can be lost, a callback may
arrive more than once; it is never counted as delivered without an answer.
"""

import asyncio
import contextlib
import ipaddress
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..store.messages import Batch, Row, Store, Update
from . import disorder
from .accounts import Account
from .changes import Event, Feed

ANSWER_SECONDS = 10.0
GIVE_UP_SECONDS = 24 * 60 * 60
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60 * 60
_IN_FLIGHT = 32
_KEPT_OF_ANSWER = 2000
_NO_ANSWER = f"No answer within {ANSWER_SECONDS:.0f} seconds"


class Outbox:
    """Sends callbacks."""

    def __init__(self, store: Store, feed: Feed, allowed: Iterable[str] = ()) -> None:
        """Take what it works with.

        Args:
            store: Keeps the callbacks and their attempts.
            feed: Is told of every attempt.
            allowed: Origins that callbacks may go to besides this machine, for example `https://example.com`.
        """
        self._store = store
        self._feed = feed
        self._allowed = frozenset(_origin(url) for url in allowed)
        self._busy: dict[int, _Sending] = {}
        # Neither a proxy of the environment nor a redirect may take a callback anywhere else. Connections are bounded
        # for each account by what it has under way: an application that hangs delays no other account's callbacks.
        self._http = httpx.AsyncClient(
            trust_env=False, follow_redirects=False, timeout=ANSWER_SECONDS, limits=httpx.Limits(max_connections=None),
            headers={"Accept-Encoding": "identity"},
        )  # fmt: skip

    def may_send_to(self, url: str) -> bool:
        """Tell whether an address may be called.

        Args:
            url: An http or https address.

        Returns:
            True if it is on this machine, or of an origin that was allowed.
        """
        return _can_be_called(url) and (_is_loopback(urlsplit(url).hostname) or _origin(url) in self._allowed)

    @property
    def origins(self) -> list[str]:
        """The origins that were allowed besides this machine, for example `https://example.com:443`."""
        return sorted(f"{scheme}://{host}:{port}" for scheme, host, port in self._allowed)

    def send_due(self, account: Account) -> int:
        """Start to send every callback of an account whose time has come; must be called in the server's loop.

        Args:
            account: Whose callbacks.

        Returns:
            How many were started.
        """
        subjects = {sending.subject for sending in self._busy.values() if sending.account is account}
        free, started = _IN_FLIGHT - len(subjects), 0
        # Those that are under way are still due: that many more are read, to find the ones that are not.
        for row in self._store.due("callbacks", "due", account.ids, account.clock.now(), 2 * _IN_FLIGHT):
            # One at a time about one message to one phone: what came first is told first.
            if started < free and _subject(row) not in subjects:
                subjects.add(_subject(row))
                task = asyncio.ensure_future(self._send(account, row))
                self._busy[row["callback_id"]] = _Sending(account, _subject(row), task)
                started += 1
        return started

    async def send_all_due(self, account: Account) -> None:
        """Send every callback of an account whose time has come, and wait until none is due any more.

        Args:
            account: Whose callbacks.
        """
        while self.send_due(account) or self._under_way(account):
            await asyncio.wait(self._under_way(account), return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Drop what is under way; it stays due, and is sent after the next start."""
        tasks = [sending.task for sending in self._busy.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()

    def _under_way(self, account: Account) -> list[asyncio.Task[None]]:
        return [sending.task for sending in self._busy.values() if sending.account is account]

    async def _send(self, account: Account, row: Row) -> None:
        try:
            if self.may_send_to(row["url"]):
                self._keep(account, row, await self._attempt(account, row))
            else:
                refusal = {"time": _time(account, row), "error": "The address is not among those that are allowed"}
                self._store.write(Batch(updates=[_finished(row, "refused", refusal)]))
            self._feed.publish(Event("callback", row["account_id"], row["message_id"]))
        finally:
            del self._busy[row["callback_id"]]

    async def _attempt(self, account: Account, row: Row) -> dict[str, Any]:
        began = time.monotonic()
        attempt: dict[str, Any] = {"time": _time(account, row)}
        try:
            status, answer = await asyncio.wait_for(self._post(account, row), ANSWER_SECONDS)
            attempt |= {"status": status, "answer": answer}
        except (asyncio.TimeoutError, httpx.TimeoutException):
            attempt["error"] = _NO_ANSWER
        except Exception as error:  # noqa: BLE001 - without an attempt the callback would be due at once, for ever
            attempt["error"] = ascii(f"{type(error).__name__}: {error}")[1:-1]
        attempt["milliseconds"] = int((time.monotonic() - began) * 1000)
        return attempt

    async def _post(self, account: Account, row: Row) -> tuple[int, str]:
        settings = account.callbacks
        credentials = httpx.Auth()
        if settings.username is not None and _is_of_settings(account, row):
            credentials = httpx.BasicAuth(settings.username, settings.password or "")
        request = self._http.build_request("POST", str(row["url"]), content=row["body"], headers=row["headers"])
        answer = await self._http.send(request, auth=credentials, stream=True)
        try:
            return answer.status_code, await _beginning(answer)
        finally:
            await answer.aclose()

    def _keep(self, account: Account, row: Row, attempt: dict[str, Any]) -> None:
        if _is_answered(attempt):
            if self._comes_again(account, row):
                self._wait(account, row, attempt)
                return
            batch = Batch(updates=[_finished(row, "delivered", attempt)])
            if row["type"] == "message-received":
                batch.updates += self._accepted(row, attempt["time"])
            self._store.write(batch)
            return
        self._wait(account, row, attempt)

    def _wait(self, account: Account, row: Row, attempt: dict[str, Any]) -> None:
        attempts = [*row["attempts"], attempt]
        due = _end(account, row, attempt) + account.clock.delay(_pause(len(attempts)))
        if due > row["created"] + account.clock.delay(GIVE_UP_SECONDS):
            self._store.write(Batch(updates=[_finished(row, "dropped", attempt)]))
        else:
            update = Update("callbacks", row["callback_id"], {"attempts": attempts, "due": due})
            self._store.write(Batch(updates=[update]))

    def _comes_again(self, account: Account, row: Row) -> bool:
        first = not any(_is_answered(attempt) for attempt in row["attempts"])
        return first and _is_of_settings(account, row) and disorder.comes_twice(account)

    def _accepted(self, row: Row, time: int) -> list[Update]:
        """An inbound message has been taken by the customer once its callback is answered."""
        updates = []
        for each in self._store.deliveries(row["account_id"], row["message_id"]):
            if each["message_status"] == "RECEIVED":
                columns = {"message_status": "ACCEPTED", "history": [*each["history"], (time, "ACCEPTED", 0)]}
                updates.append(Update("deliveries", each["position"], columns))
        return updates


@dataclass(frozen=True)
class _Sending:
    account: Account
    subject: tuple[str, str]
    task: asyncio.Task[None]


def _is_of_settings(account: Account, row: Row) -> bool:
    """Tell whether a callback goes where the account's settings say, and not where a request said."""
    return row["url"] in (account.callbacks.outbound_url, account.callbacks.inbound_url)


async def _beginning(answer: httpx.Response) -> str:
    """Read as much of an answer as is kept, whatever it says of its length and its encoding."""
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) >= _KEPT_OF_ANSWER:
            break
    return read[:_KEPT_OF_ANSWER].decode("utf-8", "replace")


def _is_answered(attempt: dict[str, Any]) -> bool:
    return 200 <= int(attempt.get("status", 0)) < 300


def _subject(row: Row) -> tuple[str, str]:
    return row["message_id"], row["recipient"]


def _time(account: Account, row: Row) -> int:
    """When an attempt is made. Where time is stepped, that is when it was due, however far the step went."""
    return int(row["due"]) if account.clock.pace == "stepped" else account.clock.now()


def _end(account: Account, row: Row, attempt: dict[str, Any]) -> int:
    """When an attempt has ended; waiting in vain takes its time where time is stepped, too."""
    waited = ANSWER_SECONDS if attempt.get("error") == _NO_ANSWER else 0.0
    return _time(account, row) + (account.clock.delay(waited) if account.clock.pace == "stepped" else 0)


def _pause(attempts: int) -> float:
    return min(_FIRST_PAUSE_SECONDS * 2.0 ** (attempts - 1), _LONGEST_PAUSE_SECONDS)


def _finished(row: Row, state: str, attempt: dict[str, Any]) -> Update:
    columns = {"state": state, "due": None, "attempts": [*row["attempts"], attempt]}
    return Update("callbacks", row["callback_id"], columns)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", default if parts.port is None else parts.port


def is_origin(url: str) -> bool:
    """Tell whether something is an origin, as those that callbacks may go to.

    Args:
        url: For example `https://example.com`, or with a port.

    Returns:
        True if it has a scheme and a host, and nothing behind them.
    """
    return _can_be_called(url) and urlsplit(url).path in ("", "/")


def _can_be_called(url: str) -> bool:
    try:
        scheme, host, port = _origin(url)
    except ValueError:
        return False
    return scheme in ("http", "https") and bool(host) and port != 0


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host or "").is_loopback
    return False
