"""ListMessageItem: one message of a list, with what happened to it."""

from pydantic import AwareDatetime

from .._models.base import Model
from .list_message_direction_enum import ListMessageDirectionEnum
from .message_status_enum import MessageStatusEnum
from .message_type_enum import MessageTypeEnum

__all__ = ["ListMessageItem"]


class ListMessageItem(Model):
    """What is kept of a message. Its text is not."""

    message_id: str | None = None
    """The ID of the message."""
    account_id: str | None = None
    """The ID of the account that the message belongs to."""
    source_tn: str | None = None
    """The sender."""
    destination_tn: str | None = None
    """The recipient."""
    message_status: MessageStatusEnum | None = None
    """How far the message has come."""
    message_direction: ListMessageDirectionEnum | None = None
    """Which way the message went."""
    message_type: MessageTypeEnum | None = None
    """What kind of message it is."""
    segment_count: int | None = None
    """How many segments the message takes."""
    error_code: int | None = None
    """Why the message failed; 0 if it did not."""
    receive_time: AwareDatetime | None = None
    """When the service received the message."""
    carrier_name: str | None = None
    """The name of the carrier. Not known for MMS."""
    message_size: int | None = None
    """The size of the message in bytes, headers included."""
    message_length: int | None = None
    """The length of the message in characters."""
    attachment_count: int | None = None
    """How many attachments the message has."""
    recipient_count: int | None = None
    """How many recipients the message has."""
    campaign_class: str | None = None
    """The class of the 10DLC campaign."""
    campaign_id: str | None = None
    """The ID of the 10DLC campaign."""
    bw_latency: int | None = None
    """How long the message was in the Bandwidth network, in seconds. With Advanced Quality Metrics only."""
    carrier_latency: int | None = None
    """How long an outbound message was in the carrier's network, in seconds. With Advanced Quality Metrics only."""
    calling_number_country_a3: str | None = None
    """The sender's country as an ISO 3166 alpha-3 code."""
    called_number_country_a3: str | None = None
    """The recipient's country as an ISO 3166 alpha-3 code."""
    product: str | None = None
    """The messaging product of the message."""
    location: str | None = None
    """The ID of the location of the message."""
