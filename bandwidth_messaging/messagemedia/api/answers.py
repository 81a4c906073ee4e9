"""What is made of an answer that has no body to read."""

from datetime import datetime
from typing import Any

from ..._call.exchange import Answer, Request
from ..._call.operation import Operation, raise_failure
from ..._transport.raw_response import UnreadAnswer

__all__ = ["SERVER", "nothing"]

SERVER = "https://api.messagemedia.com"


def nothing(operation: Operation[Any], request: Request, at: datetime, opened: UnreadAnswer | Answer) -> None:
    """See that the call succeeded; its status says everything, whatever the body is."""
    answer = opened.read_all()
    if answer.status not in operation.returns:
        raise_failure(operation, request, at, answer)
