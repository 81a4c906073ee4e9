"""Credentials are found in the headers of every framework, and anything but the right ones is False."""

from __future__ import annotations

import base64
import io
from http.client import parse_headers
from typing import Any

import pytest
import urllib3
from django.http import HttpHeaders
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from werkzeug.datastructures import EnvironHeaders

from bandwidth_messaging.callbacks import verify_basic_auth

USERNAME, PASSWORD = "callbacks", "pa:ss wörd"


def basic(pair: str, encoding: str = "utf-8") -> str:
    return "Basic " + base64.b64encode(pair.encode(encoding)).decode()


RIGHT = basic(f"{USERNAME}:{PASSWORD}")
ENVIRON = {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(), "HTTP_HOST": "x", "HTTP_AUTHORIZATION": RIGHT}
SCOPE = [(b"host", b"x"), (b"authorization", RIGHT.encode())]
FOUND: dict[str, Any] = {
    "dict": {"Host": "x", "Authorization": RIGHT},
    "lower case": {"authorization": RIGHT},
    "upper case": {"AUTHORIZATION": RIGHT},
    "pairs": [("Host", "x"), ("Authorization", RIGHT)],
    "generator": (pair for pair in [("Authorization", RIGHT)]),
    "WSGI environ": ENVIRON,
    "Django request.META": ENVIRON,
    "Django request.headers": HttpHeaders(ENVIRON),
    "Flask request.headers": EnvironHeaders(ENVIRON),
    "ASGI scope": SCOPE,
    "Starlette request.headers": Headers(raw=SCOPE),
    "http.server": parse_headers(io.BytesIO(f"Host: x\r\nAuthorization: {RIGHT}\r\n\r\n".encode())),
    "urllib3": urllib3.HTTPHeaderDict({"Authorization": RIGHT}),
}


@pytest.mark.parametrize("kind", FOUND)
def test_the_right_credentials_are_found_in_the_headers_of(kind: str) -> None:
    assert verify_basic_auth(FOUND[kind], USERNAME, PASSWORD) is True


@pytest.mark.parametrize("kind", ["WSGI environ", "Flask request.headers", "ASGI scope", "http.server", "dict"])
def test_wrong_credentials_are_refused_in_the_headers_of(kind: str) -> None:
    assert verify_basic_auth(FOUND[kind], USERNAME, "another") is False
    assert verify_basic_auth(FOUND[kind], "another", PASSWORD) is False


@pytest.mark.parametrize(
    "value",
    [
        basic(f"{USERNAME}:{PASSWORD}", "latin-1"),
        RIGHT.replace("Basic", "basic"),
        RIGHT.replace("Basic", "BASIC"),
        RIGHT.replace("Basic ", "Basic   "),
        f" {RIGHT} ",
    ],
)
def test_spellings_that_mean_the_same_are_accepted(value: str) -> None:
    assert verify_basic_auth({"Authorization": value}, USERNAME, PASSWORD) is True


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic",
        "Basic ",
        RIGHT.removeprefix("Basic "),
        RIGHT.replace("Basic", "Bearer"),
        RIGHT.replace(" ", ""),
        RIGHT[:-4],
        RIGHT.rstrip("=") + "!",
        f"{RIGHT}, {RIGHT}",
        f"{RIGHT} {RIGHT}",
        basic(f"{USERNAME}:{PASSWORD} "),
        basic(f"{USERNAME}:{PASSWORD}".upper()),
        basic(f"{USERNAME}:{PASSWORD}", "utf-16"),
        basic(USERNAME),
        basic(":"),
        basic(""),
        "Basic ä",
        "Basic \ud800",
        b"\xff\xff",
        None,
        7,
        [RIGHT],
    ],
)
def test_anything_else_is_refused_without_an_error(value: Any) -> None:
    assert verify_basic_auth({"Authorization": value}, USERNAME, PASSWORD) is False


@pytest.mark.parametrize(
    "headers",
    [
        {},
        [],
        {"X-Authorization": RIGHT},
        {"http_authorization": RIGHT},
        {7: RIGHT, None: RIGHT},
        [("Authorization", RIGHT), ("Authorization", RIGHT)],
        [("Authorization", RIGHT), ("authorization", basic("callbacks:wrong"))],
        {"Authorization": RIGHT, "HTTP_AUTHORIZATION": RIGHT},
    ],
)
def test_none_or_more_than_one_authorization_is_refused(headers: Any) -> None:
    assert verify_basic_auth(headers, USERNAME, PASSWORD) is False


def test_a_question_mark_does_not_stand_for_what_latin_1_lacks() -> None:
    assert verify_basic_auth({"Authorization": basic("u:пароль")}, "u", "пароль") is True
    assert verify_basic_auth({"Authorization": basic("u:??????")}, "u", "пароль") is False
    assert verify_basic_auth({"Authorization": basic("u:")}, "u", "пароль") is False


@given(st.text(min_size=1), st.text(min_size=1), st.binary() | st.text().map(str.encode))
def test_what_is_accepted_is_the_pair_in_utf_8_or_latin_1_and_nothing_else(
    username: str, password: str, sent: bytes
) -> None:
    username = username.replace(":", "") or "u"
    pair = f"{username}:{password}"
    right = [pair.encode(), *([pair.encode("latin-1")] if max(pair) <= "\xff" else [])]
    for attempt in [sent, *right, pair.encode("latin-1", "replace"), pair.encode() + sent]:
        headers = {"Authorization": f"Basic {base64.b64encode(attempt).decode()}"}
        assert verify_basic_auth(headers, username, password) is (attempt in right)


@pytest.mark.parametrize(
    ("username", "password", "said"),
    [
        ("", "p", "username: it is empty"),
        ("u", "", "password: it is empty"),
        (None, "p", "username: give a string, not NoneType"),
        ("u", None, "password: give a string, not NoneType"),
        ("u", b"p", "password: give a string, not bytes"),
        ("u:v", "p", "username: a colon"),
    ],
)
def test_a_setting_that_was_forgotten_opens_nothing_and_is_named(username: Any, password: Any, said: str) -> None:
    for headers in ({}, {"Authorization": basic(":")}, {"Authorization": basic("None:None")}):
        with pytest.raises(ValueError, match=said):
            verify_basic_auth(headers, username, password)


@pytest.mark.parametrize("headers", [None, RIGHT, b"x", 7, object(), ["Authorization", RIGHT], [("a", "b", "c")]])
def test_what_is_not_headers_is_named_and_nothing_of_it_is_shown(headers: Any) -> None:
    with pytest.raises(ValueError, match=r"^headers: give ") as caught:
        verify_basic_auth(headers, USERNAME, PASSWORD)
    assert RIGHT not in str(caught.value)
