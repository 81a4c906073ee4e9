"""MessagesList: one page of the messages that match."""

from ..model import Model
from .list_message_item import ListMessageItem
from .page_info import PageInfo

__all__ = ["MessagesList"]


class MessagesList(Model):
    """One page of the messages that match the filters."""

    total_count: int | None = None
    """How many messages match in all; at most 10,000 if `limit_total_count` was set."""
    page_info: PageInfo | None = None
    """Where the neighbouring pages are."""
    messages: list[ListMessageItem] | None = None
    """The messages of this page, the newest first unless `sort` says otherwise."""
