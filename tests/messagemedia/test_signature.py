"""HMAC to the byte: what is signed is judged by a few lines of the standard library, and by recorded signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

import pytest

from bandwidth_messaging.messagemedia import signed_by, verify_signature
from bandwidth_messaging.messagemedia.signature import sign

from .examples import ID

AT = datetime(2023, 2, 8, 3, 0, 0, tzinfo=timezone.utc)
DATE = "Wed, 08 Feb 2023 03:00:00 GMT"
BODIES = {
    "none": None,
    "ascii": b'{"messages": [{"content": "My first message!", "destination_number": "+61491570156"}]}',
    "non-ascii": '{"messages": [{"content": "Grüße 👋"}]}'.encode(),
}
PATHS = {"plain": "/v1/messages", "escaped id": "/v1/messages/" + quote("a b/ü", safe="")}
NAMES = {"hmac-sha256": ("Date", "Content-MD5", "sha256"), "hmac-sha1": ("date", "x-Content-MD5", "sha1")}


def independent(method: str, path: str, body: bytes | None, algorithm: str) -> dict[str, str]:
    date_name, md5_name, digest = NAMES[algorithm]
    headers = {date_name: format_datetime(AT, usegmt=True)}
    if body:
        headers[md5_name] = hashlib.md5(body).hexdigest()
    signed = "".join(f"{name}: {value}\n" for name, value in headers.items()) + f"{method} {path} HTTP/1.1"
    code = base64.b64encode(hmac.new(b"hsecret", signed.encode(), digest).digest()).decode()
    labels = " ".join([*headers, "request-line"])
    value = f'hmac username="hkey", algorithm="{algorithm}", headers="{labels}", signature="{code}"'
    return {**headers, "Authorization": value}


@pytest.mark.parametrize("algorithm", NAMES)
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize(
    ("method", "body"),
    [("GET", None), ("POST", b""), *((method, BODIES[name]) for method in ("POST", "PUT") for name in BODIES)],
)
def test_a_signature_is_what_an_independent_computation_gives(
    method: str, body: bytes | None, path: str, algorithm: str
) -> None:
    headers = sign(method, path, body, "hkey", "hsecret", AT, algorithm)
    assert headers == independent(method, path, body, algorithm)
    assert verify_signature(method, path, headers, body or b"", "hsecret", at=AT)


@pytest.mark.parametrize(
    ("method", "path", "body", "algorithm", "signature"),
    [
        ("GET", "/v1/replies", None, "hmac-sha1", "0kWFaPjYGxXCE9uY5/Ii1fyZlB8="),
        ("POST", "/v1/messages", BODIES["ascii"], "hmac-sha1", "6TTkT/+NLLeCV6GfLEJiQCNXZK0="),
        ("PUT", f"/v1/messages/{ID}", b'{"status": "cancelled"}', "hmac-sha1", "G4k087w8GUkJr2qH48sYWbgPonQ="),
        ("PUT", f"/v1/messages/{ID}", b'{"status": "cancelled"}', "hmac-sha256",
         "pbyX2sXVV624AghRsoAprOVtF+OYaK2/WipwLhkQgfM="),
    ],
)  # fmt: skip
def test_a_signature_is_the_one_that_the_wire_reference_records(
    method: str, path: str, body: bytes | None, algorithm: str, signature: str
) -> None:
    headers = sign(method, path, body, "hkey", "hsecret", AT, algorithm)
    assert headers["Authorization"].endswith(f'signature="{signature}"')
    assert headers[NAMES[algorithm][0]] == DATE


def test_the_recorded_signature_with_the_names_of_one_era_and_the_digest_of_the_other_is_verified() -> None:
    signature = "YwCKo8v6DIFssgXO3SRv7ZoZBfPwtyYEzMfOS6f1bX0="
    value = f'hmac username="hkey", algorithm="hmac-sha256", headers="date request-line", signature="{signature}"'
    headers = {"date": DATE, "Authorization": value}
    assert verify_signature("GET", "/v1/replies", headers, b"", "hsecret", at=AT)


PATH = f"/v1/messages/{ID}"
BODY = b'{"status": "cancelled"}'


def verified(**changes: Any) -> bool:
    headers = {**sign("PUT", PATH, BODY, "hkey", "hsecret", AT, "hmac-sha256"), **changes.pop("headers", {})}
    given: dict[str, Any] = {"method": "PUT", "path": PATH, "body": BODY, "api_secret": "hsecret", "at": AT, **changes}
    return verify_signature(headers=headers, **given)


@pytest.mark.parametrize(
    "changes",
    [
        {"api_secret": "another"},
        {"body": b'{"status": "scheduled"}'},
        {"body": b""},
        {"path": "/v1/messages"},
        {"path": PATH + "?x=1"},
        {"method": "POST"},
        {"headers": {"Date": "Wed, 08 Feb 2023 03:00:01 GMT"}},
        {"headers": {"Content-MD5": hashlib.md5(b"other").hexdigest()}},
        {"at": AT + timedelta(seconds=301)},
        {"at": AT - timedelta(seconds=301)},
        {"headers": {"Date": "yesterday"}},
        {"headers": {"Authorization": ""}},
        {"headers": {"Authorization": "Basic aGtleTpoc2VjcmV0"}},
        {"headers": {"Authorization": 'hmac username="hkey"'}},
        {"headers": {"Authorization": 'hmac username="hkey", algorithm="md5", headers="Date request-line"'}},
        {"headers": {"Authorization": 'hmac algorithm="hmac-sha256", headers="Date Nothing request-line"'}},
        {"headers": {"Authorization": 'hmac algorithm="hmac-sha256", headers="Date request-line", signature="é"'}},
    ],
)
def test_what_is_not_what_was_signed_is_refused(changes: dict[str, Any]) -> None:
    assert verified()
    assert not verified(**changes)


def resigned(names: str, headers: dict[str, str], body: bytes = BODY) -> bool:
    """Whether a request is verified that is signed over these names, in this order, by somebody who has the secret."""
    lines = [f"PUT {PATH} HTTP/1.1" if name == "request-line" else f"{name}: {headers[name]}" for name in names.split()]
    code = base64.b64encode(hmac.new(b"hsecret", "\n".join(lines).encode(), "sha256").digest()).decode()
    value = f'HMAC username="hkey",algorithm="hmac-sha256",headers="{names}",signature="{code}"'
    return verify_signature("PUT", PATH, {**headers, "authorization": value}, body, "hsecret", at=AT)


MD5 = hashlib.md5(BODY).hexdigest()


def test_the_names_and_their_order_are_the_signers() -> None:
    assert resigned("request-line date x-content-md5", {"date": DATE, "x-content-md5": MD5})
    assert resigned("DATE Content-MD5 request-line host", {"DATE": DATE, "Content-MD5": MD5.upper(), "host": "h"})


def test_a_signature_that_leaves_out_what_matters_is_refused() -> None:
    headers = {"Date": DATE, "Content-MD5": MD5}
    assert not resigned("Date request-line", headers)
    assert not resigned("Date Content-MD5", headers)
    assert not resigned("Content-MD5 request-line", headers)
    assert resigned("Date request-line", headers, body=b"")


def test_the_key_that_a_request_claims_is_known_before_its_secret() -> None:
    headers = sign("GET", "/v1/replies", None, "hkey", "hsecret", AT, "hmac-sha1")
    assert signed_by({name.upper(): value for name, value in headers.items()}) == "hkey"
    assert signed_by({}) is None
    assert signed_by({"Authorization": 'Bearer username="hkey"'}) is None


@pytest.mark.parametrize("secret", ["", None])
def test_a_secret_that_was_forgotten_is_an_error_and_not_a_refusal(secret: Any) -> None:
    with pytest.raises(ValueError, match="api_secret"):
        verified(api_secret=secret)


def test_a_date_is_compared_with_this_machines_clock_unless_another_is_given() -> None:
    headers = sign("GET", "/v1/replies", None, "k", "s", datetime.now(timezone.utc), "hmac-sha256")
    assert verify_signature("GET", "/v1/replies", headers, b"", "s")
    old = sign("GET", "/v1/replies", None, "k", "s", AT, "hmac-sha256")
    assert not verify_signature("GET", "/v1/replies", old, b"", "s")


def test_the_verifier_loads_neither_models_nor_transport() -> None:
    program = (
        "import sys; from bandwidth_messaging.messagemedia import verify_signature; "
        "print(sorted({'pydantic', 'urllib3', 'dateutil'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("text", ["a" * 300_000, 'a="' * 100_000, "a=" * 150_000, '"' * 300_000])
def test_a_long_header_is_read_in_one_pass(text: str) -> None:
    # In quadratic time each of these takes minutes.
    headers = {"Authorization": f"hmac {text}", "Date": "x"}
    assert signed_by(headers) is None
    assert not verify_signature("GET", "/", headers, b"", "secret")


def test_a_label_that_stands_there_twice_is_no_signature() -> None:
    at = datetime(2026, 1, 2, tzinfo=timezone.utc)
    headers = sign("GET", "/", None, "key", "secret", at, "hmac-sha256")
    assert verify_signature("GET", "/", headers, b"", "secret", at=at)
    headers["Authorization"] = headers["Authorization"].replace('"Date ', '"Date Date ')
    assert not verify_signature("GET", "/", headers, b"", "secret", at=at)
