"""Messages and their deliveries: one of each for all families."""

from collections.abc import Mapping, Sequence

from .database import Database
from .queries import marks
from .records import Content, Delivery, Message, ShownDelivery
from .schema import columns

_SHOWN = (
    f"SELECT {columns(Delivery, 'd')}, {columns(Content, 'm')} "  # noqa: S608
    "FROM deliveries d JOIN messages m ON m.message_id = d.message_id WHERE "
)
_FILTERS = {
    "message_id": "d.message_id = ?",
    "from_": "d.source_tn = ?",
    "to": "d.destination_tn = ?",
    "status": "d.message_status = ?",
    "text": "instr(m.text, ?) > 0",
    "tag": "m.tag = ?",
    "direction": "d.message_direction = upper(?)",
    "family": "m.family = lower(?)",
}
FILTERS = tuple(_FILTERS)


class Messages:
    """Reads messages and deliveries."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def get(self, message_id: str) -> Message | None:
        """The message with this id."""
        sql = f"SELECT {columns(Message)} FROM messages WHERE message_id = ?"  # noqa: S608
        return next(iter(self._database.read(Message, sql, (message_id,))), None)

    def exist_of(self, account_id: str) -> bool:
        """Whether the account has messages."""
        return bool(self._database.select("SELECT 1 FROM deliveries WHERE account_id = ? LIMIT 1", (account_id,)))

    def deliveries(self, account_id: str, message_id: str) -> list[Delivery]:
        """The deliveries of a message, in the order of the recipients."""
        sql = f"SELECT {columns(Delivery)} FROM deliveries WHERE account_id = ? AND message_id = ? ORDER BY position"  # noqa: S608
        return self._database.read(Delivery, sql, (account_id, message_id))

    def due(self, account_ids: Sequence[str], now: int, most: int) -> list[Delivery]:
        """The deliveries whose next step is due, the earliest first."""
        sql = (
            f"SELECT {columns(Delivery)} FROM deliveries WHERE account_id = ? AND next_due <= ? "  # noqa: S608
            "ORDER BY next_due, rowid LIMIT ?"
        )
        found: list[Delivery] = []
        for account_id in account_ids:
            found += self._database.read(Delivery, sql, (account_id, now, most))
        return sorted(found, key=lambda delivery: delivery.next_due or 0)[:most]

    def find(self, account_ids: Sequence[str], filters: Mapping[str, str], most: int) -> list[ShownDelivery]:
        """The newest deliveries that match all filters, out of `FILTERS`; the newest first."""
        conditions = [f"d.account_id IN ({marks(account_ids)})", *(_FILTERS[name] for name in filters)]
        sql = f"{_SHOWN}{' AND '.join(conditions)} ORDER BY d.position DESC LIMIT ?"
        return self._database.read(ShownDelivery, sql, (*account_ids, *filters.values(), most))

    def stored(self, account_id: str, after: int, limit: int) -> list[ShownDelivery]:
        """The deliveries from a position on, the oldest first."""
        sql = f"{_SHOWN}d.account_id = ? AND d.position > ? ORDER BY d.position LIMIT ?"
        return self._database.read(ShownDelivery, sql, (account_id, after, limit))

    def in_conversation(self, conversation: int, before: int, since: int, limit: int) -> list[ShownDelivery]:
        """The deliveries of a conversation between two positions, the newest first."""
        sql = f"{_SHOWN}d.conversation = ? AND d.position < ? AND d.position >= ? ORDER BY d.position DESC LIMIT ?"
        return self._database.read(ShownDelivery, sql, (conversation, before, since, limit))

    def last_to(self, account_ids: Sequence[str], phone: str, owner: str | None, family: str | None) -> Message | None:
        """The last message to a phone: of each account by its index, of those the latest."""
        sql = (
            "SELECT m.message_id, d.position FROM deliveries d JOIN messages m ON m.message_id = d.message_id"
            " WHERE d.account_id = ? AND d.destination_tn = ? AND d.message_direction = 'OUTBOUND'"
            " AND (? IS NULL OR d.source_tn = ?) AND (? IS NULL OR m.family = ?)"
            " ORDER BY d.receive_time DESC, d.position DESC LIMIT 1"
        )
        found = []
        for account_id in account_ids:
            found += self._database.select(sql, (account_id, phone, owner, owner, family, family))
        return self.get(max(found, key=lambda row: int(row["position"]))["message_id"]) if found else None
