"""FieldError: what is wrong with one field of a message."""

from ..model import Model

__all__ = ["FieldError"]


class FieldError(Model):
    """What is wrong with one field of a message that was refused."""

    field_name: str | None = None
    """The field, under its wire name."""
    description: str | None = None
    """What is wrong with it."""
