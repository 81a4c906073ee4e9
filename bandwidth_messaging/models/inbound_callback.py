"""InboundCallback: a message that reached one of the account's numbers."""

from .callback import Callback
from .inbound_callback_message import InboundCallbackMessage

__all__ = ["InboundCallback"]


class InboundCallback(Callback):
    """A message that reached one of the account's numbers.

    Its `type` is message-received, requested-location-response or suggestion-response.
    """

    message: InboundCallbackMessage | None = None  # pyright: ignore[reportIncompatibleVariableOverride]  # a kind of the base's
    """The message that the event is about."""
