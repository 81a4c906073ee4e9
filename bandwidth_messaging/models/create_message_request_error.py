"""CreateMessageRequestError: what the service says of a message that it refuses, field by field."""

from collections.abc import Iterator

from .field_error import FieldError
from .messaging_request_error import MessagingRequestError

__all__ = ["CreateMessageRequestError"]


class CreateMessageRequestError(MessagingRequestError):
    """The body of a 400 to a send."""

    field_errors: list[FieldError] | None = None
    """What is wrong with which field."""

    def explain(self) -> Iterator[str]:
        """The lines that the exception shows."""
        yield from super().explain()
        errors = self.field_errors if isinstance(self.field_errors, list) else []
        said = [f"{error.field_name}: {error.description}" for error in errors if isinstance(error, FieldError)]
        if said:
            yield "; ".join(said)
