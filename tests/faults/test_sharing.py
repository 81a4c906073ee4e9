"""One client for many: threads, forked processes, accounts; and what a copy or a pickle of things keeps."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import subprocess
import sys
import textwrap
import threading
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import Exchange, answer
from support import ACCOUNT

from bandwidth_messaging import (
    ApiClient,
    ApiException,
    Configuration,
    ListMessageItem,
    MessageRequest,
    MessagesList,
    exceptions,
)
from bandwidth_messaging._call.exchange import Headers, Request
from faults.lab import ACCEPTED, ANY, CLIENT_SECRET, MESSAGE, PAGE, PASSWORD, READ, SEND, Lab, case
from faults.test_connecting import refusing
from faults.together import in_threads, wait_for


@case(75, SEND, "64 threads, a pool of 10", "the message; over 10 connections at most", 64)
def test_a_pool_has_no_more_connections_than_it_was_given(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    api = lab.client(connection_pool_maxsize=10)
    results = in_threads(64, lambda: lab.send(api))
    assert {result.id for result in results} == {"m-1"}
    assert server.connections <= 10


@case(74, READ, "keeps its connections; the client leaves its `with`", "the page; every socket closed", 4)
def test_leaving_the_client_closes_its_connections(lab: Lab) -> None:
    together = threading.Barrier(4)

    def all_at_once(exchange: Exchange) -> bytes:
        together.wait(10)
        return PAGE

    server = lab.serve(all_at_once)
    api = lab.client()
    in_threads(4, lambda: lab.read(api))
    assert (server.connections, server.ended) == (4, 0)
    api.api_client.close()
    wait_for(lambda: server.ended == 4)
    with pytest.raises(RuntimeError, match="closed"):
        api.list_messages(ACCOUNT, limit=1)


@case("88", READ, "answers; a log handler sends a message meanwhile", "the page; with its own filters", 1)
def test_a_call_within_a_call_does_not_disturb_it(lab: Lab) -> None:
    server = lab.serve(PAGE)
    other = lab.client(host=lab.use(refusing()), retries=0)

    class Alert(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage().startswith("GET"):
                lab.send(other)

    log = logging.getLogger("bandwidth_messaging")
    handler = Alert(logging.DEBUG)
    log.addHandler(handler)
    try:
        lab.read()
    finally:
        log.removeHandler(handler)
    assert server.requests[0].target.endswith("?sourceTn=%2B15557654321")


FORK = """
import os, sys
from bandwidth_messaging import ApiClient, Configuration, MessagesApi

message = {"application_id": "app-1", "to": ["+15552345678"], "from": "+15557654321", "text": "Hello"}
api = MessagesApi(ApiClient(Configuration(host=sys.argv[1], username="user", password="x")))
def send(tag):
    assert api.create_message("9900000", {**message, "tag": tag}).tag == tag
send("before")
child = os.fork()
for number in range(20):
    send(f"{'parent' if child else 'child'}-{number}")
if child:
    assert os.waitpid(child, 0)[1] == 0
    print("both are done")
else:
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform has no fork")
@case(18, SEND, "a fork with a warm pool; both send", "each its own answers; the child over its own connection", 41)
def test_after_a_fork_the_child_opens_its_own_connections(lab: Lab) -> None:
    server = lab.serve(lambda exchange: answer(202, {"id": "m-1", "tag": exchange.request.json["tag"]}))
    script = [sys.executable, "-c", textwrap.dedent(FORK), server.url]
    finished = subprocess.run(script, capture_output=True, text=True, timeout=60, check=False)
    assert (finished.stdout, finished.stderr) == ("both are done\n", "")
    assert server.connections == 2


AMONG_THREADS = """
import os, signal, sys, threading
from bandwidth_messaging import ApiClient, Configuration, MessagesApi

api = MessagesApi(ApiClient(Configuration(host=sys.argv[1], username="user", password="x")))
api.list_messages("9900000", limit=1)
done = threading.Event()

def call():
    while not done.is_set():
        api.list_messages("9900000", limit=1)

threads = [threading.Thread(target=call) for _ in range(4)]
for thread in threads:
    thread.start()
statuses = set()
for _ in range(20):
    child = os.fork()
    if not child:
        signal.alarm(20)  # ends a child that waits for a lock which nobody holds any more
        api.list_messages("9900000", limit=1)
        os._exit(0)
    statuses.add(os.waitpid(child, 0)[1])
done.set()
for thread in threads:
    thread.join()
print(statuses)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform has no fork")
def test_after_the_first_call_a_fork_among_calling_threads_leaves_no_child_waiting(lab: Lab) -> None:
    server = lab.serve(lambda exchange: PAGE)
    script = [sys.executable, "-W", "ignore", "-c", AMONG_THREADS, server.url]
    finished = subprocess.run(script, capture_output=True, text=True, timeout=120, check=False)
    assert (finished.stdout, finished.stderr) == ("{0}\n", "")


INHERITED = """
import gc, os, stat, sys
from bandwidth_messaging import ApiClient, Configuration, MessagesApi

def sockets():
    found = set()
    for number in range(3, 256):
        try:
            status = os.fstat(number)
        except OSError:
            continue
        if stat.S_ISSOCK(status.st_mode):
            found.add((number, status.st_ino))
    return found

api = MessagesApi(ApiClient(Configuration(host=sys.argv[1], username="user", password="x")))
api.list_messages("9900000", limit=1)
before = sockets()
assert len(before) == 1, before
child = os.fork()
if not child:
    api.list_messages("9900000", limit=1)
    gc.collect()
    os._exit(0 if before < sockets() else 1)
assert os.waitpid(child, 0)[1] == 0, "the child has closed what it inherited"
print("left alone")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform has no fork")
def test_a_forked_child_never_touches_the_connections_that_it_inherited(lab: Lab) -> None:
    server = lab.serve(PAGE)
    script = [sys.executable, "-c", INHERITED, server.url]
    finished = subprocess.run(script, capture_output=True, text=True, timeout=60, check=False)
    assert (finished.stdout, finished.stderr) == ("left alone\n", "")


@case(80, SEND, "8 threads with 4 accounts on one client", "each call with its own credentials", 400)
def test_no_credential_of_one_account_is_on_a_call_of_another(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    api = lab.client()
    numbers = iter(range(8))

    def send_for_one_account() -> None:
        name = f"account-{next(numbers) % 4}"
        for _ in range(50):
            api.create_message(name, MESSAGE, _request_auth=(name, PASSWORD))

    in_threads(8, send_for_one_account)
    for request in server.requests:
        account = request.target.split("/")[2]
        assert request.headers["authorization"] == "Basic " + b64encode(f"{account}:{PASSWORD}".encode()).decode()


@case(49, READ, "a page whose next page is on another host", "the page; only its token is used", 2)
def test_a_page_link_is_never_followed(lab: Lab) -> None:
    elsewhere = lab.serve(PAGE)
    link = f"{elsewhere.url}/steal?pageToken=t-2"
    server = lab.serve(answer(200, {"messages": [], "pageInfo": {"nextPage": link, "nextPageToken": "t-2"}}), PAGE)
    api = lab.client(host=server.url)
    page = lab.read(api)
    lab.read(api, page_token=page.page_info.next_page_token)
    assert server.requests[1].target.endswith("pageToken=t-2")
    assert elsewhere.connections == 0


FULL: dict[str, Any] = {
    "client_id": "client-1",
    "client_secret": CLIENT_SECRET,
    "access_token": f"t0ken-{PASSWORD}",
    "username": "user",
    "password": PASSWORD,
    "proxy_headers": {"Proxy-Authorization": PASSWORD},
    "proxy": f"http://me:{PASSWORD}@127.0.0.1:3128",
}


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_configuration_keeps_its_credentials(duplicate: Callable[[Any], Any]) -> None:
    copied = duplicate(Configuration(**FULL))
    assert {name: getattr(copied, name) for name in FULL} == FULL


@case(73, ANY, "a configuration is pickled", "ValueError; says which credentials to set again", 0)
def test_a_pickled_configuration_has_lost_its_credentials_and_says_so(lab: Lab) -> None:
    loaded = pickle.loads(
        pickle.dumps(
            Configuration(host="http://127.0.0.1:1", access_token_url="http://127.0.0.1:1/t", read_timeout=7, **FULL)
        )
    )
    assert (loaded.host, loaded.read_timeout, loaded.proxy) == ("http://127.0.0.1:1", 7.0, "http://127.0.0.1:3128")
    with pytest.raises(ValueError, match="set client_id and client_secret"):
        ApiClient(loaded)
    loaded.username, loaded.password = "user", "x"
    ApiClient(loaded).close()


# The refusals, which are no ApiException, have a test of their own.
FAILURES = [name for name in exceptions.__all__ if issubclass(getattr(exceptions, name), ApiException)]


@pytest.mark.parametrize("name", FAILURES)
def test_every_exception_survives_a_pickle_and_a_copy(name: str) -> None:
    request = Request("POST", "http://127.0.0.1:1", "/x", "", {}, b"{}")
    headers = Headers({"X-Request-Id": "r-1", "Retry-After": "7"})
    kind: type[ApiException] = getattr(exceptions, name)
    error = kind(429, "Odd", headers=headers, raw_body=b"{}", accepted=False, operation="x", request=request)
    for duplicate in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(duplicate) is kind
        assert str(duplicate) == str(error)
        assert (duplicate.accepted, duplicate.retry_after, duplicate.request) == (False, 7.0, request)


def test_an_exception_of_a_call_survives_a_pickle(lab: Lab) -> None:
    lab.serve(lambda exchange: exchange.reset())
    error = lab.send()
    loaded = pickle.loads(pickle.dumps(error))
    assert (loaded.accepted, loaded.time, loaded.request.body) == (None, error.time, error.request.body)


MODELS = [
    MessageRequest.from_dict(MESSAGE),
    ListMessageItem.from_dict({"messageId": "m-1", "messageStatus": "FROM_2030", "unknown": [1]}),
    MessagesList.from_dict({"totalCount": 1, "messages": [{"messageId": "m-1"}]}),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_models_survive_a_pickle_and_a_copy(model: Any) -> None:
    for duplicate in (pickle.loads(pickle.dumps(model)), copy.copy(model), copy.deepcopy(model)):
        assert duplicate == model
        assert duplicate.to_json() == model.to_json()
