"""FieldError: what is wrong with one field of a message."""

from .._models.base import Model

__all__ = ["FieldError"]


class FieldError(Model):
    """What is wrong with one field."""

    field_name: str | None = None
    """The name of the field. The wire name: `applicationId`, not `application_id`."""
    description: str | None = None
    """The error in words."""
