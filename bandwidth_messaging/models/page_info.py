"""PageInfo: where the neighbouring pages are."""

from .._models.base import Model

__all__ = ["PageInfo"]


class PageInfo(Model):
    """How to get the pages beside this one.

    Holds only what exists; empty when there is one page. Give a token as `page_token`; the links are for information
    and never followed.
    """

    prev_page: str | None = None
    """The link to the previous page."""
    next_page: str | None = None
    """The link to the next page."""
    prev_page_token: str | None = None
    """The pageToken of the previous page. None on the first page."""
    next_page_token: str | None = None
    """The pageToken of the next page. None on the last page."""
