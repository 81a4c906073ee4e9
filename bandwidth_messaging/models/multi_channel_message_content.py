"""MultiChannelMessageContent: text and file of an inbound rich message."""

from .._models.base import Model
from .rbm_message_content_file import RbmMessageContentFile

__all__ = ["MultiChannelMessageContent"]


class MultiChannelMessageContent(Model):
    """Text and file of an inbound rich message."""

    text: str | None = None
    """The text."""
    media: RbmMessageContentFile | None = None
    """A file in a rich message."""
