"""Message: what the service accepted, as the answer to a send describes it."""

from pydantic import AliasChoices, AwareDatetime, Field

from .._models.base import Model
from .message_direction_enum import MessageDirectionEnum
from .priority_enum import PriorityEnum

__all__ = ["Message"]


class Message(Model):
    """A message as it was accepted.

    Inputs that were not given are left out. Accepted means queued, not yet sent.
    """

    id: str | None = None
    """The ID of the message."""
    owner: str | None = None
    """The number of the account that the message belongs to; the sender of an outbound message."""
    application_id: str | None = None
    """The ID of the messaging application of the message."""
    time: AwareDatetime | None = None
    """When the message was accepted."""
    segment_count: int | None = None
    """How many segments the message takes. 1 for MMS and group messages. Segments are what is billed."""
    direction: MessageDirectionEnum | None = None
    """Which way the message goes: `out` for one that was sent."""
    to: list[str] | None = None
    """The recipients' phone numbers."""
    var_from: str | None = Field(
        default=None, validation_alias=AliasChoices("from", "from_"), serialization_alias="from"
    )
    """The sender. `from` is a Python keyword, so the attribute is `var_from`."""
    media: list[str] | None = None
    """URLs of the media of the message."""
    text: str | None = None
    """The text of the message. The service gives it back here and never again."""
    tag: str | None = None
    """Custom text that the request gave."""
    priority: PriorityEnum | None = None
    """How urgently the message is sent."""
    expiration: AwareDatetime | None = None
    """When the message stops being worth sending."""
