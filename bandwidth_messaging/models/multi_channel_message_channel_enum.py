"""MultiChannelMessageChannelEnum: the channel that a message took."""

from .._models.open_enum import OpenEnum

__all__ = ["MultiChannelMessageChannelEnum"]


class MultiChannelMessageChannelEnum(OpenEnum):
    """The channel that the message took."""

    RBM = "RBM"
    SMS = "SMS"
    MMS = "MMS"
