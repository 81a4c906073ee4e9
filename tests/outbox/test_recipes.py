"""The recipe for one-time codes handles every failure, in 25 lines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from docs.pages import blocks, read, section

from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging.outbox import Outbox

from .conftest import Account

(RECIPE,) = blocks(section(read("outbox.md"), 'One-time codes, and "resend code" pressed twice'), "python")
NUMBER = "+15552340000"


@pytest.fixture
def page(outbox: Outbox, api: MessagesApi, account: Account) -> Any:
    sandbox = SimpleNamespace(account_id=account.id, application_id=account.sandbox.application_id)
    names: dict[str, Any] = {"outbox": outbox, "messages": api, "sandbox": sandbox}
    exec(RECIPE, names)
    return SimpleNamespace(**names)


def test_it_has_at_most_25_lines() -> None:
    assert len([line for line in RECIPE.splitlines() if line.strip()]) <= 25


def test_resend_pressed_twice_is_one_message_and_a_new_code_is_another(page: Any, account: Account) -> None:
    assert [page.send_code(NUMBER, "ann", 1, "482913") for _ in range(2)] == ["The code is on its way."] * 2
    assert page.send_code(NUMBER, "ann", 2, "111222") == "The code is on its way."
    assert len(account.ids()) == 2


@pytest.mark.parametrize(
    ("fault", "says", "messages"),
    [
        ({"status": 400}, "This number cannot get text messages.", 0),
        ({"status": 429}, "We are busy. Please try again.", 0),
        ({"status": 401}, "We cannot send codes at the moment.", 0),
        ({"status": 500}, "The code may be on its way. Wait a minute, then ask for a new one.", 0),
        ({"reset": True}, "The code may be on its way. Wait a minute, then ask for a new one.", 0),
        ({"truncate": True, "after": True}, "The code is on its way.", 1),
    ],
)
def test_each_failure_has_an_answer_for_the_user(
    page: Any, account: Account, fault: dict[str, Any], says: str, messages: int
) -> None:
    account.sandbox.fail_next(operation="send", **fault)
    assert page.send_code(NUMBER, "ann", 1, "482913") == says
    assert len(account.ids()) == messages


def test_a_wrong_number_and_a_missing_set_up_are_told_apart(page: Any, account: Account) -> None:
    assert page.send_code("555", "ann", 1, "482913") == "Please check the phone number."
    with ApiClient(Configuration(host=account.sandbox.url)) as client:
        page.send_code.__globals__["messages"] = MessagesApi(client)
        assert page.send_code(NUMBER, "ann", 2, "482913") == "We cannot send codes at the moment."
