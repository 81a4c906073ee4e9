"""CheckDeliveryReportsResponse: the delivery reports that wait to be confirmed."""

from typing import Annotated

from ..._models.lenient import KeepOddRows
from ..model import FamilyModel
from .delivery_report import DeliveryReport

__all__ = ["CheckDeliveryReportsResponse"]


class CheckDeliveryReportsResponse(FamilyModel):
    """The oldest delivery reports that are not confirmed yet."""

    delivery_reports: Annotated[list[DeliveryReport] | None, KeepOddRows()] = None
    """The reports, the oldest first, at most 100."""
