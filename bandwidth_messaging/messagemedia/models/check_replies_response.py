"""CheckRepliesResponse: the replies that wait to be confirmed."""

from ..model import FamilyModel
from .reply import Reply

__all__ = ["CheckRepliesResponse"]


class CheckRepliesResponse(FamilyModel):
    """The oldest replies that are not confirmed yet."""

    replies: list[Reply] | None = None
    """The replies, the oldest first, at most 100."""
