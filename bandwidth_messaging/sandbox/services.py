"""What the adapters work with, in one place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .accounts import Account, Accounts
from .clocks import Pace
from .families import Family
from .faults import Faults
from .feed import Event, Feed
from .lifecycle import Lifecycle
from .outbox import Outbox
from .paging import PageTokens
from .store import Batch, Store
from .tokens import Gate
from .worker import Worker


@dataclass(frozen=True)
class Services:
    """What the adapters work with.

    Attributes:
        accounts: The accounts that there are.
        gate: Knows the credentials.
        store: Keeps the messages.
        page_tokens: Issues and reads page tokens.
        families: The API families by the name that their messages are kept under.
        lifecycle: Carries out the plans of messages.
        outbox: Sends callbacks.
        feed: Tells who listens that something has changed.
        worker: Does by itself what comes due.
        faults: The rules by which requests fail.
        open_account: Opens an account whose messages move at a pace.
    """

    accounts: Accounts
    gate: Gate
    store: Store
    page_tokens: PageTokens
    families: Mapping[str, Family]
    lifecycle: Lifecycle
    outbox: Outbox
    feed: Feed
    worker: Worker
    faults: Faults
    open_account: Callable[[Pace], Account]

    def keep(self, account: Account, batch: Batch) -> None:
        """Write messages and what follows from them, and let everybody know. It is on disk when this returns.

        Args:
            account: Whose messages.
            batch: What is written.

        Raises:
            ValueError: If the id of a message is taken.
        """
        self.store.write(batch)
        for message in batch.messages:
            self.feed.publish(Event("message", message["account_id"], message["message_id"]))
        self.worker.tell(account)
