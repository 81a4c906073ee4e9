"""HmacAuth: a signature over date, body and request line, in place of a password on the wire."""

from collections.abc import Mapping
from typing import Any, NoReturn

from .._call.clock import Clock
from .._call.exchange import Request
from .._call.timeouts import Deadline
from ..auth import Send
from ..exceptions import ConfigurationException
from .signature import ALGORITHMS, sign

__all__ = ["HmacAuth"]


class HmacAuth:
    """MessageMedia's HMAC authentication: each attempt is signed as it goes out, with its own date.

    Args:
        api_key: The API key; printable ASCII without quotation marks.
        api_secret: The API secret.
        algorithm: "hmac-sha256", with the headers `Date` and `Content-MD5`, as the vendor documents it since September
            2023; or "hmac-sha1", with `date` and `x-Content-MD5`, as its own SDKs sign.
        clock: Where the date comes from; for tests.

    Raises:
        ConfigurationException: A value cannot be used; the message names it.
    """

    def __init__(
        self, api_key: str, api_secret: str, algorithm: str = "hmac-sha256", *, clock: Clock | None = None
    ) -> None:
        if not _is_quotable(api_key):
            raise ConfigurationException(
                "api_key: give printable ASCII without quotation marks, which is all the header can hold"
            )
        if not isinstance(api_secret, str) or not api_secret:
            raise ConfigurationException("api_secret: give a string that is not empty")
        if algorithm not in ALGORITHMS:
            raise ConfigurationException(f"algorithm: give one of {', '.join(ALGORITHMS)}, not {algorithm!r}")
        # The value of a (str, Enum) member, not its name.
        self._api_key = str.__str__(api_key)
        self._api_secret = str.__str__(api_secret)
        self._algorithm = algorithm
        self._clock = Clock() if clock is None else clock

    def headers(self, request: Request, send: Send, deadline: Deadline) -> Mapping[str, str]:
        """The signature, with the headers that it covers.

        Raises:
            ConfigurationException: The caller's `_headers` have one of those that are signed.
        """
        body = request.body
        if body is not None and not isinstance(body, bytes):
            body = b"".join(body)
        signed = sign(
            request.method, request.path, body, self._api_key, self._api_secret, self._clock.now(),
            self._algorithm,
        )  # fmt: skip
        own = {name.lower() for name in signed}
        for name in request.headers:
            if name.lower() in own:
                raise ConfigurationException(f"_headers: {name} is a part of the signature; leave it out")
        return signed

    def discard(self, headers: Mapping[str, str]) -> bool:
        """A secret that was refused once is refused again."""
        return False

    def __getstate__(self) -> NoReturn:
        raise TypeError("HmacAuth holds credentials, and a pickle may not; make a new one")

    def __repr__(self) -> str:
        return f"HmacAuth(..., algorithm={self._algorithm!r})"


def _is_quotable(api_key: Any) -> bool:
    return (
        isinstance(api_key, str)
        and bool(api_key)
        and api_key.isascii()
        and api_key.isprintable()
        and not {'"', "\\"} & set(api_key)
    )
