"""VendorAccountId: whose message it is."""

from ..model import FamilyModel

__all__ = ["VendorAccountId"]


class VendorAccountId(FamilyModel):
    """The account that a message was sent by."""

    vendor_id: str | None = None
    """The vendor, such as `MessageMedia`."""
    account_id: str | None = None
    """The account at that vendor."""
