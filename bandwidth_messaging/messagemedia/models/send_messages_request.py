"""SendMessagesRequest: the messages of one request."""

from typing import Annotated

from pydantic import Field

from ..model import FamilyRequest
from .message import Message

__all__ = ["SendMessagesRequest"]


class SendMessagesRequest(FamilyRequest):
    """Messages to be sent together.

    They are sent all or none: one invalid message means that none is sent.

    Raises:
        ValueError: A message breaks a rule, such as `messages[3].metadata`, or there are none, or more than 100.
    """

    messages: Annotated[list[Message], Field(min_length=1, max_length=100)]
    """The messages, 1 to 100."""
