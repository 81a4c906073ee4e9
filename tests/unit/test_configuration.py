"""Configuration: every option is checked, by itself and with the others, and no secret shows."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from bandwidth_messaging import ApiClient, Configuration, RetryPolicy

SECRET = "t0p-s3cret"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"client_id": "a"}, "client_id was given without client_secret"),
        ({"client_secret": SECRET}, "client_secret was given without client_id"),
        ({"username": "a"}, "username was given without password"),
        ({"password": SECRET}, "password was given without username"),
        ({"username": "", "password": SECRET}, "username: give a string that is not empty"),
        ({"username": 7, "password": SECRET}, "username"),
        ({"host": "127.0.0.1:8080"}, "host: give a URL that begins with http:// or https://"),
        ({"host": "ftp://x"}, "host"),
        ({"host": "http://"}, "host"),
        ({"host": "http://x:y"}, "host: this cannot be read as a URL"),
        ({"host": "http://user:pw@x"}, "host: a URL must not hold credentials"),
        ({"host": "http://x/?a=b"}, "host: give the URL without a query"),
        ({"host": "http://x\n"}, "host"),
        ({"host": 7}, "host: give a URL, not int"),
        ({"access_token_url": "x"}, "access_token_url"),
        ({"proxy": "localhost:3128"}, "proxy"),
        ({"connect_timeout": 0}, "connect_timeout: give more than 0"),
        ({"read_timeout": None}, "read_timeout: give a number of seconds"),
        ({"total_timeout": float("nan")}, "total_timeout"),
        ({"idle_timeout": "30"}, "idle_timeout"),
        ({"connection_pool_maxsize": 0}, "connection_pool_maxsize: give a whole number from 1 up"),
        ({"max_response_size": 1.5}, "max_response_size"),
        ({"retries": -1}, "retries"),
        ({"retries": True}, "retries"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_by_name(options: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error) as caught:
        Configuration(**options)
    assert SECRET not in str(caught.value)


def test_an_option_that_there_is_not_is_refused_in_either_way_of_giving_it() -> None:
    misspelt: dict[str, Any] = {"hsot": "http://x"}
    with pytest.raises(TypeError, match="hsot"):
        Configuration(**misspelt)
    with pytest.raises(AttributeError, match="hsot"):
        Configuration().hsot = "http://x"  # type: ignore[attr-defined]  # what the user does wrong


def test_options_can_be_set_later_and_are_checked_when_the_client_is_made() -> None:
    configuration = Configuration()
    configuration.username = "user"
    with pytest.raises(ValueError, match="username was given without password"):
        ApiClient(configuration)


def test_a_client_reads_its_configuration_once() -> None:
    configuration = Configuration(host="http://127.0.0.1:1", username="u", password="p")
    with ApiClient(configuration) as client:
        configuration.host = "http://127.0.0.1:2"
        assert "http://127.0.0.1:1" in repr(client)


def test_no_secret_shows_in_repr_or_report() -> None:
    configuration = Configuration(
        client_id="id-1", client_secret=SECRET, access_token=SECRET, username="u", password=SECRET,
        proxy=f"http://user:{SECRET}@proxy:3128", proxy_headers={"Proxy-Authorization": SECRET},
    )  # fmt: skip
    for shown in (repr(configuration), configuration.to_debug_report(), repr(ApiClient(configuration))):
        assert SECRET not in shown
        assert "id-1" in shown
        assert "http://proxy:3128" in shown


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_keeps_the_credentials(duplicate: Any) -> None:
    copied = duplicate(
        Configuration(host="http://x", access_token_url="http://x/t", client_id="a", client_secret=SECRET)
    )
    assert (copied.host, copied.client_secret) == ("http://x", SECRET)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_shares_nothing_that_can_change(duplicate: Any) -> None:
    configuration = Configuration(proxy_headers={"X-A": "1"}, socket_options=[(6, 1, 1)])
    copied = duplicate(configuration)
    copied.proxy_headers["X-B"] = "2"
    copied.socket_options.append((6, 1, 0))
    assert (configuration.proxy_headers, configuration.socket_options) == ({"X-A": "1"}, [(6, 1, 1)])


def test_a_pickle_omits_the_credentials_and_the_loaded_one_says_what_to_set() -> None:
    configuration = Configuration(
        host="http://x",
        access_token_url="http://x/t",
        client_id="a",
        client_secret=SECRET,
        proxy=f"http://u:{SECRET}@proxy",
        retries=RetryPolicy(),
    )
    pickled = pickle.dumps(configuration)
    assert SECRET.encode() not in pickled
    loaded = pickle.loads(pickled)
    assert (loaded.host, loaded.proxy, loaded.retries) == ("http://x", "http://proxy", RetryPolicy())
    with pytest.raises(ValueError, match="set client_id and client_secret"):
        ApiClient(loaded)
    loaded.client_id, loaded.client_secret = "a", SECRET
    ApiClient(loaded).close()


def test_from_env_reads_the_documented_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        "BW_CLIENT_ID": "id", "BW_CLIENT_SECRET": SECRET, "BW_ACCESS_TOKEN_URL": "http://t/token",
        "BW_USERNAME": "user", "BW_PASSWORD": SECRET, "BW_HOST": "http://h",
        "BW_ACCOUNT_ID": "9900000", "BW_MESSAGING_APPLICATION_ID": "app-1", "BW_NUMBER": "+15557654321",
    }  # fmt: skip
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    configuration = Configuration.from_env(retries=0)
    assert (configuration.client_id, configuration.client_secret) == ("id", SECRET)
    assert (configuration.username, configuration.password) == ("user", SECRET)
    assert (configuration.host, configuration.access_token_url) == ("http://h", "http://t/token")
    own = (configuration.account_id, configuration.application_id, configuration.number)
    assert own == ("9900000", "app-1", "+15557654321")
    assert configuration.retries == 0


def test_from_env_takes_an_empty_variable_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BW_CLIENT_ID", "BW_CLIENT_SECRET", "BW_ACCESS_TOKEN_URL", "BW_USERNAME", "BW_PASSWORD", "BW_HOST"):
        monkeypatch.setenv(name, "")
    configuration = Configuration.from_env(access_token="t")
    assert (configuration.client_id, configuration.host) == (None, "https://messaging.bandwidth.com/api/v2")


def test_calling_without_credentials_says_what_to_give() -> None:
    from bandwidth_messaging import MessagesApi

    with (
        ApiClient(Configuration(host="http://127.0.0.1:1")) as client,
        pytest.raises(ValueError, match="no credentials: give Configuration"),
    ):
        MessagesApi(client).list_messages("9900000", limit=1)


def test_calling_after_close_says_so() -> None:
    from bandwidth_messaging import MessagesApi

    with ApiClient(Configuration(host="http://127.0.0.1:1", username="u", password="p")) as client:
        api = MessagesApi(client)
    with pytest.raises(RuntimeError, match="this ApiClient is closed"):
        api.list_messages("9900000", limit=1)
