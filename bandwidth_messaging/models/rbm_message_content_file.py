"""RbmMessageContentFile: a file in a rich message."""

from .._models.base import Model

__all__ = ["RbmMessageContentFile"]


class RbmMessageContentFile(Model):
    """A file in a rich message."""

    file_url: str | None = None
    """The address of the file."""
    thumbnail_url: str | None = None
    """The address of a small picture that stands for it."""
