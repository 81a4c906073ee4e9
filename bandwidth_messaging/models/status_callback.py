"""StatusCallback: what became of an outbound message."""

from pydantic import AwareDatetime

from .callback import Callback
from .status_callback_message import StatusCallbackMessage

__all__ = ["StatusCallback"]


class StatusCallback(Callback):
    """What became of an outbound message for one recipient.

    Its `type` is message-sending, message-sent, message-delivered, message-failed or message-read.
    """

    message: StatusCallbackMessage | None = None  # pyright: ignore[reportIncompatibleVariableOverride]  # a kind of the base's
    """The message that the event is about."""
    event_time: AwareDatetime | None = None
    """When the message was read. With message-read only."""
    error_code: int | None = None
    """Why the message failed. With message-failed only."""
