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

    def keep_latest(self, count: int) -> None:
        """Forget all but the latest."""
        sql = "DELETE FROM exchanges WHERE exchange_id <= (SELECT max(exchange_id) FROM exchanges) - ?"
        self._database.execute(sql, (count,))
