"""MessageDirectionEnum: Which way a message goes, as the answer to a send says it."""

from ..model import OpenEnum

__all__ = ["MessageDirectionEnum"]


class MessageDirectionEnum(OpenEnum):
    """Which way a message goes, as the answer to a send says it."""

    IN = "in"
    OUT = "out"
