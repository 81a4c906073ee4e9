"""Media: a media file of the account, as a list of them has it."""

from .._models.base import Model

__all__ = ["Media"]


class Media(Model):
    """A media file of the account."""

    content: str | None = None
    """The address of the file, which a message can name in `media`."""
    content_length: int | None = None
    """The size of the file in bytes."""
    media_name: str | None = None
    """The name of the file, which is its id."""
