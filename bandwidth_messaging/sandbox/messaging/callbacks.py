"""Callbacks on their way to the application: sent, tried again with growing pauses, given up after a day.

A callback is answered when the application says 2xx within ten seconds. Since an answer can be lost, a callback may
arrive more than once; it is never counted as delivered without an answer.
"""

import asyncio
import contextlib
import ipaddress
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..store.records import Batch, Callback, Update, changed
from ..store.store import Store
from . import disorder
from .accounts import Account
from .changes import Event, Feed
from .family import Family

ANSWER_SECONDS = 10.0  # the vendor's
GIVE_UP_SECONDS = 24 * 60 * 60
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60 * 60
_IN_FLIGHT = 32
_KEPT_OF_ANSWER = 2000
_NO_ANSWER = "No answer within"


class Outbox:
    """Sends callbacks."""

    def __init__(
        self,
        store: Store,
        families: Mapping[str, Family],
        feed: Feed,
        allowed: Iterable[str] = (),
        timeout: float = ANSWER_SECONDS,
    ) -> None:
        """Take what it works with, the origins allowed besides this machine, and how long an answer may take."""
        self._timeout = timeout
        self._store = store
        self._families = families
        self._feed = feed
        self._allowed = frozenset(_origin(url) for url in allowed)
        self._busy: dict[int, _Sending] = {}
        # Neither a proxy of the environment nor a redirect may take a callback anywhere else. Connections are bounded
        # for each account by what it has under way: an application that hangs delays no other account's callbacks.
        self._http = httpx.AsyncClient(
            trust_env=False, follow_redirects=False, timeout=timeout, limits=httpx.Limits(max_connections=None),
            headers={"Accept-Encoding": "identity"},
        )  # fmt: skip

    def may_send_to(self, url: str) -> bool:
        """Whether an address is on this machine, or of an origin that was allowed."""
        return _can_be_called(url) and (_is_loopback(urlsplit(url).hostname) or _origin(url) in self._allowed)

    @property
    def origins(self) -> list[str]:
        """The origins that were allowed besides this machine, for example `https://example.com:443`."""
        return sorted(f"{scheme}://{host}:{port}" for scheme, host, port in self._allowed)

    def send_due(self, account: Account) -> int:
        """Start to send every callback of an account whose time has come, and tell how many; in the server's loop."""
        subjects = {sending.subject for sending in self._busy.values() if sending.account is account}
        free, started = _IN_FLIGHT - len(subjects), 0
        # Those that are under way are still due: that many more are read, to find the ones that are not.
        for callback in self._store.callbacks.due(account.ids, account.clock.now(), 2 * _IN_FLIGHT):
            # One at a time about one message to one phone: what came first is told first.
            if started < free and _subject(callback) not in subjects:
                subjects.add(_subject(callback))
                task = asyncio.ensure_future(self._send(account, callback))
                self._busy[callback.callback_id or 0] = _Sending(account, _subject(callback), task)
                started += 1
        return started

    def is_sending(self, account: Account) -> bool:
        """Whether a callback of an account is under way."""
        return bool(self._under_way(account))

    async def send_all_due(self, account: Account) -> None:
        """Send every callback of an account whose time has come, and wait until none is due any more."""
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

    async def _send(self, account: Account, callback: Callback) -> None:
        try:
            if account.application is not None or self.may_send_to(callback.url):
                self._record(account, callback, await self._attempt(account, callback))
            else:
                refusal = {"time": _time(account, callback), "error": "The address is not among those that are allowed"}
                self._store.write(Batch(updates=[_finished(callback, "refused", refusal)]))
            self._feed.publish(Event("callback", callback.account_id, callback.message_id))
        finally:
            del self._busy[callback.callback_id or 0]

    async def _attempt(self, account: Account, callback: Callback) -> dict[str, Any]:
        began = time.monotonic()
        attempt: dict[str, Any] = {"time": _time(account, callback)}
        try:
            status, answer = await asyncio.wait_for(self._post(account, callback), self._timeout)
            attempt |= {"status": status, "answer": answer}
        except (asyncio.TimeoutError, httpx.TimeoutException):
            attempt["error"] = f"{_NO_ANSWER} {self._timeout:g} seconds"
        except Exception as error:  # noqa: BLE001 - without an attempt the callback would be due at once, for ever
            attempt["error"] = ascii(f"{type(error).__name__}: {error}")[1:-1]
        attempt["milliseconds"] = int((time.monotonic() - began) * 1000)
        return attempt

    async def _post(self, account: Account, callback: Callback) -> tuple[int, str]:
        settings = account.callbacks
        credentials = httpx.Auth()
        if settings.username is not None and _is_of_settings(account, callback):
            credentials = httpx.BasicAuth(settings.username, settings.password or "")
        request = self._http.build_request("POST", callback.url, content=callback.body, headers=callback.headers)
        if account.application is not None:
            called = await account.application.post(request, credentials)
            return called.status, called.body[:_KEPT_OF_ANSWER].decode("utf-8", "replace")
        answer = await self._http.send(request, auth=credentials, stream=True)
        try:
            return answer.status_code, await _beginning(answer)
        finally:
            await answer.aclose()

    def _record(self, account: Account, callback: Callback, attempt: dict[str, Any]) -> None:
        if not _is_answered(attempt) or self._comes_again(account, callback):
            self._wait(account, callback, attempt)
            return
        batch = Batch(updates=[_finished(callback, "delivered", attempt)])
        message = self._store.messages.get(callback.message_id)
        if message is not None:
            batch.add(self._families[message.family].answered(callback, self._store, attempt["time"]))
        self._store.write(batch)

    def _wait(self, account: Account, callback: Callback, attempt: dict[str, Any]) -> None:
        attempts = [*callback.attempts, attempt]
        due = _end(account, callback, attempt, self._timeout) + account.clock.delay(_pause(len(attempts)))
        if due > callback.created + account.clock.delay(GIVE_UP_SECONDS):
            self._store.write(Batch(updates=[_finished(callback, "dropped", attempt)]))
        else:
            self._store.write(Batch(updates=[changed(callback, attempts=attempts, due=due)]))

    def _comes_again(self, account: Account, callback: Callback) -> bool:
        first = not any(_is_answered(attempt) for attempt in callback.attempts)
        return first and _is_of_settings(account, callback) and disorder.comes_twice(account)


@dataclass(frozen=True)
class _Sending:
    account: Account
    subject: tuple[str, str]
    task: asyncio.Task[None]


def _is_of_settings(account: Account, callback: Callback) -> bool:
    """Whether a callback goes where the account's settings say, and not where a request said."""
    return callback.url in (account.callbacks.outbound_url, account.callbacks.inbound_url)


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


def _subject(callback: Callback) -> tuple[str, str]:
    return callback.message_id, callback.recipient


def _time(account: Account, callback: Callback) -> int:
    """When an attempt is made. Where time is stepped, that is when it was due, however far the step went."""
    return callback.due or 0 if account.clock.pace == "stepped" else account.clock.now()


def _end(account: Account, callback: Callback, attempt: dict[str, Any], timeout: float) -> int:
    """When an attempt has ended; waiting in vain takes its time where time is stepped, too."""
    waited = timeout if attempt.get("error", "").startswith(_NO_ANSWER) else 0.0
    return _time(account, callback) + (account.clock.delay(waited) if account.clock.pace == "stepped" else 0)


def _pause(attempts: int) -> float:
    return min(_FIRST_PAUSE_SECONDS * 2.0 ** (attempts - 1), _LONGEST_PAUSE_SECONDS)


def _finished(callback: Callback, state: str, attempt: dict[str, Any]) -> Update:
    return changed(callback, state=state, due=None, attempts=[*callback.attempts, attempt])


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", default if parts.port is None else parts.port


def is_origin(url: str) -> bool:
    """Whether this is an origin, such as `https://example.com`: a scheme, a host, and nothing behind them."""
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
