"""MessageStatusEnum: How far a message has come."""

from .._models.open_enum import OpenEnum

__all__ = ["MessageStatusEnum"]


class MessageStatusEnum(OpenEnum):
    """The status of the message.

    RECEIVED: the request was accepted. QUEUED: waits to go downstream. SENDING: being handed over. SENT: the carrier
    has it. DELIVERED: a receipt says that carrier or handset has it. FAILED: could not be sent or delivered. ACCEPTED:
    an inbound message that the customer took. UNDELIVERED: rejected upstream.
    """

    RECEIVED = "RECEIVED"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    DELIVERED = "DELIVERED"
    ACCEPTED = "ACCEPTED"
    UNDELIVERED = "UNDELIVERED"
