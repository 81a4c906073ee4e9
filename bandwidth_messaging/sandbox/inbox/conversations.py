"""What the inbox page reads from the store. Everything is paged by key, so that a million messages cost as a thousand.

A message is shown once for each recipient, as each phone got it. The conversations and search results of an account
are those of its three families, merged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..families.v2 import filters
from ..messaging.accounts import Account
from ..store.messages import Row, Store, unpacked
from ..views import one_time_code

FAMILIES = ("v2", "classic", "messagemedia")
SEARCHED_AT_ONCE = 20_000
_OF_MESSAGE = "m.family, m.recipients, m.text, m.media, m.tag"
_END = 1 << 62
_EQUALITIES = {"messageId": "message", "sourceTn": "source", "destinationTn": "destination"}
_MESSAGE_FILTERS = {"text": "instr(fold(m.text), fold(?)) > 0", "tag": "m.tag = ?"}

Key = tuple[int, int]
Shown = dict[str, Any]


@dataclass(frozen=True)
class Search:
    """What is looked for; everything must hold.

    Attributes:
        family: `v2`, `classic` or `messagemedia`; None for all.
        text: A part of the text, in any case.
        tag: The tag.
        status: The status in the words of its family, in any case.
        filters: The filters of the V2 list, by wire name.
    """

    family: str | None = None
    text: str | None = None
    tag: str | None = None
    status: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


class Reader:
    """Reads what belongs to one account."""

    def __init__(self, store: Store, account: Account, may_preview: Callable[[str], bool]) -> None:
        """Take what it works with.

        Args:
            store: Where the messages are.
            account: Whose messages are shown.
            may_preview: Tells whether the page may load a picture from an address.
        """
        self._store = store
        self._account_ids = dict(zip(FAMILIES, account.ids, strict=True))
        self._may_preview = may_preview

    def conversations(self, family: str | None, before: int | None, limit: int) -> Shown:
        """Read conversations, the one with the newest message first.

        Args:
            family: Those of one family; None for all.
            before: Only those whose newest message has a smaller position; None starts at the newest.
            limit: How many at most.

        Returns:
            `conversations`, and `next`: what to give as `before` for the following ones, or None.
        """
        sql = (
            f"SELECT d.*, {_OF_MESSAGE}, c.owner, c.phone, c.total FROM conversations c"  # noqa: S608 - columns are our own
            " JOIN deliveries d ON d.position = c.last_position JOIN messages m ON m.message_id = d.message_id"
            " WHERE c.account_id = ? AND c.last_position < ? ORDER BY c.last_position DESC LIMIT ?"
        )
        rows: list[Row] = []
        for account_id in self._ids(family):
            rows += self._store.select(sql, (account_id, before or _END, limit + 1))
        rows.sort(key=lambda row: int(row["position"]), reverse=True)
        more = len(rows) > limit
        shown = [self._conversation(unpacked(row)) for row in rows[:limit]]
        return {"conversations": shown, "next": rows[limit - 1]["position"] if more else None}

    def conversation(self, number: int) -> Shown | None:
        """Read one conversation.

        Args:
            number: Its number.

        Returns:
            Its members and its newest message; None if the account has no such conversation.
        """
        sql = (
            f"SELECT d.*, {_OF_MESSAGE}, c.owner, c.phone, c.total FROM conversations c"  # noqa: S608 - columns are our own
            " JOIN deliveries d ON d.position = c.last_position JOIN messages m ON m.message_id = d.message_id"
            f" WHERE c.conversation = ? AND c.account_id IN ({self._marks()})"
        )
        rows = self._store.select(sql, (number, *self._account_ids.values()))
        return self._conversation(unpacked(rows[0])) if rows else None

    def messages(self, conversation: int, before: int | None, since: int | None, limit: int) -> Shown:
        """Read the messages of a conversation, the newest first.

        Args:
            conversation: Its number.
            before: Only messages with a smaller position; None starts at the newest.
            since: Only messages from this position on; None for all.
            limit: How many at most.

        Returns:
            `messages`, and `next`: what to give as `before` for the older ones, or None.
        """
        sql = (
            f"SELECT d.*, {_OF_MESSAGE} FROM deliveries d JOIN messages m ON m.message_id = d.message_id"  # noqa: S608
            " WHERE d.conversation = ? AND d.position < ? AND d.position >= ? ORDER BY d.position DESC LIMIT ?"
        )
        rows = self._store.select(sql, (conversation, before or _END, since or 0, limit + 1))
        shown = [self.summary(unpacked(row)) for row in rows[:limit]]
        return {"messages": shown, "next": rows[limit - 1]["position"] if len(rows) > limit else None}

    def search(self, search: Search, before: Key | None, limit: int) -> Shown:
        """Look for messages, the newest first, among the next 20,000 of each family.

        Args:
            search: What is looked for.
            before: Only messages before this time and position; None starts at the newest.
            limit: How many at most.

        Returns:
            `messages`; `searched`: the time down to which everything was looked at, in milliseconds since 1970, or
            None for all of it; `next`: what to give as `before` to look further back, or None.

        Raises:
            Problem: 400 for a malformed time.
        """
        found: list[Row] = []
        edges: list[Key] = []
        for account_id in self._ids(search.family):
            rows, edge = self._look(account_id, search, before or (_END, _END), limit)
            found += rows
            edges += [edge] if edge else []
        # Below the newest edge, another family might have messages that were not looked at.
        edge = max(edges, default=None)
        found = sorted((row for row in found if edge is None or _key(row) >= edge), key=_key, reverse=True)
        if len(found) > limit:
            found = found[:limit]
            edge = _key(found[-1])
        return {
            "messages": [self.summary(unpacked(row)) for row in found],
            "searched": edge[0] if edge else None,
            "next": f"{edge[0]}.{edge[1]}" if edge else None,
        }

    def message(self, message_id: str) -> Row | None:
        """Read a message.

        Args:
            message_id: Its id.

        Returns:
            The columns of `messages`; None if the account has no such message.
        """
        message = self._store.message(message_id)
        return message if message is not None and message["account_id"] in self._account_ids.values() else None

    def summary(self, row: Row) -> Shown:
        """Show a message as one of its recipients got it.

        Args:
            row: The columns of the delivery, and text, media, tag, family and recipients of the message.

        Returns:
            What a list shows of it.
        """
        return {
            "position": row["position"],
            "conversation": row["conversation"],
            "message_id": row["message_id"],
            "family": row["family"],
            "direction": row["message_direction"],
            "from": row["source_tn"],
            "to": row["destination_tn"],
            "recipients": row["recipients"],
            "text": row["text"],
            "media": [{"url": url, "preview": self._may_preview(url)} for url in row["media"] or ()],
            "tag": row["tag"],
            "status": row["message_status"],
            "error_code": row["error_code"],
            "type": row["message_type"],
            "segments": row["segment_count"],
            "time": row["receive_time"],
            "code": one_time_code(row["text"]),
        }

    def _conversation(self, row: Row) -> Shown:
        members = {name: row[name] for name in ("owner", "phone", "total")}
        return {"id": row["conversation"], **members, "family": row["family"], "last": self.summary(row)}

    def _look(self, account_id: str, search: Search, before: Key, limit: int) -> tuple[list[Row], Key | None]:
        """Look through the next messages of one family: what was found, and how far down that is complete."""
        index, first = _index(search)
        conditions = ["account_id = ?", "(receive_time, position) < (?, ?)", *(each for each, _ in first)]
        values: list[Any] = [account_id, *before, *(value for _, bound in first for value in bound)]
        where = " AND ".join(conditions)
        source = f"FROM deliveries INDEXED BY deliveries_by_{index} WHERE"
        order = "ORDER BY receive_time DESC, position DESC"
        end = f"SELECT receive_time, position {source} {where} {order} LIMIT 1 OFFSET ?"
        last = self._store.select(end, (*values, SEARCHED_AT_ONCE - 1))
        edge = _key(last[0]) if last else None
        others, bound = _others(search)
        if edge is not None:
            others, bound = [*others, "(receive_time, position) >= (?, ?)"], [*bound, *edge]
        inner = f"SELECT * {source} {' AND '.join([where, *others])} {order} LIMIT ?"
        sql = f"SELECT d.*, {_OF_MESSAGE} FROM ({inner}) d JOIN messages m ON m.message_id = d.message_id"  # noqa: S608
        rows = self._store.select(sql, (*values, *bound, limit + 1))
        rows.sort(key=_key, reverse=True)
        return (rows, _key(rows[limit - 1])) if len(rows) > limit else (rows, edge)

    def _ids(self, family: str | None) -> list[str]:
        return [account_id for name, account_id in self._account_ids.items() if family in (None, name)]

    def _marks(self) -> str:
        return ", ".join("?" * len(self._account_ids))


def _key(row: Row) -> Key:
    return int(row["receive_time"]), int(row["position"])


def _index(search: Search) -> tuple[str, list[tuple[str, list[Any]]]]:
    """Choose the index to read by, and the one condition that goes with it; all of them end in the order of time."""
    for name, index in _EQUALITIES.items():
        if name in search.filters:
            condition, bound = filters.condition(name, search.filters[name])
            if condition.endswith(" = ?"):
                return index, [(condition, bound)]
    return "time", []


def _others(search: Search) -> tuple[list[str], list[Any]]:
    conditions, values = [], []
    for name, value in search.filters.items():
        condition, bound = filters.condition(name, value)
        conditions.append(condition)
        values += bound
    if search.status is not None:
        conditions.append("upper(message_status) = upper(?)")
        values.append(search.status)
    of_message = {name: getattr(search, name) for name in _MESSAGE_FILTERS if getattr(search, name) is not None}
    if of_message:
        held = " AND ".join(_MESSAGE_FILTERS[name] for name in of_message)
        conditions.append(
            f"EXISTS (SELECT 1 FROM messages m WHERE m.message_id = deliveries.message_id AND {held})"  # noqa: S608
        )
        values += of_message.values()
    return conditions, values
