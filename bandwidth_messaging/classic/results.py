"""SendResult: what became of one message of `send_messages`."""

from collections.abc import Iterator, Mapping
from typing import Any

from .models import ClassicError

__all__ = ["SendResult"]


_RESULTS = {True: "accepted", False: "error", None: "unknown"}


class SendResult(Mapping[str, Any]):
    """What became of one message of several. A bulk answer may be partly successful, so each message has its own.

    It reads like the dict that the classic SDK returned, with the keys `result`, `id`, `message`, and `location` or
    `error`. `result` is `accepted`, `error`, or, where the answer was lost, `unknown`: sending that message again may
    send it twice. `dict(result)` makes a real dict.

    Attributes:
        message: The message as it was given.
        id: Its id; None if it was not accepted, or nothing is known.
        accepted: Whether the service took the message: True, False, or None where its answer was lost.
        error: Why there is no id: what the service said of this message, how the request with it failed, or what is
            wrong with it.
        location: The address of the message, if the service gave one.
    """

    def __init__(
        self,
        message: Mapping[str, Any],
        *,
        message_id: str | None = None,
        accepted: bool | None = None,
        error: ClassicError | Exception | None = None,
        location: str | None = None,
    ) -> None:
        self.message = message
        self.id = message_id
        self.accepted = accepted
        self.error = error
        self.location = location

    def _as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"result": _RESULTS[self.accepted]}
        if self.location is not None:
            found["location"] = self.location
        if self.error is not None:
            found["error"] = _error_as_dict(self.error)
        # The classic SDK gives an empty id to a message that has none.
        return {**found, "id": self.id or "", "message": self.message}

    def __getitem__(self, key: str) -> Any:
        return self._as_dict()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._as_dict())

    def __len__(self) -> int:
        return len(self._as_dict())

    def __repr__(self) -> str:
        why = f", error={self.error!r}" if self.error is not None else ""
        return f"SendResult(id={self.id!r}, accepted={self.accepted}{why})"


def _error_as_dict(error: ClassicError | Exception) -> dict[str, Any]:
    if isinstance(error, ClassicError):
        return {"category": None, "code": None, "message": None, "details": [], **error.to_dict()}
    return {"category": "request", "code": type(error).__name__, "message": str(error), "details": []}
