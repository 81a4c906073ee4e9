"""PriorityEnum: How urgently a message is to be sent."""

from ..model import OpenEnum

__all__ = ["PriorityEnum"]


class PriorityEnum(OpenEnum):
    """How urgently a message is to be sent."""

    DEFAULT = "default"
    HIGH = "high"
