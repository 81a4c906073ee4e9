"""ListMessageDirectionEnum: Which way a message goes, as the list says it."""

from .._models.open_enum import OpenEnum

__all__ = ["ListMessageDirectionEnum"]


class ListMessageDirectionEnum(OpenEnum):
    """The direction of the message.

    In capitals, as the list says it; the answer to a send says `MessageDirectionEnum`.
    """

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
