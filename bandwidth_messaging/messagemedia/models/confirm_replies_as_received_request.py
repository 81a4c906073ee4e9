"""ConfirmRepliesAsReceivedRequest: the replies that were processed."""

from typing import Annotated

from pydantic import Field

from ..model import SENDABLE, FamilyRequest

__all__ = ["ConfirmRepliesAsReceivedRequest"]


class ConfirmRepliesAsReceivedRequest(FamilyRequest):
    """The replies that are to be confirmed.

    Raises:
        ValueError: There are more than 100, or an ID is not a string or empty.
    """

    reply_ids: Annotated[list[Annotated[str, Field(min_length=1), SENDABLE]], Field(max_length=100)]
    """The IDs of the replies (not of the messages), at most 100."""
