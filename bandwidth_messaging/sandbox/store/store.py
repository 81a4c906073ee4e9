"""The store: one for all families, in SQLite.

`messages` has each message as it was accepted, `deliveries` one row for each of its recipients, which is what a list
shows and a life cycle changes. Whatever is filtered or sorted by stands in `deliveries`, so that a list reads one
table. `conversations` groups the deliveries between one number of the account and one phone. `callbacks` are the
requests owed to the application, `notices` what the MessageMedia family keeps until it is confirmed, `exchanges` the
requests that made the latest messages, as they came and were answered, `media` the files that were uploaded.
`accounts` has every account with its credentials and settings.

A change is committed before the call that made it returns. With a file, commits go to a write-ahead log under
`synchronous = NORMAL`: the log has reached the operating system when a commit returns, so killing this process loses
nothing. Only a power cut could take the last commits with it, which a test double need not survive.
"""

import secrets
import sqlite3
from collections.abc import Sequence

from .accounts import StoredAccounts
from .callbacks import Callbacks, Notices
from .conversations import Conversations, OptOuts
from .database import EVERY_COLUMN, Database, insert, insert_delivery, update
from .listing import Listing
from .media import Media
from .messages import Messages
from .pruning import prune
from .queries import marks
from .records import Batch, Delivery
from .requests import Requests

_OF_ACCOUNTS = ("deliveries", "messages", "conversations", "callbacks", "notices", "opt_outs", "media")


class Store(Database):
    """What the sandbox keeps. Any thread may use it."""

    def __init__(self, path: str | None = None, keep: int | None = None) -> None:
        """Open the store, in memory without a path; `prune` leaves `keep` of the newest deliveries, or all of them."""
        super().__init__(path)
        self._keep = keep
        # How many deliveries were added since the last pruning; what another run left in the file counts as added.
        self._unpruned = keep or 1
        self.messages = Messages(self)
        self.listing = Listing(self)
        self.conversations = Conversations(self)
        self.opt_outs = OptOuts(self)
        self.callbacks = Callbacks(self)
        self.notices = Notices(self)
        self.requests = Requests(self)
        self.accounts = StoredAccounts(self)
        self.media = Media(self)

    def write(self, batch: Batch) -> None:
        """Write everything in a batch. It is on disk when this returns.

        ValueError if the id of a message is taken; nothing is written then.
        """
        with self.transaction() as connection:
            try:
                for message in batch.messages:
                    insert(connection, message)
                for delivery in batch.deliveries:
                    insert_delivery(connection, delivery)
                for record in (*batch.callbacks, *batch.notices, *batch.exchanges):
                    insert(connection, record)
            except sqlite3.IntegrityError as error:
                ids = ", ".join(repr(message.message_id) for message in batch.messages)
                raise ValueError(f"A message id is taken ({ids}), or a column is missing: {error}") from error
            for change in batch.updates:
                update(connection, change)
            self._unpruned += len(batch.deliveries)
        # Only now: a total that is being counted must not be taken for one that knows of these changes.
        for change in batch.updates:
            if isinstance(change.record, Delivery):
                self.changes.update(dict.fromkeys(change.columns, 1))

    def clear(self, account_ids: Sequence[str]) -> None:
        """Forget everything about accounts."""
        among = f"account_id IN ({marks(account_ids)})"
        with self.transaction() as connection:
            inner = f"SELECT message_id FROM messages WHERE {among}"  # noqa: S608
            connection.execute(f"DELETE FROM exchanges WHERE message_id IN ({inner})", account_ids)  # noqa: S608
            for table in _OF_ACCOUNTS:
                connection.execute(f"DELETE FROM {table} WHERE {among}", account_ids)  # noqa: S608
        self.changes[EVERY_COLUMN] += 1

    def prune(self) -> int:
        """Forget the oldest messages beyond those that are kept: whole, with their callbacks and exchanges.

        Returns how many deliveries were forgotten. There may be more to forget: nobody should have to wait long.
        """
        # SQLite counts from the newest to find the cut: a hundredth more than is kept saves it from doing so each time.
        if self._keep is None or self._unpruned <= self._keep // 100:
            return 0
        with self.transaction() as connection:
            forgotten = prune(connection, self._keep)
        if not forgotten:
            self._unpruned = 0
        self.changes[EVERY_COLUMN] += 1
        return forgotten

    def secret(self, name: str) -> bytes:
        """32 random bytes that stay the same as long as the database lives."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO settings (name, value) VALUES (?, ?)", (name, secrets.token_bytes(32))
            )
            found = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return bytes(found["value"])
