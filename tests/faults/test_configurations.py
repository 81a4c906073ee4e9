"""One configuration: where its credentials go, one token for its clients, and what a change of it does."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT, MESSAGE

from bandwidth_messaging import ApiClient, BasicAuth, Configuration, ConfigurationException, MessagesApi

CREDENTIALS: dict[str, Any] = {"client_id": "c-1", "client_secret": "s3cret"}
PRODUCTION = "https://api.bandwidth.com/api/v1/oauth2/token"


class Service:
    """Gives tokens and takes messages; counts both."""

    def __init__(self) -> None:
        self.tokens = 0
        self.seen: list[str] = []
        self.hold: threading.Event | None = None
        self.asked = threading.Event()

    def __call__(self, exchange: Exchange) -> bytes:
        if exchange.request.target == "/token":
            self.tokens += 1
            number = self.tokens
            self.asked.set()
            if self.hold is not None:
                self.hold.wait(10)
            return answer(200, {"access_token": f"token-{number}", "expires_in": 3600})
        self.seen.append(exchange.request.headers["authorization"])
        return answer(202, {"id": "m-1"})


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with ScriptedServer(service) as server:
        yield server.url


def configuration_for(url: str, **options: Any) -> Configuration:
    return Configuration(url, access_token_url=f"{url}/token", **{**CREDENTIALS, **options})


def send(configuration: Configuration) -> str | None:
    with ApiClient(configuration) as client:
        return MessagesApi(client).create_message(ACCOUNT, MESSAGE).id


@pytest.mark.parametrize(
    "host",
    ["http://127.0.0.1:1", "https://notbandwidth.com", "https://bandwidth.com.evil.test", "https://xbandwidth.com"],
)
def test_client_credentials_with_a_foreign_host_need_to_say_where_they_go(host: str) -> None:
    with pytest.raises(ConfigurationException, match=f'access_token_url="{PRODUCTION}"'):
        Configuration(host, **CREDENTIALS)
    for given in (PRODUCTION, f"{host}/token"):
        assert Configuration(host, access_token_url=given, **CREDENTIALS).access_token_url == given


@pytest.mark.parametrize("host", [None, "https://bandwidth.com", "https://test.messaging.BANDWIDTH.com/api/v2"])
def test_the_vendors_own_hosts_need_nothing_more(host: str | None) -> None:
    assert Configuration(host, **CREDENTIALS).access_token_url == PRODUCTION


@pytest.mark.parametrize("options", [{}, {"username": "u", "password": "p"}, {"access_token": "t"}])
def test_other_credentials_may_go_to_any_host(options: dict[str, Any]) -> None:
    configuration = Configuration("http://localhost", **options)
    ApiClient(configuration).close()
    assert configuration.host == "http://localhost"


def test_what_is_set_later_is_refused_when_a_client_is_made_or_used() -> None:
    configuration = Configuration("http://127.0.0.1:1")
    with ApiClient(configuration, auth=BasicAuth("u", "p")):
        configuration.client_id, configuration.client_secret = "c", "s"
    with pytest.raises(ConfigurationException, match="access_token_url"):
        ApiClient(configuration)


def test_the_addresses_read_as_what_will_be_called() -> None:
    configuration = Configuration()
    assert (configuration.host, configuration.access_token_url) == (
        "https://messaging.bandwidth.com/api/v2",
        PRODUCTION,
    )
    assert "https://messaging.bandwidth.com/api/v2" in repr(configuration)
    assert Configuration(ignore_operation_servers=True).host == "http://localhost"


def test_clients_of_one_configuration_fetch_one_token(url: str, service: Service) -> None:
    configuration = configuration_for(url)
    for _ in range(5):
        send(configuration)
    send(copy.copy(configuration))
    assert (service.tokens, len(service.seen)) == (1, 6)


def test_a_copy_with_other_credentials_has_a_token_of_its_own(url: str, service: Service) -> None:
    configuration = configuration_for(url)
    send(configuration)
    copied = copy.copy(configuration)
    copied.client_secret = "another"
    send(copied)
    send(configuration)
    assert service.seen == ["Bearer token-1", "Bearer token-2", "Bearer token-1"]


def test_a_pickle_never_has_the_token(url: str, service: Service) -> None:
    configuration = configuration_for(url)
    send(configuration)
    pickled = pickle.dumps(configuration)
    assert b"token-1" not in pickled
    loaded = pickle.loads(pickled)
    loaded.client_id, loaded.client_secret = CREDENTIALS["client_id"], CREDENTIALS["client_secret"]
    send(loaded)
    assert service.tokens == 2


def _child(configuration: Configuration, results: Any) -> None:
    held = len(configuration._shared)
    sent = send(configuration)
    results.put((sent, held, {key[0] for key in configuration._shared} == {os.getpid()}))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_neither_token_nor_lock_crosses_a_fork(url: str, service: Service) -> None:
    configuration = configuration_for(url)
    send(configuration)
    (auth,) = configuration._shared.values()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    # The lock is held as it would be by a thread that fetches at the moment of the fork.
    with auth._fetching:
        child = context.Process(target=_child, args=(configuration, results))
        child.start()
    assert results.get(timeout=20) == ("m-1", 1, True)
    child.join(20)
    assert service.tokens == 2


def test_closing_one_client_leaves_the_fetch_of_another_alone(url: str, service: Service) -> None:
    configuration = configuration_for(url)
    service.hold = threading.Event()
    first, second = ApiClient(configuration), ApiClient(configuration)
    with ThreadPoolExecutor(2) as pool:
        fetching = pool.submit(MessagesApi(first).create_message, ACCOUNT, MESSAGE)
        assert service.asked.wait(10)
        waiting = pool.submit(MessagesApi(second).create_message, ACCOUNT, MESSAGE)
        first.close()
        service.hold.set()
        assert waiting.result(20).id == "m-1"
        fetching.exception(20)
    second.close()


def test_a_rotated_token_counts_from_the_next_call_on(url: str, service: Service) -> None:
    configuration = Configuration(url, access_token="old")
    with ApiClient(configuration) as client:
        api = MessagesApi(client)
        api.create_message(ACCOUNT, MESSAGE)
        configuration.access_token = "new"
        api.create_message(ACCOUNT, MESSAGE)
    assert service.seen == ["Bearer old", "Bearer new"]


def test_changed_credentials_and_host_count_from_the_next_call_on(url: str, service: Service) -> None:
    other = Service()
    configuration = configuration_for(url)
    with ScriptedServer(other) as server, ApiClient(configuration) as client:
        api = MessagesApi(client)
        api.create_message(ACCOUNT, MESSAGE)
        configuration.host, configuration.access_token_url = server.url, f"{server.url}/token"
        api.create_message(ACCOUNT, MESSAGE)
        configuration.client_id, configuration.client_secret = None, None
        configuration.username, configuration.password = "u", "p"
        api.create_message(ACCOUNT, MESSAGE)
    assert (service.seen, other.tokens) == (["Bearer token-1"], 1)
    assert [seen.partition(" ")[0] for seen in other.seen] == ["Bearer", "Basic"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("read_timeout", 1.0), ("retries", 0), ("verify_ssl", False), ("proxy", "http://p"), ("idle_timeout", 9.0)],
)
def test_another_option_that_is_changed_raises_until_it_is_as_it_was(
    name: str, value: Any, url: str, service: Service
) -> None:
    configuration = configuration_for(url)
    before = getattr(configuration, name)
    with ApiClient(configuration) as client:
        setattr(configuration, name, value)
        for _ in range(2):
            with pytest.raises(ConfigurationException, match=f"{name}: it was changed after a client was made"):
                MessagesApi(client).create_message(ACCOUNT, MESSAGE)
        setattr(configuration, name, before)
        MessagesApi(client).create_message(ACCOUNT, MESSAGE)
    assert len(service.seen) == 1


def test_what_only_the_program_reads_may_change_at_any_time(url: str, service: Service) -> None:
    configuration = configuration_for(url)
    with ApiClient(configuration) as client:
        configuration.account_id = "9900001"
        MessagesApi(client).create_message(ACCOUNT, MESSAGE)
        ApiClient(configuration).close()
        MessagesApi(client).create_message(ACCOUNT, MESSAGE)
    assert service.tokens == 1
