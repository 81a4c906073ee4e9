"""StatusEnum: how far a message has come."""

from ..._models.open_enum import OpenEnum

__all__ = ["StatusEnum"]


class StatusEnum(OpenEnum):
    """The status of a message.

    queued: accepted. scheduled: waits for its time. cancelled: was cancelled in time. processing, processed: on its way
    through the service. enroute: at the gateway. held: kept back. submitted: the carrier has it. delivered: a receipt
    says so. expired: not delivered in time. rejected: refused for good. undeliverable, failed: could not be delivered.
    read: was opened. undefined: not known.
    """

    UNDEFINED = "undefined"
    QUEUED = "queued"
    PROCESSING = "processing"
    PROCESSED = "processed"
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    ENROUTE = "enroute"
    HELD = "held"
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNDELIVERABLE = "undeliverable"
    FAILED = "failed"
    READ = "read"
