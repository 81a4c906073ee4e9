"""The answer to a request that is not fulfilled: `{type, description}`, and `fieldErrors` where there are any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.responses import JSONResponse


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a request."""

    name: str
    description: str


@dataclass
class Problem(Exception):
    """Ends a request with an error status and the contract's body for it.

    Attributes:
        status: The HTTP status.
        type: The kind of error, a word that programs can compare.
        description: The error in words.
        field_errors: The errors of single fields, in the order in which they are shown.
        headers: Headers that the answer has besides those of every answer.
    """

    status: int
    type: str
    description: str
    field_errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> JSONResponse:
        """Make the HTTP answer.

        Returns:
            A JSON answer that follows the contract's `createMessageRequestError` or `messagingRequestError`.
        """
        body: dict[str, object] = {"type": self.type, "description": self.description}
        if self.field_errors:
            body["fieldErrors"] = [{"fieldName": e.name, "description": e.description} for e in self.field_errors]
        return JSONResponse(body, self.status, dict(self.headers))
