"""Conversations: the deliveries between one number of an account and one phone."""

from collections.abc import Sequence

from .database import Database
from .queries import marks
from .records import Content, Delivery, ShownConversation
from .schema import columns

_SHOWN = (
    f"SELECT {columns(Delivery, 'd')}, {columns(Content, 'm')}, c.owner, c.phone, c.total FROM conversations c "  # noqa: S608
    "JOIN deliveries d ON d.position = c.last_position JOIN messages m ON m.message_id = d.message_id WHERE "
)


class Conversations:
    """Reads conversations."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def newest(self, account_id: str, before: int, limit: int) -> list[ShownConversation]:
        """Those whose newest delivery came before a position, the newest first."""
        sql = f"{_SHOWN}c.account_id = ? AND c.last_position < ? ORDER BY c.last_position DESC LIMIT ?"
        return self._database.read(ShownConversation, sql, (account_id, before, limit))

    def get(self, conversation: int, account_ids: Sequence[str]) -> ShownConversation | None:
        """The conversation with this number, if it is of one of these accounts."""
        sql = f"{_SHOWN}c.conversation = ? AND c.account_id IN ({marks(account_ids)})"
        return next(iter(self._database.read(ShownConversation, sql, (conversation, *account_ids))), None)


class OptOuts:
    """The phones that have sent STOP."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def add(self, account_id: str, owner: str, phone: str) -> None:
        """A phone has sent STOP to a number."""
        sql = "INSERT OR IGNORE INTO opt_outs (account_id, owner, phone) VALUES (?, ?, ?)"
        self._database.execute(sql, (account_id, owner, phone))

    def remove(self, account_id: str, owner: str, phone: str) -> None:
        """A phone has sent START to a number."""
        sql = "DELETE FROM opt_outs WHERE account_id = ? AND owner = ? AND phone = ?"
        self._database.execute(sql, (account_id, owner, phone))

    def include(self, account_id: str, owner: str, phone: str) -> bool:
        """Whether a phone has sent STOP to a number."""
        sql = "SELECT 1 FROM opt_outs WHERE account_id = ? AND owner = ? AND phone = ?"
        return bool(self._database.select(sql, (account_id, owner, phone)))
