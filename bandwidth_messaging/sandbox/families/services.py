"""What the adapters work with, in one place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..contract import rules
from ..messaging.accounts import Account, Accounts, CallbackSettings
from ..messaging.callbacks import Outbox
from ..messaging.changes import Event, Feed
from ..messaging.clock import Pace
from ..messaging.faults import Faults
from ..messaging.lifecycle import Lifecycle
from ..messaging.worker import Worker
from ..store.messages import Batch, Store
from .credentials import Gate
from .family import Family
from .v2.paging import PageTokens


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

    def set_callbacks(self, account: Account, given: Mapping[str, Any]) -> None:
        """Say where an application wants its callbacks.

        Args:
            account: The account.
            given: The attributes of `CallbackSettings`; what is left out is as in a new account.

        Raises:
            ValueError: It names the argument and the rule.
        """
        rules.check("callbacks", given)
        for name in ("outbound_url", "inbound_url"):
            url = given.get(name)
            if url is not None and not self.outbox.may_send_to(url):
                raise ValueError(
                    f"{name}: callbacks go to this machine only, by http or https, unless callback_origins=[...] "
                    f"(--callback-origin) names the origin; not to {url!r}"
                )
        lists = {name: tuple(each) for name, each in given.items() if isinstance(each, list)}
        # One object in place of another: a callback that is sent meanwhile sees all of the one or all of the other.
        account.callbacks = CallbackSettings(**{**given, **lists})

    def set_limits(self, account: Account, given: Mapping[str, Any]) -> None:
        """Set the rate limits of an account.

        Args:
            account: The account.
            given: `list_requests` and `segments_per_second`; what is left out is switched off.

        Raises:
            ValueError: It names the argument and the rule.
        """
        rules.check("limits", given)
        account.limits.list_requests = given.get("list_requests")
        account.limits.segments_per_second = given.get("segments_per_second")

    def advance(self, account: Account, seconds: float) -> None:
        """Move an account's time forward; what comes due by then is still to be done.

        Args:
            account: The account.
            seconds: By how much.

        Raises:
            ValueError: It is no number from 0 to a year.
        """
        rules.check("advance", {"advance": seconds}, {"advance": "seconds"})
        account.clock.advance(seconds)

    def clear(self, account: Account) -> None:
        """Forget every message, callback, report and reply of an account.

        Args:
            account: The account.
        """
        self.store.clear(account.ids)
        self.feed.publish(Event("cleared", account.account_id, ""))

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
