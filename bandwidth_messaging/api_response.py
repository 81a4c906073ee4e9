"""ApiResponse: a decoded answer together with what HTTP said about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["ApiResponse"]

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class ApiResponse(Generic[T_co]):
    """What the `_with_http_info` methods return.

    Attributes:
        status_code: The HTTP status.
        headers: The answer's headers; names are looked up without regard to case.
        data: The decoded model.
        raw_data: The body as it came, decompressed.
    """

    status_code: int
    headers: Mapping[str, str]
    data: T_co
    raw_data: bytes = field(repr=False)
