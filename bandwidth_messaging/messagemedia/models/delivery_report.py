"""DeliveryReport: a message's change of status."""

from pydantic import AwareDatetime

from ..model import FamilyModel
from .status_enum import StatusEnum
from .vendor_account_id import VendorAccountId

__all__ = ["DeliveryReport"]


class DeliveryReport(FamilyModel):
    """One change in the status of a message."""

    delivery_report_id: str | None = None
    """The ID of the report, by which it is confirmed."""
    message_id: str | None = None
    """The ID of the message that the report is about."""
    status: StatusEnum | None = None
    """The new status of the message."""
    source_number: str | None = None
    """The number that the message went to: source and destination of a report are the inverse of the message's."""
    date_received: AwareDatetime | None = None
    """When the report came."""
    submitted_date: AwareDatetime | None = None
    """When the status changed."""
    delay: int | None = None
    """Deprecated by the vendor; 0."""
    original_text: str | None = None
    """The content of the message."""
    callback_url: str | None = None
    """The URL that the message named for its reports."""
    metadata: dict[str, str] | None = None
    """The metadata of the message."""
    vendor_account_id: VendorAccountId | None = None
    """The account that the message was sent by."""
    billing_units: int | float | None = None
    """How many units the message was billed as."""
    error_code: str | None = None
    """The vendor's code for the status, in reports that are posted to `callback_url`."""
