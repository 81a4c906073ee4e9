"""What the classic API says of a request that it refuses."""

from collections.abc import Iterator

from .._models.base import Model

__all__ = ["ClassicError", "ErrorDetail"]


class ErrorDetail(Model):
    """One thing that belongs to an error: a name and its value."""

    name: str | None = None
    """What it is about, such as a field of the request."""
    value: str | None = None
    """What is said of it."""


class ClassicError(Model):
    """Why a request, or one message of several, was refused.

    The body of an error answer.
    """

    category: str | None = None
    """The kind of error, such as `bad-request`."""
    code: str | None = None
    """The error, a word that programs can compare, such as `message-not-found`."""
    message: str | None = None
    """The error in words."""
    details: list[ErrorDetail] | None = None
    """More about it."""

    def explain(self) -> Iterator[str]:
        """The lines that the exception shows."""
        line = ": ".join(str(part) for part in (self.code, self.message) if part is not None)
        if line:
            yield line
        for detail in self.details if isinstance(self.details, list) else []:
            if isinstance(detail, ErrorDetail):
                yield f"{detail.name}: {detail.value}"
