"""ListMessageDirectionEnum: Which way a message goes, as the list says it."""

from ..model import OpenEnum

__all__ = ["ListMessageDirectionEnum"]


class ListMessageDirectionEnum(OpenEnum):
    """Which way a message goes, as the list says it."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
