"""What the life of a message asks of its API family."""

from dataclasses import dataclass
from typing import Protocol

from ..store.records import Batch, Callback, Delivery, Message
from ..store.store import Store
from .accounts import Account


@dataclass(frozen=True)
class Incoming:
    """A message that a phone sends.

    Attributes:
        sender: The phone's number.
        recipients: Whom it goes to: a number of the account, and the others of a group.
        owner: The number of the account that receives it.
        text: The text; None if there is none.
        media: Addresses of pictures.
        time: When it came, in milliseconds since 1970.
        original: The last message that the account sent to this phone in this family, or None.
    """

    sender: str
    recipients: tuple[str, ...]
    owner: str
    text: str | None
    media: tuple[str, ...]
    time: int
    original: Message | None = None


class Family(Protocol):
    """One API family's share in the life of a message. Times are milliseconds since 1970."""

    def changed(self, account: Account, message: Message, delivery: Delivery, time: int) -> Batch:
        """What follows from the new status of a delivery: callbacks and notices."""
        ...

    def received(self, account: Account, incoming: Incoming) -> tuple[str, Batch]:
        """The id of a message that a phone sent, and what follows: the message, its delivery, what tells of it."""
        ...

    def answered(self, callback: Callback, store: Store, time: int) -> Batch:
        """What follows from the application's answer to a callback."""
        ...
