"""MessagingRequestError: what the service says of a request that it refuses."""

from collections.abc import Iterator

from .._models.base import Model

__all__ = ["MessagingRequestError"]


class MessagingRequestError(Model):
    """Why a request was not fulfilled.

    The body of an error answer.
    """

    type: str | None = None
    """The kind of error, a word that programs can compare."""
    description: str | None = None
    """The error in words."""

    def explain(self) -> Iterator[str]:
        """The lines that the exception shows."""
        said = ": ".join(str(part) for part in (self.type, self.description) if part is not None)
        if said:
            yield said
