"""MessageTypeEnum: What kind of message it is."""

from .._models.open_enum import OpenEnum

__all__ = ["MessageTypeEnum"]


class MessageTypeEnum(OpenEnum):
    """The type of message."""

    SMS = "sms"
    MMS = "mms"
    RCS = "rcs"
