"""Outbox: messages are written down under a key before they go out."""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from typing_extensions import Self

from ..exceptions import ConfigurationException
from . import evidence, reading, statements
from .attempt import Claim
from .database import Database
from .entry import STATES, Entry, Summary
from .freezing import Frozen, check_key, conflict, freeze
from .rate import Rate
from .sending import Sender
from .server_clock import ServerClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..api.messages_api import MessagesApi
    from ..models.message_request import MessageRequest

__all__ = ["Outbox"]

_BATCH = 500
# The list of messages reaches back 14 days; until then evidence may still come.
_SHORTEST_MEMORY = timedelta(days=15)


class Outbox:
    """Messages that are written down under a key before they go out, so that none goes out twice.

    What is sure about a message stands in the database, and nothing else is believed: a process may die at any moment,
    be started again, and go on. Threads share one Outbox, and processes share its file. A child after a fork may use
    what its parent made.

    ```python
    with Outbox("sqlite:///messages.db") as outbox:
        entry = outbox.send(api, account_id, request, key="otp/4711")
    ```

    Args:
        url: The database, as SQLAlchemy writes it: `sqlite:///messages.db`, relative to the current folder, or
            `sqlite:////var/lib/app/messages.db`. The file is made if it is not there, readable by its owner only. It
            must be on a disk of this machine.
        lease: Seconds after which a worker that began to send a message is thought dead, from 0.1 to 3600. It may be
            shorter than a call takes: an answer that comes later counts all the same.
        shared_sender: Whether other programs send from the same numbers. A message in the service's list then proves
            nothing about an entry, and lost answers become undecided rather than accepted.

    Raises:
        ConfigurationException: The URL is not that of an SQLite file, or an option cannot be used.
        DatabaseException: The file cannot be opened, is not an outbox, or is one of a newer version.
    """

    def __init__(self, url: str, *, lease: float = 20.0, shared_sender: bool = False) -> None:
        if isinstance(lease, bool) or not isinstance(lease, int | float) or not 0.1 <= lease <= 3600:
            raise ConfigurationException("lease: give a number of seconds from 0.1 to 3600")
        self._lease, self._shared_sender = float(lease), shared_sender
        self._database = Database(url)
        self._database.open()
        self._clocks: dict[int, ServerClock] = {}

    # Public methods, in the order of a message's life.

    def add(self, account_id: str, request: "MessageRequest | Mapping[str, Any]", *, key: str) -> Entry:
        """Write a message down as planned; `run` sends it.

        Args:
            account_id: Your Bandwidth account id.
            request: The message, as `create_message` takes it. It is checked and frozen: what is given here goes out.
                Its tag, if it has one, may have 960 characters.
            key: What the message is known by, 1 to 255 printable characters, such as "order/4711/shipped". It is shown
                in representations and reports, so it should hold no phone number.

        Returns:
            The entry. If the key is there already, that entry as it is: nothing is added.

        Raises:
            InvalidRequestException: The request or the key cannot be used; the text names the field and the rule.
            KeyConflictException: The key belongs to another request.
            DatabaseException: The database cannot be written.
            RestoredException: The database is a backup or a copy.
        """
        frozen = self._freeze(account_id, request, key)

        def apply(connection: Connection) -> Entry:
            statements.add(connection, [frozen])
            return _found(connection, frozen)

        return self._database.change(apply)

    def add_many(self, account_id: str, requests: "Iterable[tuple[str, MessageRequest | Mapping[str, Any]]]") -> int:
        """Write many messages down as planned, 500 in a transaction.

        Args:
            account_id: Your Bandwidth account id.
            requests: Pairs of key and message; read as they are needed, so a generator of a million is fine.

        Returns:
            How many were added; those whose key is there already with the same message are not.

        Raises:
            InvalidRequestException: As in `add`. Messages before this one may have been added.
            KeyConflictException: As in `add`.
            DatabaseException: As in `add`.
            RestoredException: As in `add`.
        """
        frozen = (self._freeze(account_id, request, key) for key, request in requests)
        added = 0
        while batch := list(islice(frozen, _BATCH)):
            added += self._database.change(partial(_add_batch, batch=batch))
        return added

    def send(
        self, api: "MessagesApi", account_id: str, request: "MessageRequest | Mapping[str, Any]", *, key: str
    ) -> Entry:
        """Write a message down and send it now, unless it was sent under this key before.

        Whoever calls this first with a key sends; all others, in whatever thread or process, get the entry as it is.
        An entry that is still planned (its last attempt was refused for the moment, or `add` wrote it) is sent now.

        Args:
            api: What to send with.
            account_id: Your Bandwidth account id.
            request: The message, as in `add`.
            key: What the message is known by, as in `add`.

        Returns:
            The entry: accepted, refused, unknown (the answer was lost: `settle` finds out), planned (not now: there was
            no connection, or the service is busy) or, while another sends it, claimed or in_flight.

        Raises:
            ApiException: What would fail every message: credentials, account or host. The entry is planned.
            ConfigurationException: There are no credentials. The entry is planned.
            InvalidRequestException: As in `add`.
            KeyConflictException: As in `add`.
            DatabaseException: As in `add`.
            RestoredException: As in `add`.
        """
        frozen = self._freeze(account_id, request, key)

        def apply(connection: Connection) -> Claim | Entry:
            claim = statements.add_claimed(connection, frozen, self._lease)
            if claim is not None:
                return claim
            _found(connection, frozen)
            statements.expire(connection, frozen.key)
            return statements.claim_one(connection, frozen.key, self._lease) or _found(connection, frozen)

        claim = self._database.change(apply)
        if isinstance(claim, Entry):
            return claim
        sender = self._sender(api)
        attempt = sender.send(claim)
        sender.keep(attempt)
        if attempt.failure is not None:
            raise attempt.failure
        with self._database.reading() as connection:
            return reading.read_one(connection, claim.id)

    def run(self, api: "MessagesApi", *, rate: float | None = None, threads: int = 8) -> Summary:
        """Send what is planned, until nothing is planned, claimed or in flight.

        Several processes may run at once. Leases of workers that died are waited for. An entry between the same numbers
        as an unknown one is held back for up to ten minutes, or until `settle` has found out. After ten
        unknown ones in a row nothing is sent until the service answers a read.

        Ctrl-C lets the messages under way end and raises KeyboardInterrupt; `run` again goes on. A second Ctrl-C ends
        at once and costs at most an unknown entry for each thread.

        Args:
            api: What to send with.
            rate: Segments per second, without a burst; None for as fast as it goes.
            threads: How many send at once, 1 or more.

        Returns:
            How many entries this run moved into which state.

        Raises:
            ApiException: What would fail every message: credentials, account or host. No entry is refused by it.
            ConfigurationException: There are no credentials, or an argument cannot be used.
            DatabaseException: The database cannot be written. Nothing goes out that could not be written down.
            RestoredException: The database is a backup or a copy.
        """
        from .running import Run

        if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= 1000:
            raise ConfigurationException("threads: give a whole number from 1 to 1000")
        self._database.require_original()
        return Run(self._database, self._sender(api), api, Rate(rate), threads).run()

    def settle(self, api: "MessagesApi", *, settle_time: float = 600.0) -> Summary:
        """Find out what became of messages whose answer was lost, by the service's list of messages.

        Unresolved entries between the same numbers are settled together. As many unexplained messages as entries: all
        are accepted. None, once the settle time is over: all are absent. Anything else is undecided, for a person.
        Before that, an entry stays unknown; call it again later.

        Args:
            api: What to list with.
            settle_time: Seconds to wait after the end of a call until a message that is not listed counts as absent. It
                is doubled while the list shows no later message.

        Returns:
            How many entries it moved into which state, and how many are still unknown.

        Raises:
            ApiException: The list could not be had.
            ConfigurationException: The settle time is not a number of seconds.
            DatabaseException: The database cannot be read or written.
        """
        from .settling import Settling

        if isinstance(settle_time, bool) or not isinstance(settle_time, int | float) or not 0 <= settle_time <= 86_400:
            raise ConfigurationException("settle_time: give a number of seconds from 0 to 86400")
        return Settling(self._database, api, self._server_clock(), settle_time, self._shared_sender).run()

    def resend(self, *, absent: bool) -> int:
        """Plan again what is proven not to be there; `run` sends it under the same key.

        Args:
            absent: Must be True: that absent entries are to be sent again is the caller's explicit word.

        Returns:
            How many entries are planned again.

        Raises:
            ConfigurationException: `absent` is not True.
            DatabaseException: The database cannot be written.
            RestoredException: The database is a backup or a copy.
        """
        if absent is not True:
            raise ConfigurationException("absent: give True; nothing else can be sent again without a risk")
        self._database.require_original()
        return self._database.change(evidence.resend_absent)

    def get(self, key: str) -> Entry | None:
        """The entry with this key; None if there is none.

        Raises:
            InvalidRequestException: It cannot be a key.
            DatabaseException: The database cannot be read.
        """
        check_key(key)
        with self._database.reading() as connection:
            row = reading.find(connection, key)
        return None if row is None else reading.to_entry(row)

    def entries(self, state: str | None = None) -> Iterator[Entry]:
        """The entries in the order in which they were added, read as they are needed.

        Args:
            state: Only those that are in this state when they are read.

        Raises:
            ConfigurationException: There is no such state.
            DatabaseException: The database cannot be read.
        """
        if state is not None and state not in STATES:
            raise ConfigurationException(f"state: there are {', '.join(STATES)}")
        return self._pages(state)

    def report(self, path: str | os.PathLike[str]) -> int:
        """Write a CSV file with a row for each entry: key, state, message id, status, times. No texts, no numbers.

        Args:
            path: The file, replaced if it is there, readable by its owner only.

        Returns:
            How many rows it has besides its head.

        Raises:
            OSError: The file cannot be written.
            DatabaseException: The database cannot be read.
        """
        from .reporting import write_report

        return write_report(path, self.entries())

    def forget(self, *, older_than: timedelta = _SHORTEST_MEMORY, number: str | None = None) -> int:
        """Drop texts and numbers of entries that are accepted, refused or withheld. The keys stay taken.

        Key, state, message id and a keyed hash of the request stay, so that the key is still known to be used.

        Args:
            older_than: Only entries that have not changed for so long, 15 days or more.
            number: Only messages to this number.

        Returns:
            How many entries were emptied.

        Raises:
            ConfigurationException: `older_than` is less than 15 days.
            DatabaseException: The database cannot be written.
        """
        if not isinstance(older_than, timedelta) or older_than < _SHORTEST_MEMORY:
            raise ConfigurationException("older_than: give a timedelta of 15 days or more; until then answers may come")
        before = time.time() - older_than.total_seconds()
        return self._database.change(partial(statements.forget, before=before, recipient=number))

    def accept_restored(self, *, before: datetime) -> int:
        """Go on with a database that was restored from a backup, or copied.

        Everything that it has as due may have been sent by the database that was lost, and becomes unknown. `settle`
        finds out. Messages that were added after the backup are not in it: their keys are free again.

        Args:
            before: Until when the lost database was in use; a datetime with a time zone.

        Returns:
            How many entries became unknown.

        Raises:
            ConfigurationException: `before` has no time zone.
            DatabaseException: The database cannot be written.
        """
        if not isinstance(before, datetime) or before.tzinfo is None:
            raise ConfigurationException("before: give a datetime with a time zone")
        return self._database.adopt(partial(evidence.distrust, before=before.timestamp()))

    def close(self) -> None:
        """Close the connections of this process. What is called after this raises RuntimeError."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Outbox({str(self._database.path)!r})"

    # Private.

    def _freeze(self, account_id: str, request: "MessageRequest | Mapping[str, Any]", key: str) -> Frozen:
        self._database.require_original()
        return freeze(self._database.secret, account_id, request, key)

    def _sender(self, api: "MessagesApi") -> Sender:
        return Sender(self._database, api, self._server_clock(), self._lease)

    def _server_clock(self) -> ServerClock:
        clock = self._clocks.get(os.getpid())
        if clock is None:
            with self._database.reading() as connection:
                reading = statements.read_outbox(connection).server_clock
            clock = self._clocks.setdefault(os.getpid(), ServerClock(reading))
        return clock

    def _pages(self, state: str | None) -> Iterator[Entry]:
        after = 0
        while True:
            with self._database.reading() as connection:
                rows = reading.page_of_entries(connection, state, after)
            if not rows:
                return
            yield from map(reading.to_entry, rows)
            after = rows[-1].id


def _found(connection: Connection, frozen: Frozen) -> Entry:
    """The entry of a key that is there.

    Raises:
        KeyConflictException: It has another request.
    """
    row = reading.find(connection, frozen.key)
    assert row is not None  # noqa: S101 - said for the type checker: an entry is never deleted
    if row.request_hash != frozen.request_hash:
        raise conflict(frozen, row.account_id, row.request)
    return reading.to_entry(row)


def _add_batch(connection: Connection, batch: list[Frozen]) -> int:
    added = statements.add(connection, batch)
    if added < len(batch):
        there = reading.hashes(connection, [each.key for each in batch])
        for frozen in batch:
            request_hash, account_id, request = there[frozen.key]
            if request_hash != frozen.request_hash:
                raise conflict(frozen, account_id, request)
    return added
