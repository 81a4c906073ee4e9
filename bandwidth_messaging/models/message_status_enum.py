"""MessageStatusEnum: How far a message has come."""

from ..model import OpenEnum

__all__ = ["MessageStatusEnum"]


class MessageStatusEnum(OpenEnum):
    """How far a message has come."""

    RECEIVED = "RECEIVED"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    DELIVERED = "DELIVERED"
    ACCEPTED = "ACCEPTED"
    UNDELIVERED = "UNDELIVERED"
