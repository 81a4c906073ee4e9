"""InboundCallbackMessage: the message that a phone sent."""

from .callback_message import CallbackMessage
from .multi_channel_message_content import MultiChannelMessageContent
from .rbm_location_response import RbmLocationResponse
from .rbm_suggestion_response import RbmSuggestionResponse

__all__ = ["InboundCallbackMessage"]


class InboundCallbackMessage(CallbackMessage):
    """The message that reached one of the account's numbers."""

    content: MultiChannelMessageContent | None = None
    """Text and file of an inbound rich message."""
    suggestion_response: RbmSuggestionResponse | None = None
    """The suggestion of a rich message that the recipient chose."""
    location_response: RbmLocationResponse | None = None
    """The place that the recipient shared."""
