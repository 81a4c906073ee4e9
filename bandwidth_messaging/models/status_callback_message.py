"""StatusCallbackMessage: the outbound message that a callback is about."""

from .callback_message import CallbackMessage

__all__ = ["StatusCallbackMessage"]


class StatusCallbackMessage(CallbackMessage):
    """The outbound message that a callback is about."""
