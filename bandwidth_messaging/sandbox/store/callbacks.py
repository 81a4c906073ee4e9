"""What the application is told: callbacks, and the notices that it fetches."""

from collections.abc import Sequence

from .database import Database
from .queries import marks
from .records import Callback, Notice
from .schema import columns

_CALLBACKS = f"SELECT {columns(Callback)} FROM callbacks WHERE "  # noqa: S608
_NOTICES = f"SELECT {columns(Notice)} FROM notices WHERE "  # noqa: S608


class Callbacks:
    """Reads callbacks."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def get(self, callback_id: int) -> Callback | None:
        """The callback with this number."""
        return next(iter(self._database.read(Callback, f"{_CALLBACKS}callback_id = ?", (callback_id,))), None)

    def of_message(self, message_id: str) -> list[Callback]:
        """The callbacks about a message, the oldest first."""
        return self._database.read(Callback, f"{_CALLBACKS}message_id = ? ORDER BY callback_id", (message_id,))

    def of_delivery(self, message_id: str, recipient: str) -> list[Callback]:
        """The callbacks about a message to one recipient, the oldest first."""
        sql = f"{_CALLBACKS}message_id = ? AND recipient = ? ORDER BY callback_id"
        return self._database.read(Callback, sql, (message_id, recipient))

    def due(self, account_ids: Sequence[str], now: int, most: int) -> list[Callback]:
        """The callbacks whose time has come, the earliest first."""
        found: list[Callback] = []
        for account_id in account_ids:
            sql = f"{_CALLBACKS}account_id = ? AND due <= ? ORDER BY due, rowid LIMIT ?"
            found += self._database.read(Callback, sql, (account_id, now, most))
        return sorted(found, key=lambda callback: callback.due or 0)[:most]


class Notices:
    """Delivery reports and replies, which are kept until they are confirmed."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def of_message(self, message_id: str) -> list[Notice]:
        """The notices about a message, the oldest first."""
        return self._database.read(Notice, f"{_NOTICES}message_id = ? ORDER BY position", (message_id,))

    def waiting(self, account_id: str, kind: str, most: int) -> list[Notice]:
        """Those that are not confirmed, the oldest first."""
        sql = f"{_NOTICES}account_id = ? AND kind = ? AND confirmed = 0 ORDER BY position LIMIT ?"
        return self._database.read(Notice, sql, (account_id, kind, most))

    def confirm(self, account_id: str, kind: str, ids: Sequence[str]) -> None:
        """Confirm notices; ids that there are not are passed over."""
        sql = f"UPDATE notices SET confirmed = 1 WHERE account_id = ? AND kind = ? AND notice_id IN ({marks(ids)})"  # noqa: S608
        self._database.execute(sql, (account_id, kind, *ids))
