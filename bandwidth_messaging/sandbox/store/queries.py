"""What other layers ask the store for: conditions, and the order of what is found. The SQL in them stays in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that deliveries meet. `equal_column` names the column if it must equal one value."""

    sql: str
    values: tuple[Any, ...]
    equal_column: str | None = None


def equals(column: str, value: Any) -> Condition:
    """The column has this value."""
    return Condition(f"{column} = ?", (value,), column)


def equals_in_any_case(column: str, value: str) -> Condition:
    """The column has this value, in upper or lower case."""
    return Condition(f"upper({column}) = upper(?)", (value,))


def at_least(column: str, value: Any) -> Condition:
    """The column has this value or a greater one."""
    return Condition(f"{column} >= ?", (value,))


def at_most(column: str, value: Any) -> Condition:
    """The column has this value or a smaller one."""
    return Condition(f"{column} <= ?", (value,))


def above(column: str, value: Any) -> Condition:
    """The column has a greater value."""
    return Condition(f"{column} > ?", (value,))


def below(column: str, value: Any) -> Condition:
    """The column has a smaller value."""
    return Condition(f"{column} < ?", (value,))


def in_list(column: str, values: Sequence[Any]) -> Condition:
    """The column has one of these values."""
    return Condition(f"{column} IN ({marks(values)})", tuple(values))


def starts_with(column: str, beginning: str) -> Condition:
    """The column begins with a text."""
    # A range, unlike LIKE, is read from the index; no character sorts behind the last one.
    return Condition(f"({column} >= ? AND {column} < ?)", (beginning, beginning + "\U0010ffff"))


def before(time: int, position: int) -> Condition:
    """The delivery came before this time, or at it and before this position."""
    return Condition("(receive_time, position) < (?, ?)", (time, position))


def not_before(time: int, position: int) -> Condition:
    """The delivery did not come before this time and position."""
    return Condition("(receive_time, position) >= (?, ?)", (time, position))


def text_contains(part: str) -> Condition:
    """The text of the message contains a part, in upper or lower case."""
    return _of_message("instr(fold(m.text), fold(?)) > 0", part)


def tag_is(tag: str) -> Condition:
    """The message has this tag."""
    return _of_message("m.tag = ?", tag)


def _of_message(condition: str, value: str) -> Condition:
    found = f"SELECT 1 FROM messages m WHERE m.message_id = deliveries.message_id AND {condition}"  # noqa: S608
    return Condition(f"EXISTS ({found})", (value,))


@dataclass(frozen=True, slots=True)
class Order:
    """What deliveries are sorted by; those with the same key are in the order of arrival.

    Attributes:
        column: The column.
        null: What a delivery without a value counts as; None if there is none.
        descending: Whether the order is reversed.
    """

    column: str = "receive_time"
    null: str | int | None = None
    descending: bool = True

    @property
    def key(self) -> str:
        """The SQL expression to sort by, never null."""
        return self.column if self.null is None else f"coalesce({self.column}, {self.null!r})"


@dataclass(frozen=True, slots=True)
class Query:
    """Which deliveries are wanted, and in which order."""

    conditions: tuple[Condition, ...]
    order: Order = Order()


@dataclass(frozen=True, slots=True)
class Pin:
    """A place in the order of a query: just after the delivery with this key and position, or just before it."""

    key: Any
    position: int
    backwards: bool = False


def where(conditions: Sequence[Condition]) -> str:
    """All conditions as one SQL expression."""
    return " AND ".join(condition.sql for condition in conditions)


def bound(conditions: Sequence[Condition]) -> list[Any]:
    """The values of the conditions, in their order."""
    return [value for condition in conditions for value in condition.values]


def marks(values: Sequence[Any]) -> str:
    """A `?` for each value."""
    return ", ".join("?" * len(values))
