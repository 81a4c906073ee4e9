"""MessagesList: one page of the messages that match."""

from typing import Annotated

from .._models.base import Model
from .._models.lenient import KeepOddRows
from .list_message_item import ListMessageItem
from .page_info import PageInfo

__all__ = ["MessagesList"]


class MessagesList(Model):
    """One page of the messages that match."""

    total_count: int | None = None
    """How many messages match the filters on all pages. At most 10,000 if `limit_total_count` was set."""
    page_info: PageInfo | None = None
    """Where the neighbouring pages are."""
    messages: Annotated[list[ListMessageItem] | None, KeepOddRows()] = None
    """The messages of this page. The newest come first unless `sort` says otherwise."""
