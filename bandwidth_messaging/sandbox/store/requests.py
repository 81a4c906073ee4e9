"""The requests that made the latest messages, as they came and were answered."""

from .database import Database
from .records import Exchange
from .schema import columns


class Requests:
    """Reads and forgets exchanges."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def of_message(self, message_id: str) -> list[Exchange]:
        """The requests that made a message, the oldest first."""
        sql = f"SELECT {columns(Exchange)} FROM exchanges WHERE message_id = ? ORDER BY exchange_id"  # noqa: S608
        return self._database.read(Exchange, sql, (message_id,))

    def keep_latest(self, account_id: str, count: int, since: int) -> None:
        """Of an account, forget all but the latest, and of those what is older than a time."""
        oldest = "SELECT exchange_id FROM exchanges WHERE account_id = ? ORDER BY exchange_id DESC LIMIT 1 OFFSET ?"
        sql = f"DELETE FROM exchanges WHERE account_id = ? AND (exchange_id <= ({oldest}) OR time < ?)"  # noqa: S608
        self._database.execute(sql, (account_id, account_id, count, since))
