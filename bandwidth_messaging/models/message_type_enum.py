"""MessageTypeEnum: What kind of message it is."""

from ..model import OpenEnum

__all__ = ["MessageTypeEnum"]


class MessageTypeEnum(OpenEnum):
    """What kind of message it is."""

    SMS = "sms"
    MMS = "mms"
    RCS = "rcs"
