"""SubmittedMessage: a message as the service has it."""

from pydantic import AwareDatetime

from ..model import FamilyModel
from .format_enum import FormatEnum
from .source_number_type_enum import SourceNumberTypeEnum
from .status_enum import StatusEnum

__all__ = ["SubmittedMessage"]


class SubmittedMessage(FamilyModel):
    """A message as it was submitted, with its id and its status.

    Inputs that were not given are left out.
    """

    message_id: str | None = None
    """The ID of the message, a UUID."""
    status: StatusEnum | None = None
    """How far the message has come. In the answer to a send always `queued`."""
    content: str | None = None
    """The content of the message."""
    destination_number: str | None = None
    """The phone number that the message goes to."""
    callback_url: str | None = None
    """The URL that delivery reports and replies are posted to."""
    delivery_report: bool | None = None
    """Whether delivery reports are made for the message."""
    format: FormatEnum | None = None
    """What the message is delivered as."""
    message_expiry_timestamp: AwareDatetime | None = None
    """The latest time at which the message should be delivered."""
    metadata: dict[str, str] | None = None
    """Data of your own, which the delivery reports and replies of the message carry."""
    scheduled: AwareDatetime | None = None
    """When the message is to be delivered."""
    source_number: str | None = None
    """The number or name that the message appears to come from."""
    source_number_type: SourceNumberTypeEnum | None = None
    """The type of the source number."""
    media: list[str] | None = None
    """URLs of pictures."""
    subject: str | None = None
    """The subject of a picture message."""
