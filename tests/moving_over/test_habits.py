"""What users of the generated SDK are used to works here, or says what to do instead."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from unittest.mock import create_autospec

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

import bandwidth_messaging
from bandwidth_messaging import ApiClient, ApiException, Configuration, MessagesApi, exceptions
from bandwidth_messaging._generated import LeftOut

ApiFor = Callable[..., MessagesApi]
LEFT_OUT = [(kind, name) for kind in (Configuration, ApiClient, ApiException) for name, value in vars(kind).items()
            if isinstance(value, LeftOut)]  # fmt: skip


class Answered:
    """An answer as their test doubles make one."""

    status = 503
    reason = "Service Unavailable"
    data = b"later"

    def getheaders(self) -> dict[str, str]:
        return {"Retry-After": "3"}


def test_an_exception_can_be_made_by_hand() -> None:
    made = ApiException(status=404, reason="Not Found", body="gone é")
    assert (made.status, made.reason, made.body, made.raw_body) == (404, "Not Found", "gone é", "gone é".encode())
    assert (ApiException().status, ApiException(None, None).reason, ApiException().body) == (0, "", "")


def test_an_exception_can_be_made_of_an_answer() -> None:
    made = exceptions.ServiceException(http_resp=Answered())
    assert (made.status, made.reason, made.body, made.retry_after) == (503, "Service Unavailable", "later", 3.0)
    assert ApiException(500, "Mine", Answered(), body="mine").body == "mine"


@pytest.mark.parametrize(
    ("name", "base"),
    [("ApiTypeError", TypeError), ("ApiValueError", ValueError), ("ApiKeyError", KeyError),
     ("ApiAttributeError", AttributeError), ("ApiException", Exception)],
)  # fmt: skip
def test_the_other_exceptions_can_be_caught_under_their_names(name: str, base: type[Exception]) -> None:
    kind = getattr(exceptions, name)
    assert issubclass(kind, exceptions.OpenApiException)
    assert issubclass(kind, base)


@pytest.mark.parametrize(("kind", "name"), LEFT_OUT, ids=lambda value: getattr(value, "__name__", value))
def test_what_is_left_out_says_what_to_do_when_it_is_touched(kind: Any, name: str) -> None:
    configuration = Configuration(access_token="t")
    made = {Configuration: configuration, ApiException: ApiException()}.get(kind) or ApiClient(configuration)
    pointer = rf"{kind.__name__}\.{name} is left out: .*docs/moving-over\.md"
    for touch in (lambda: getattr(kind, name), lambda: getattr(made, name), lambda: setattr(made, name, "x")):
        with pytest.raises(AttributeError, match=pointer):
            touch()


@pytest.mark.parametrize("name", ["CallsApi", "MultiChannelApi"])
def test_a_name_that_the_package_leaves_out_points_to_the_guide(name: str) -> None:
    for package in (bandwidth_messaging, bandwidth_messaging.api, bandwidth_messaging.models):
        with pytest.raises(AttributeError, match=rf"no attribute '{name}'; docs/moving-over\.md says"):
            getattr(package, name)


def test_what_is_left_out_does_not_stand_in_the_way_of_autospec_and_help() -> None:
    assert create_autospec(ApiClient).close
    assert "close" in {name for name, _ in inspect.getmembers(ApiClient)}


def test_options_can_be_given_by_position_in_the_order_of_the_generated_sdk() -> None:
    make: Any = Configuration  # type checkers accept options by name alone
    made = make("http://127.0.0.1:1", None, None, "user", "password")
    assert (made.host, made.username, made.password) == ("http://127.0.0.1:1", "user", "password")
    with pytest.raises(TypeError, match=r"Configuration\.api_key is left out: .*moving-over"):
        make("http://127.0.0.1:1", {"key": "k"})
    with pytest.raises(TypeError, match=r"Configuration\.debug is left out"):
        make(debug=True)
    with pytest.raises(TypeError, match="multiple values"):
        make("http://127.0.0.1:1", host="http://127.0.0.1:2")
    with pytest.raises(TypeError, match="at most 19"):
        make(*[None] * 20)


def test_an_unread_answer_reads_as_theirs_does(api_for: ApiFor) -> None:
    body = b'{"id": "m-1", "text": "0123456789"}'
    with ScriptedServer(*[answer(202, body, {"X-Trace": "t"})] * 4) as server:
        api = api_for(server.url)
        with api.create_message_without_preload_content(ACCOUNT, MESSAGE) as raw:
            assert (raw.getheader("x-trace"), raw.getheader("none", "d"), raw.getheaders()["X-Trace"]) == (
                "t",
                "d",
                "t",
            )
            assert raw.data == raw.data == body
            assert raw.json()["id"] == "m-1"
            assert raw.read() == b""
        with api.create_message_without_preload_content(ACCOUNT, MESSAGE) as raw:
            assert [raw.read(4), raw.read(3), raw.read(), raw.read(5)] == [body[:4], body[4:7], body[7:], b""]
        with api.create_message_without_preload_content(ACCOUNT, MESSAGE) as raw:
            assert [len(piece) for piece in raw.stream(10)] == [10, 10, 10, 5]
        with api.create_message_without_preload_content(ACCOUNT, MESSAGE) as raw:
            assert raw.read(1) + b"".join(raw) == body
        assert server.connections == 1
