"""The parts of a running sandbox, in one place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..store.records import Batch
from ..store.store import Store
from .accounts import Account, Accounts
from .callbacks import Outbox
from .changes import Event, Feed
from .clock import Pace
from .family import Family
from .faults import Faults
from .request_log import RequestLog
from .tokens import Tokens
from .worker import Worker


@dataclass(frozen=True)
class Services:
    """What everything that answers requests works with.

    Attributes:
        accounts: The accounts that there are.
        tokens: The bearer tokens.
        store: Keeps the messages.
        families: The API families by the name that their messages are kept under.
        outbox: Sends callbacks.
        feed: Tells who listens that something has changed.
        worker: Does by itself what comes due.
        faults: The rules by which requests fail.
        requests: The latest requests.
        open_account: Opens an account whose messages move at a pace.
    """

    accounts: Accounts
    tokens: Tokens
    store: Store
    families: Mapping[str, Family]
    outbox: Outbox
    feed: Feed
    worker: Worker
    faults: Faults
    requests: RequestLog
    open_account: Callable[[Pace], Account]

    def keep(self, account: Account, batch: Batch) -> None:
        """Write messages and what follows from them, and let everybody know. It is on disk when this returns.

        ValueError if the id of a message is taken.
        """
        self.store.write(batch)
        for message in batch.messages:
            self.feed.publish(Event("message", message.account_id, message.message_id))
        self.worker.notify(account)
