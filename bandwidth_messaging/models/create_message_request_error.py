"""CreateMessageRequestError: what the service says of a message that it refuses, field by field."""

from collections.abc import Iterator

from .field_error import FieldError
from .messaging_request_error import MessagingRequestError

__all__ = ["CreateMessageRequestError"]


class CreateMessageRequestError(MessagingRequestError):
    """Why a message was not accepted.

    The body of a 400 to a send.
    """

    field_errors: list[FieldError] | None = None
    """The errors of single fields."""

    def explain(self) -> Iterator[str]:
        """The lines that the exception shows."""
        yield from super().explain()
        errors = self.field_errors if isinstance(self.field_errors, list) else []
        said = [f"{error.field_name}: {error.description}" for error in errors if isinstance(error, FieldError)]
        if said:
            yield "; ".join(said)
