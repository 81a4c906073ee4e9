"""The filters of `list_messages`, said once: their names, types and descriptions.

`list_messages` and its variants take them as keywords, the query is built from them, and `help()` shows them.
"""

from datetime import datetime

from .._call.parameters import MaybeEncoded
from ..api_client import CallOptions
from ..models.list_message_direction_enum import ListMessageDirectionEnum
from ..models.message_status_enum import MessageStatusEnum
from ..models.message_type_enum import MessageTypeEnum
from ..models.product_type_enum import ProductTypeEnum

__all__ = ["MessageFilters"]


class MessageFilters(CallOptions, total=False):
    """Which messages to list. Each may be left out or None; the service asks for at least one."""

    message_id: MaybeEncoded | None
    """The ID of the message to search for. Message IDs come in different formats, e.g.,
    9e0df4ca-b18d-40d7-a59f-82fcdf5ae8e6 and 1589228074636lm4k2je7j7jklbn2. Note that you must include at least one
    query parameter."""
    source_tn: MaybeEncoded | None
    """The phone number that sent the message: a single full phone number, a comma separated list of full phone numbers
    (maximum of 10) or a single partial phone number (minimum of 5 characters, e.g. '+1919')."""
    destination_tn: MaybeEncoded | None
    """The phone number that received the message: a single full phone number, a comma separated list of full phone
    numbers (maximum of 10) or a single partial phone number (minimum of 5 characters, e.g. '+1919')."""
    message_status: MessageStatusEnum | str | None
    """The status of the message. One of RECEIVED QUEUED SENDING SENT FAILED DELIVERED ACCEPTED UNDELIVERED."""
    message_direction: ListMessageDirectionEnum | str | None
    """The direction of the message. One of INBOUND OUTBOUND."""
    carrier_name: MaybeEncoded | None
    """The name of the carrier used for this message. Possible values include but are not limited to Verizon, TMobile
    and AT&T."""
    message_type: MessageTypeEnum | str | None
    """The type of message. One of sms mms rcs."""
    error_code: int | None
    """The error code of the message."""
    from_date_time: datetime | str | None
    """The start of the date range to search in ISO 8601 format. Uses the message receive time. The date range to
    search in is currently 14 days. A datetime, which needs a time zone, does as well."""
    to_date_time: datetime | str | None
    """The end of the date range to search in ISO 8601 format. Uses the message receive time. The date range to search
    in is currently 14 days. A datetime, which needs a time zone, does as well."""
    campaign_id: str | None
    """The campaign ID of the message."""
    from_bw_latency: int | None
    """The minimum Bandwidth latency of the message in seconds. Only available for accounts with the Advanced Quality
    Metrics feature enabled."""
    bw_queued: bool | None
    """Whether the message is queued in the Bandwidth network."""
    product: ProductTypeEnum | str | None
    """Messaging product associated with the message. One of LOCAL_A2P P2P SHORT_CODE_REACH TOLL_FREE
    HOSTED_SHORT_CODE ALPHA_NUMERIC RBM_MEDIA RBM_RICH RBM_CONVERSATIONAL."""
    location: str | None
    """Location ID associated with the message."""
    carrier_queued: bool | None
    """Whether the message is queued in the carrier network. Only available for OUTBOUND messages from accounts with
    the Advanced Quality Metrics feature enabled."""
    from_carrier_latency: int | None
    """The minimum carrier latency of the message in seconds. Only available for OUTBOUND messages from accounts with
    the Advanced Quality Metrics feature enabled."""
    calling_number_country_a3: str | None
    """Calling number country in A3 format."""
    called_number_country_a3: str | None
    """Called number country in A3 format."""
    from_segment_count: int | None
    """Segment count (start range, inclusive)."""
    to_segment_count: int | None
    """Segment count (end range, inclusive)."""
    from_message_size: int | None
    """Message size (start range, inclusive)."""
    to_message_size: int | None
    """Message size (end range, inclusive)."""
    sort: str | None
    """The field and direction to sort by combined with a colon. Direction is either asc or desc. The field is one of
    those of a listed message."""
    page_token: str | None
    """A base64 encoded value used for pagination of results."""
    limit: int | None
    """The maximum records requested in search result. Default 100. The sum of limit and after cannot be more than
    10000, where after is the position that the page token stands for."""
    limit_total_count: bool | None
    """When set to true, the response's totalCount field will have a maximum value of 10,000. When set to false, or
    excluded, this will give an accurate totalCount of all messages that match the provided filters. If you are
    experiencing latency, try using this parameter to limit your results."""
