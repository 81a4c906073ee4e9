"""PageInfo: where the neighbouring pages are."""

from ..model import Model

__all__ = ["PageInfo"]


class PageInfo(Model):
    """The neighbours of a page. Give a token as `page_token`; the links are for information and never followed."""

    prev_page: str | None = None
    """The link to the page before."""
    next_page: str | None = None
    """The link to the page after."""
    prev_page_token: str | None = None
    """The token of the page before; None on the first."""
    next_page_token: str | None = None
    """The token of the page after; None on the last."""
