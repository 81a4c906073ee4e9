"""MessageDirectionEnum: Which way a message goes, as the answer to a send says it."""

from .._models.open_enum import OpenEnum

__all__ = ["MessageDirectionEnum"]


class MessageDirectionEnum(OpenEnum):
    """Whether the message was received (in) or sent (out)."""

    IN = "in"
    OUT = "out"
