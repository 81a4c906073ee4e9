"""Secrets stay secret: in logs, exceptions, reprs, reports and pickles."""

from __future__ import annotations

import http.client
import logging
import pickle
import re
from typing import Any

import pytest

from bandwidth_messaging import ApiClient, BasicAuth, BearerAuth, Configuration, RetryPolicy
from bandwidth_messaging._call.clock import Clock
from faults.lab import ACCEPTED, ANY, PASSWORD, SEND, SENDER, TEXT, TOKEN, Lab, case
from faults.secrecy import CREDENTIALS, ENCODED, PERSONAL, LeftBehind, found
from faults.test_sharing import FULL
from faults.test_tokens import Service


@case(71, SEND, "answers; all logging is on", "the message; no credential, number or text in a log", 1)
def test_a_log_says_method_path_status_and_no_secret(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    Service(lab)
    with caplog.at_level(logging.DEBUG):
        api = lab.oauth_client()
        api.list_messages("9900000", source_tn=SENDER)
        lab.servers[0].requests.clear()
        lab.send(api)
    record = [record for record in caplog.records if record.name == "bandwidth_messaging"][-1]
    assert re.fullmatch(r"POST /users/9900000/messages 202 in [0-9.]+ s, attempt 1", record.getMessage())
    assert {"operation", "method", "path", "status", "elapsed", "request_id"} <= set(vars(record))
    logged = "".join(str(vars(record)) + record.getMessage() for record in caplog.records)
    assert found(logged, [*CREDENTIALS, *ENCODED, *PERSONAL]) == []


@case("71a", SEND, "answers; no logging was asked for", "the message; nothing is logged or printed", 1)
def test_nothing_is_printed_unless_asked_for(lab: Lab, capfd: pytest.CaptureFixture[str]) -> None:
    lab.serve(ACCEPTED)
    lab.send()
    assert capfd.readouterr() == ("", "")


@case(72, ANY, "a configuration and a client are made", "no log level, handler or global has changed", 0)
def test_making_a_client_changes_nothing_global(lab: Lab) -> None:
    def globals_now() -> Any:
        loggers = [logging.getLogger(), *map(logging.getLogger, ("urllib3", "bandwidth_messaging", "http"))]
        return [(log.level, log.propagate, list(log.handlers), list(log.filters)) for log in loggers], (
            http.client.HTTPConnection.debuglevel,
            http.client._MAXLINE,  # type: ignore[attr-defined]  # not in the stubs
        )

    before = globals_now()
    lab.client(host="http://127.0.0.1:1")
    assert globals_now() == before


PUBLIC = [
    Configuration(**FULL),
    ApiClient(Configuration(**FULL)),
    BasicAuth("user", PASSWORD),
    BearerAuth(TOKEN),
    RetryPolicy(),
    Clock(),
]


@pytest.mark.parametrize("thing", PUBLIC, ids=lambda thing: type(thing).__name__)
def test_no_repr_of_a_public_object_shows_a_credential(thing: Any) -> None:
    assert found(repr(thing) + str(thing) + f"{thing}", [*CREDENTIALS, *ENCODED]) == []


def test_no_report_and_no_pickle_of_a_configuration_holds_a_credential() -> None:
    configuration = Configuration(**FULL)
    pickled = pickle.dumps(configuration).decode("latin-1")
    assert found(configuration.to_debug_report() + pickled, [*CREDENTIALS, *ENCODED]) == []


@pytest.mark.parametrize("thing", PUBLIC[1:4], ids=lambda thing: type(thing).__name__)
def test_what_holds_credentials_or_connections_is_not_pickled(thing: Any) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(thing)


SECRETS = [PASSWORD, TOKEN, SENDER, TEXT, ENCODED[0]]


@pytest.mark.parametrize("secret", SECRETS, ids=["password", "token", "number", "text", "encoded"])
def test_a_secret_in_a_log_fails_the_test_that_logs_it(secret: str, left_behind: LeftBehind) -> None:
    logging.getLogger("urllib3.connection").debug("header: %s", secret)
    with pytest.raises(AssertionError, match=re.escape(secret)):
        left_behind.check()


@pytest.mark.parametrize("secret", SECRETS[:3], ids=["password", "token", "number"])
def test_a_secret_in_an_exception_or_its_cause_fails_the_test_that_caught_it(
    secret: str, lab: Lab, left_behind: LeftBehind
) -> None:
    lab.serve(lambda exchange: exchange.reset())
    lab.send().__cause__ = ValueError(secret)
    with pytest.raises(AssertionError, match=re.escape(secret)):
        left_behind.check()


def test_what_the_client_logs_is_heard(lab: Lab, left_behind: LeftBehind) -> None:
    lab.serve(ACCEPTED)
    lab.send()
    assert "bandwidth_messaging" in {record.name for record in left_behind.records}
