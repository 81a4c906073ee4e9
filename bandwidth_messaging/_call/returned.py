"""What a call returns, made of an answer of success: the part of an Operation that reads."""

import json
from collections.abc import Callable
from typing import Generic, TypeVar

from pydantic import BaseModel

from .._models.lenient import read_model
from .exchange import Answer

__all__ = ["Returned", "body_bytes", "id_from_location", "json_list_of", "json_of", "nothing"]

ResultT = TypeVar("ResultT")
ModelT = TypeVar("ModelT", bound=BaseModel)


class Returned(Generic[ResultT]):
    """What is made of an answer.

    Args:
        read: Makes it; raises ValueError, which says what the body is instead.
        needs_body: Whether a body that was cut off costs the result.
        model: The model that it is, for those who document it.
    """

    def __init__(
        self,
        read: Callable[[Answer], ResultT],
        needs_body: bool = True,
        model: Callable[[], type[BaseModel]] | None = None,
    ) -> None:
        self.read = read
        self.needs_body = needs_body
        self.model = model


def json_of(model: Callable[[], type[ModelT]]) -> Returned[ModelT]:
    """A model, in JSON. It is named by a function, so that declaring an operation loads none."""

    def read(answer: Answer) -> ModelT:
        return read_model(model(), answer.body)

    return Returned(read, model=model)


def _id_from_location(answer: Answer) -> str | None:
    location = answer.headers.get("location")
    return None if location is None else str(location).rpartition("/")[2]


id_from_location: Returned[str | None] = Returned(_id_from_location, needs_body=False)
"""The id at the end of the `Location` header; None without one."""

nothing: Returned[None] = Returned(lambda _: None, needs_body=False)
"""The status says everything, whatever the body is."""


def json_list_of(model: Callable[[], type[ModelT]]) -> Returned[list[ModelT]]:
    """A list of models, in a bare JSON array; what stands in it and is no object is left out."""

    def read(answer: Answer) -> list[ModelT]:
        items = json.loads(answer.body)
        if not isinstance(items, list):
            raise ValueError(f"not a JSON array but {type(items).__name__}")
        return [read_model(model(), json.dumps(item)) for item in items if isinstance(item, dict)]

    return Returned(read, model=model)


body_bytes: Returned[bytes] = Returned(lambda answer: answer.body)
"""The body as it is."""
