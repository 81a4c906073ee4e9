"""Reply: what a recipient answered."""

from pydantic import AwareDatetime

from ..model import FamilyModel
from .vendor_account_id import VendorAccountId

__all__ = ["Reply"]


class Reply(FamilyModel):
    """A message from a phone: in response to a message of yours, or to a number of yours."""

    reply_id: str | None = None
    """The ID of the reply, by which it is confirmed."""
    message_id: str | None = None
    """The ID of the message that the reply is in response to."""
    content: str | None = None
    """The content of the reply."""
    source_number: str | None = None
    """The number of the phone, to which the original message went."""
    destination_number: str | None = None
    """The source number of the original message. Absent if that had none."""
    date_received: AwareDatetime | None = None
    """When the reply came."""
    callback_url: str | None = None
    """The URL that the original message named for its replies."""
    metadata: dict[str, str] | None = None
    """The metadata of the original message."""
    vendor_account_id: VendorAccountId | None = None
    """The account that the original message was sent by."""
