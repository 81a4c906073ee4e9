"""FormatEnum: what a message is delivered as."""

from ..._models.open_enum import OpenEnum

__all__ = ["FormatEnum"]


class FormatEnum(OpenEnum):
    """The format of a message: a text message, a picture message, or a call that reads it out (text to speech)."""

    SMS = "SMS"
    TTS = "TTS"
    MMS = "MMS"
