"""Page tokens: a place in the results of one list, which only the sandbox can have issued."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...store.queries import Pin
from ..problems import bad_request

DEEPEST = 10_000
_SIGNATURE_BYTES = 16
_FREE = ("pageToken", "limit", "limitTotalCount")


@dataclass(frozen=True)
class Place:
    """Where a page begins.

    Attributes:
        pin: The delivery that the page begins after, or ends before.
        offset: How many results came before the pin when the token was issued.
    """

    pin: Pin
    offset: int


class PageTokens:
    """Issues page tokens and reads them back.

    A token names a delivery, not a number of results to skip, so that messages which arrive between two pages
    neither repeat nor hide any. It is good for the account, filters and order that it was issued for, and for no
    other; `limit` and `limitTotalCount` may change from page to page.
    """

    def __init__(self, key: bytes) -> None:
        """Take the key that tokens are signed with: a secret of the database, so that they outlive a restart."""
        self._key = key

    def issue(self, place: Place, account_id: str, parameters: Mapping[str, Any]) -> str:
        """Make a token for a list, base64 in the alphabet for URLs."""
        content = json.dumps([place.pin.key, place.pin.position, place.pin.backwards, place.offset]).encode()
        return base64.urlsafe_b64encode(self._sign(content, account_id, parameters) + content).decode("ascii")

    def read(self, token: str, account_id: str, parameters: Mapping[str, Any]) -> Place:
        """Read a token; a Problem if it was not issued for this list."""
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raw = b""
        signature, content = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(content, account_id, parameters)):
            raise bad_request("'pageToken' was not issued for this account, these filters and this sort")
        key, position, backwards, offset = json.loads(content)
        return Place(Pin(key, position, backwards), offset)

    def _sign(self, content: bytes, account_id: str, parameters: Mapping[str, Any]) -> bytes:
        fixed = sorted((name, value) for name, value in parameters.items() if name not in _FREE)
        context = json.dumps([account_id, fixed]).encode()
        return hmac.digest(self._key, hashlib.sha256(context).digest() + content, "sha256")[:_SIGNATURE_BYTES]
