"""RbmLocationResponse: the place that a recipient shared."""

from .._models.base import Model

__all__ = ["RbmLocationResponse"]


class RbmLocationResponse(Model):
    """The place that the recipient shared."""

    latitude: str | None = None
    """Degrees north."""
    longitude: str | None = None
    """Degrees east."""
