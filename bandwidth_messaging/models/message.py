"""Message: what the service accepted, as the answer to a send describes it."""

from pydantic import AliasChoices, AwareDatetime, Field

from ..model import Model
from .message_direction_enum import MessageDirectionEnum
from .priority_enum import PriorityEnum

__all__ = ["Message"]


class Message(Model):
    """A message that the service has accepted. Accepted means queued, not yet sent."""

    id: str | None = None
    """The message's id."""
    owner: str | None = None
    """The phone number of the account that the message belongs to; for a send, the sender."""
    application_id: str | None = None
    """The messaging application that the sender is tied to."""
    time: AwareDatetime | None = None
    """When the service took the message."""
    segment_count: int | None = None
    """How many segments the text takes; 1 for picture and group messages. Segments are what is billed."""
    direction: MessageDirectionEnum | None = None
    """Which way the message goes."""
    to: list[str] | None = None
    """The recipients' phone numbers."""
    var_from: str | None = Field(
        default=None, validation_alias=AliasChoices("from", "from_"), serialization_alias="from"
    )
    """The sender. `from` is a Python keyword; on the wire it is `from`."""
    media: list[str] | None = None
    """The URLs of the pictures and other media."""
    text: str | None = None
    """The text. The service gives it back here and never again."""
    tag: str | None = None
    """The caller's own note, which every callback about the message repeats."""
    priority: PriorityEnum | None = None
    """How urgently the message is sent."""
    expiration: AwareDatetime | None = None
    """When the service gives the message up if it has not sent it by then."""
