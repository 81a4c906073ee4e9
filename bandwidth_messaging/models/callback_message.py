"""CallbackMessage: the message that a callback is about."""

from pydantic import AliasChoices, AwareDatetime, Field

from .._models.base import Model
from .message_direction_enum import MessageDirectionEnum
from .multi_channel_message_channel_enum import MultiChannelMessageChannelEnum
from .priority_enum import PriorityEnum

__all__ = ["CallbackMessage"]


class CallbackMessage(Model):
    """The message that a callback is about."""

    id: str | None = None
    """The ID of the message."""
    owner: str | None = None
    """The account's number that the message belongs to. Some events name the recipient here: do not rely on it."""
    application_id: str | None = None
    """The ID of the messaging application of the message."""
    time: AwareDatetime | None = None
    """When the message was accepted or received."""
    segment_count: int | None = None
    """How many segments the message takes."""
    direction: MessageDirectionEnum | None = None
    """Whether the message was received (in) or sent (out)."""
    to: list[str] | None = None
    """The recipients' phone numbers. All of a group message's, whichever of them the event is about."""
    var_from: str | None = Field(
        default=None, validation_alias=AliasChoices("from", "from_"), serialization_alias="from"
    )
    """The sender. `from` is a Python keyword, so the attribute is `var_from`."""
    text: str | None = None
    """The text of an inbound message; empty in events about outbound ones."""
    tag: str | None = None
    """Custom text that the request gave."""
    media: list[str] | None = None
    """URLs of the media of the message."""
    priority: PriorityEnum | None = None
    """How urgent the message is."""
    channel: MultiChannelMessageChannelEnum | None = None
    """The channel that the message took."""
