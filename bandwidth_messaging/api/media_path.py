"""Where a media file is: the part of its address that names it."""

import re
from urllib.parse import quote, unquote, urlsplit

from .._call.parameters import EncodedPath, path_segment, text
from ..exceptions import InvalidRequestException

__all__ = ["media_path"]

_URL = re.compile("https?://", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def media_path(media_id: str, account_id: str, server: str) -> EncodedPath:
    """The path of a media file under `/media/`, percent-encoded; its slashes stay.

    Args:
        media_id: The name of the file, as plain text; or its URL, as callbacks have it, whose path goes as it is.
        account_id: The account that it must belong to.
        server: The base URL that a URL must begin with.

    Raises:
        InvalidRequestException: It is empty, has a dot segment (RFC 3986, section 5.2.4) or a control character; or
            the URL is another server's or another account's, or has a query.
    """
    plain = text("media_id", media_id)
    path = _path_of(plain, account_id, server) if _URL.match(plain) else quote(plain, safe="/")
    if not path:
        raise _wrong("it is empty")
    if any(unquote(segment) in {".", ".."} for segment in re.split("/|%2f", path, flags=re.IGNORECASE)):
        raise _wrong("it has a segment of dots, which would lead elsewhere")
    return EncodedPath(path)


def _path_of(url: str, account_id: str, server: str) -> str:
    """What follows `/media/` in a URL of ours."""
    if not re.fullmatch("[!-~]+", url):
        raise _wrong("a URL has no spaces and only ASCII characters")
    if _origin(url) != _origin(server):
        raise _wrong(f"a URL must begin with {server}: the credentials are for no other server")
    found, ours = urlsplit(url), urlsplit(server)
    if found.query or found.fragment:
        raise _wrong("give the URL without a query or fragment")
    folder = f"{ours.path.rstrip('/')}/users/{path_segment('account_id', account_id)}/media/"
    if not found.path.startswith(folder):
        raise _wrong(f"a URL must have a path that begins with {folder}")
    return found.path[len(folder) :]


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _wrong("this cannot be read as a URL") from None
    # With the user name that it may have, which makes it another.
    host = parts.netloc.lower().removesuffix(f":{port}")
    return parts.scheme, host, port or _PORTS.get(parts.scheme)


def _wrong(rule: str) -> InvalidRequestException:
    return InvalidRequestException(("media_id", rule))
