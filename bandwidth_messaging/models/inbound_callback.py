"""InboundCallback: a message that reached one of the account's numbers."""

from .callback import Callback

__all__ = ["InboundCallback"]


class InboundCallback(Callback):
    """A message that reached one of the account's numbers.

    Its `type` is message-received, requested-location-response or suggestion-response.
    """
