"""What ends a request that is not fulfilled: an error of the family that it belongs to."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from ..contract.wording import FieldError


class ErrorAnswer(Exception, ABC):
    """Ends a request with an error status, and a body in the form of its family."""

    status: int
    headers: Mapping[str, str] = {}

    @abstractmethod
    def body(self) -> dict[str, Any]:
        """The error body."""


class Problem(ErrorAnswer):
    """An error of the V2 family, the control API or the page: `{type, description}`, and `fieldErrors` if any."""

    def __init__(
        self,
        status: int,
        type: str,
        description: str,
        field_errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say what is wrong; `type` is a word that programs can compare."""
        super().__init__(description)
        self.status = status
        self.type = type
        self.description = description
        self.field_errors = field_errors
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The contract's `createMessageRequestError` or `messagingRequestError`."""
        body: dict[str, Any] = {"type": self.type, "description": self.description}
        if self.field_errors:
            body["fieldErrors"] = [{"fieldName": e.name, "description": e.description} for e in self.field_errors]
        return body


def bad_request(description: str) -> Problem:
    """The refusal of a request that is not right."""
    return Problem(400, "bad-request", description)
