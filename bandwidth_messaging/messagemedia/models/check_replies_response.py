"""CheckRepliesResponse: the replies that wait to be confirmed."""

from typing import Annotated

from ..._models.lenient import KeepOddRows
from ..model import FamilyModel
from .reply import Reply

__all__ = ["CheckRepliesResponse"]


class CheckRepliesResponse(FamilyModel):
    """The oldest replies that are not confirmed yet."""

    replies: Annotated[list[Reply] | None, KeepOddRows()] = None
    """The replies, the oldest first, at most 100."""
