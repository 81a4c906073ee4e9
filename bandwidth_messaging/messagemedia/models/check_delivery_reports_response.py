"""CheckDeliveryReportsResponse: the delivery reports that wait to be confirmed."""

from ..model import FamilyModel
from .delivery_report import DeliveryReport

__all__ = ["CheckDeliveryReportsResponse"]


class CheckDeliveryReportsResponse(FamilyModel):
    """The oldest delivery reports that are not confirmed yet."""

    delivery_reports: list[DeliveryReport] | None = None
    """The reports, the oldest first, at most 100."""
