"""ErrorResponse: what the service says of a request that it refuses."""

from collections.abc import Iterator

from ..model import FamilyModel

__all__ = ["ErrorResponse"]


class ErrorResponse(FamilyModel):
    """Why a request was not fulfilled.

    The body of an error answer.
    """

    message: str | None = None
    """The error in words."""
    details: list[str] | None = None
    """What is wrong, each as a path in the body, a colon and the reason: `/messages/0/content: ...`."""

    def explain(self) -> Iterator[str]:
        """The lines that the exception shows."""
        if isinstance(self.message, str):
            yield self.message
        if isinstance(self.details, list):
            yield from map(str, self.details)
