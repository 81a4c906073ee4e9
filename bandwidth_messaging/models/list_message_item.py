"""ListMessageItem: one message of a list, with what happened to it."""

from pydantic import AwareDatetime

from ..model import Model
from .list_message_direction_enum import ListMessageDirectionEnum
from .message_status_enum import MessageStatusEnum
from .message_type_enum import MessageTypeEnum

__all__ = ["ListMessageItem"]


class ListMessageItem(Model):
    """One message of a list. The service does not keep texts, so there is none here."""

    message_id: str | None = None
    """The message's id."""
    account_id: str | None = None
    """The account that the message belongs to."""
    source_tn: str | None = None
    """The phone number that sent the message."""
    destination_tn: str | None = None
    """The phone number that received the message."""
    message_status: MessageStatusEnum | None = None
    """How far the message has come."""
    message_direction: ListMessageDirectionEnum | None = None
    """Which way the message went."""
    message_type: MessageTypeEnum | None = None
    """What kind of message it is."""
    segment_count: int | None = None
    """How many segments the message took."""
    error_code: int | None = None
    """Why it was not delivered; 0 where there was no error."""
    receive_time: AwareDatetime | None = None
    """When the service received the message."""
    carrier_name: str | None = None
    """The carrier; not given for picture messages."""
    message_size: int | None = None
    """The size in bytes, headers included."""
    message_length: int | None = None
    """The length of the text in characters."""
    attachment_count: int | None = None
    """How many attachments it had."""
    recipient_count: int | None = None
    """How many recipients it had."""
    campaign_class: str | None = None
    """The class of its campaign."""
    campaign_id: str | None = None
    """The 10DLC campaign that it belongs to."""
    bw_latency: int | None = None
    """Seconds in the service's own network; only with Advanced Quality Metrics."""
    carrier_latency: int | None = None
    """Seconds in the carrier's network; outbound messages only, with Advanced Quality Metrics."""
    calling_number_country_a3: str | None = None
    """The sender's country, ISO 3166-1 alpha-3."""
    called_number_country_a3: str | None = None
    """The recipient's country, ISO 3166-1 alpha-3."""
    product: str | None = None
    """The messaging product that carried the message."""
    location: str | None = None
    """The id of the location that the number belongs to."""
