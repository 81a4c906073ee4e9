"""The tag of an attempt: it names entry and attempt to whoever sees a callback, and keeps the user's own tag."""

import re
import secrets
from typing import Any, Final, NamedTuple

__all__ = ["LONGEST_TAG", "Tag", "new_token", "parse_tag", "with_token"]

# The contract allows 1,024 characters; the outbox takes up to 64 of them.
LONGEST_TAG: Final = 960
_TAG = re.compile(r"outbox:([0-9a-f]{1,16})\.([A-Za-z0-9_-]{22})(?: (.*))?", re.DOTALL)


class Tag(NamedTuple):
    """A tag that an outbox wrote."""

    entry_id: int
    token: str
    tag: str | None
    """The user's own tag."""


def new_token() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def with_token(request: dict[str, Any], entry_id: int, token: str) -> dict[str, Any]:
    """The request as it goes out, its tag led by entry and attempt."""
    own = request.get("tag")
    mark = f"outbox:{entry_id:x}.{token}"
    return {**request, "tag": mark if own is None else f"{mark} {own}"}


def parse_tag(tag: str | None) -> Tag | None:
    """Take a tag apart; None if no outbox wrote it."""
    found = _TAG.fullmatch(tag or "")
    return None if found is None else Tag(int(found[1], 16), found[2], found[3])
