"""What the life cycle asks of each family: what to tell the application when a message changes or a phone answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ..messaging.accounts import Account
from ..store.messages import Batch, Row


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
        original: The columns of the last message that the account sent to this phone in this family, or None.
    """

    sender: str
    recipients: tuple[str, ...]
    owner: str
    text: str | None
    media: tuple[str, ...]
    time: int
    original: Row | None = None


class Family(Protocol):
    """One API family's share in the life of a message."""

    def changed(self, account: Account, message: Row, delivery: Row, time: int) -> Batch:
        """Say what follows from a new status of a delivery.

        Args:
            account: Whose message it is.
            message: The columns of the message.
            delivery: The columns of the delivery, with its new `message_status` and `error_code`.
            time: When it changed, in milliseconds since 1970.

        Returns:
            The callbacks and notices that are written together with the change.
        """
        ...

    def received(self, account: Account, incoming: Incoming) -> tuple[str, Batch]:
        """Say what follows from a message that a phone sent.

        Args:
            account: Whose number it was sent to.
            incoming: The message.

        Returns:
            The id of the message, and what is written: the message, its delivery, its callbacks and notices.
        """
        ...


def callback_row(
    message: Row, recipient: str, kind: str, url: str, headers: Mapping[str, str], body: str, time: int
) -> Row:
    """Make a callback that waits for its first attempt.

    Args:
        message: The columns of the message that it tells about.
        recipient: The recipient that it tells about.
        kind: What the callback tells, for example `message-delivered`.
        url: Where it goes.
        headers: Headers that its family sends; credentials are added when it is sent.
        body: The body.
        time: When it came about, in milliseconds since 1970.

    Returns:
        The columns of `callbacks`.
    """
    return {
        "account_id": message["account_id"], "message_id": message["message_id"], "recipient": recipient,
        "type": kind, "url": url, "headers": dict(headers), "body": body, "created": time,
        "state": "waiting", "due": time, "attempts": [],
    }  # fmt: skip
