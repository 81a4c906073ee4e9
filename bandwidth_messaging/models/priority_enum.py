"""PriorityEnum: How urgently a message is to be sent."""

from .._models.open_enum import OpenEnum

__all__ = ["PriorityEnum"]


class PriorityEnum(OpenEnum):
    """How urgent the message is. `default` when the request does not say."""

    DEFAULT = "default"
    HIGH = "high"
