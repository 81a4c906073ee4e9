"""ApiResponse: a decoded answer together with what HTTP said about it."""

from collections.abc import Mapping
from typing import Generic, TypeVar

__all__ = ["ApiResponse"]

T_co = TypeVar("T_co", covariant=True)


class ApiResponse(Generic[T_co]):
    """What the `_with_http_info` methods return.

    Attributes:
        status_code: The HTTP status.
        headers: The answer's headers; names are looked up without regard to case.
        data: The decoded model.
        raw_data: The body as it came, decompressed.
    """

    __slots__ = ("data", "headers", "raw_data", "status_code")

    def __init__(self, status_code: int, headers: Mapping[str, str], data: T_co, raw_data: bytes) -> None:
        self.status_code: int = status_code
        self.headers: Mapping[str, str] = headers
        self.data: T_co = data
        self.raw_data: bytes = raw_data

    def __repr__(self) -> str:
        return f"ApiResponse(status_code={self.status_code}, headers={self.headers!r}, data={self.data!r})"
