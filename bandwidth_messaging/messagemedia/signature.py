"""How MessageMedia's HMAC authentication signs a request, and how a server verifies it. Pure.

What is signed is a line for the date, one for the MD5 of the body if there is a body, and the request line:

```text
Date: Wed, 08 Feb 2023 03:00:00 GMT
Content-MD5: 3ec501b0caba01e27bef054414d0dc04
PUT /v1/messages/877c19ef-fa2e-4cec-827a-e1df9b5509f7 HTTP/1.1
```

The key is the API secret; the MD5 is in lower-case hexadecimal, the signature in Base64.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, NamedTuple

__all__ = ["ALGORITHMS", "sign", "signed_by", "verify_signature"]


class _Algorithm(NamedTuple):
    digest: Callable[..., Any]
    date: str
    md5: str


ALGORITHMS: Mapping[str, _Algorithm] = {
    "hmac-sha256": _Algorithm(hashlib.sha256, "Date", "Content-MD5"),
    "hmac-sha1": _Algorithm(hashlib.sha1, "date", "x-Content-MD5"),
}
"""The algorithms by their name in the header, each with the header names that its era documents."""

_REQUEST_LINE = "request-line"
_MD5_NAMES = {"content-md5", "x-content-md5"}
# A name begins where no letter stands before it: else each letter of a long one would be tried as its begin.
_PARAMETER = re.compile(r'(?<![a-z])([a-z]+)="([^"]*)"', re.IGNORECASE)


def sign(
    method: str, path: str, body: bytes | None, api_key: str, api_secret: str, at: datetime, algorithm: str
) -> dict[str, str]:
    """The headers that sign a request.

    Args:
        method: The HTTP method that is sent.
        path: The path that is sent, percent-encoded, without the path of the base URI and without a query.
        body: The bytes of the body that are sent; None or empty for none.
        api_key: The API key.
        api_secret: The API secret.
        at: The time, with a time zone.
        algorithm: One of `ALGORITHMS`.
    """
    form = ALGORITHMS[algorithm]
    headers = {form.date: format_datetime(at.astimezone(timezone.utc), usegmt=True)}
    if body:
        headers[form.md5] = _md5(body)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    signature = _signature(form, api_secret, [*lines, _request_line(method, path)])
    labels = " ".join([*headers, _REQUEST_LINE])
    authorization = f'hmac username="{api_key}", algorithm="{algorithm}", headers="{labels}", signature="{signature}"'
    return {**headers, "Authorization": authorization}


def signed_by(headers: Mapping[str, str]) -> str | None:
    """The API key that a request claims to be signed with; None if it is not signed.

    Args:
        headers: The headers of the request, their names in any case.
    """
    return _parameters(_lowered(headers)).get("username")


def verify_signature(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    api_secret: str,
    *,
    at: datetime | None = None,
    tolerance: float = 300.0,
) -> bool:
    """Tell whether a request was signed with an API secret, and is still what was signed.

    Both algorithms, both spellings of the header names and any case of them are accepted. The signature must cover the
    date, the request line and, if there is a body, its MD5, which is compared with the body. Compared in constant time.

    Args:
        method: The HTTP method of the request.
        path: Its path as it came, percent-encoded, without a query, and without the path of the base URI.
        headers: Its headers, their names in any case.
        body: The bytes of its body; empty for none.
        api_secret: The secret of the API key that `signed_by` gives.
        at: The present, with a time zone; None for this machine's clock.
        tolerance: Seconds by which the date of the request may differ from that, in either direction.

    Returns:
        True if so. Anything else that a sender can send is False.

    Raises:
        ValueError: `api_secret` is not a string or is empty, as a setting that was forgotten is; `headers` is no
            mapping, or `at` has no time zone.
    """
    if not isinstance(api_secret, str) or not api_secret:
        raise ValueError("api_secret: give a string that is not empty")
    # Not every framework's headers are a Mapping.
    if not callable(getattr(headers, "items", None)):
        raise ValueError(f"headers: give the headers of the request as a mapping, not {type(headers).__name__}")
    if at is not None and at.tzinfo is None:
        raise ValueError("at: a datetime needs a time zone, such as datetime.now(timezone.utc)")
    given = _lowered(headers)
    parameters = _parameters(given)
    form = ALGORITHMS.get(parameters.get("algorithm", ""))
    labels = parameters.get("headers", "").split(" ")
    names = {label.lower() for label in labels}
    if form is None or not {"date", _REQUEST_LINE} <= names or not names - {_REQUEST_LINE} <= given.keys():
        return False
    # A label that stands there often would make a text to sign that is longer than the request by far.
    if len(names) != len(labels):
        return False
    if not _is_near(given["date"], at or datetime.now(timezone.utc), tolerance):
        return False
    if (body and not names & _MD5_NAMES) or any(given[name].lower() != _md5(body) for name in names & _MD5_NAMES):
        return False
    request_line = _request_line(method, path)
    lines = [request_line if label == _REQUEST_LINE else f"{label}: {given[label.lower()]}" for label in labels]
    expected = _signature(form, api_secret, lines)
    return hmac.compare_digest(expected.encode(), parameters.get("signature", "").encode("utf-8", "surrogatepass"))


def _request_line(method: str, path: str) -> str:
    return f"{method} {path} HTTP/1.1"


def _md5(body: bytes) -> str:
    # A checksum that the protocol asks for; what protects the body is the HMAC over it.
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def _signature(form: _Algorithm, api_secret: str, lines: Iterable[str]) -> str:
    signed = "\n".join(lines).encode("utf-8", "surrogatepass")
    return b64encode(hmac.new(api_secret.encode(), signed, form.digest).digest()).decode()


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _parameters(headers: Mapping[str, str]) -> dict[str, str]:
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    return {name.lower(): value for name, value in _PARAMETER.findall(rest)} if scheme.lower() == "hmac" else {}


def _is_near(date: str, at: datetime, tolerance: float) -> bool:
    try:
        said = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    said = said if said.tzinfo else said.replace(tzinfo=timezone.utc)
    return abs((said - at).total_seconds()) <= tolerance
