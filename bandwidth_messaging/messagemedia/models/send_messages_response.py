"""SendMessagesResponse: the messages as they were accepted."""

from ..model import FamilyModel
from .submitted_message import SubmittedMessage

__all__ = ["SendMessagesResponse"]


class SendMessagesResponse(FamilyModel):
    """The messages of a request as they were accepted."""

    messages: list[SubmittedMessage] | None = None
    """The messages in the order of the request, each with its `message_id`."""
