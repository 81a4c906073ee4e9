"""What happens by itself, in the loop that serves the requests: steps of plans, callbacks, and forgetting."""

import asyncio
import concurrent.futures
import logging
import threading
import time

from ..store.store import Store
from .accounts import Account, Accounts
from .callbacks import Outbox
from .changes import Event, Feed
from .lifecycle import Lifecycle

_ROUND_SECONDS = 0.05
_LOG = logging.getLogger("bandwidth_messaging.sandbox")


class Worker:
    """Looks after every account whose time passes by itself, and after any account that it is told about."""

    def __init__(self, accounts: Accounts, lifecycle: Lifecycle, outbox: Outbox, store: Store, feed: Feed) -> None:
        """Take what it works with."""
        self._accounts = accounts
        self._lifecycle = lifecycle
        self._outbox = outbox
        self._store = store
        self._feed = feed
        self._lock = threading.Lock()
        self._notified: set[Account] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def notify(self, account: Account) -> None:
        """Say that an account may have something to do at once; any thread may."""
        with self._lock:
            self._notified.add(account)

    async def run(self) -> None:
        """Work until cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                # A defect must not stop the life of all messages for good.
                try:
                    self._round()
                except Exception:  # noqa: BLE001 - whatever it is, it is logged
                    _LOG.exception("A round of the life cycle failed")
                await asyncio.sleep(_ROUND_SECONDS)
        finally:
            await self._outbox.close()

    async def catch_up(self, account: Account) -> None:
        """Do all that is due for an account, and return when it is done."""
        self._lifecycle.run_due(account)
        await self._outbox.send_all_due(account)

    def catch_up_from_outside(self, account: Account, seconds: float) -> bool:
        """Do all that is due for an account; for threads other than the server's. False if it took longer."""
        if self._loop is None:
            return True
        done = asyncio.run_coroutine_threadsafe(self.catch_up(account), self._loop)
        end = time.monotonic() + seconds
        if account.application is not None:
            account.application.lend_thread(done, seconds)
        try:
            done.result(max(end - time.monotonic(), 0))
        except concurrent.futures.TimeoutError:
            done.cancel()
            return False
        return True

    def _round(self) -> None:
        if self._store.prune():
            self._feed.publish(Event("pruned", "", ""))
        with self._lock:
            notified, self._notified = self._notified, set()
        for account in self._accounts:
            if account.clock.pace != "stepped":
                self._lifecycle.run_due(account)
                self._outbox.send_due(account)
            elif account in notified:
                self._lifecycle.run_due(account)
                self._outbox.send_due(account)
                # What is due behind a callback that is under way is looked for again.
                if self._outbox.is_sending(account):
                    self.notify(account)
