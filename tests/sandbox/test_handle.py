"""What a test does with an account of the sandbox: look, wait, forget."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.messaging.one_time_codes import one_time_code
from bandwidth_messaging.sandbox.store.records import Batch, Exchange

from .calling import NOW, Caller

OURS, PHONE, OTHER = "+15553332222", "+15554443333", "+15552345678"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW, pace="stepped") as running:
        yield running


def test_messages_are_found_by_all_filters_that_are_given(sandbox: Sandbox, caller: Caller) -> None:
    first = caller.create(text="Your code is 482913", tag="login").json()["id"]
    second = caller.create(to=[OTHER], text="Your order is on its way").json()["id"]
    third = sandbox.receive(PHONE, "Your turn", to=OURS)

    def found(**filters: str) -> list[str]:
        return [message.message_id for message in sandbox.messages(**filters)]

    assert found() == found(text="Your") == [first, second, third]
    assert found(to=PHONE) == found(tag="login") == found(text="482913") == found(message_id=first) == [first]
    assert found(from_=OURS) == found(direction="outbound") == [first, second]
    assert found(to=OTHER, tag="login") == found(text="your") == found(family="classic") == []
    sandbox.advance(10)
    assert found(status="DELIVERED") == [first, second]


def test_a_message_says_everything_that_a_test_asks(sandbox: Sandbox, caller: Caller) -> None:
    caller.create(text="Ваш код: 482913 " + "я" * 60, tag="t", media=["https://example.com/cat.png"])
    (message,) = sandbox.messages()

    assert (message.direction, message.family, message.from_, message.to) == ("OUTBOUND", "v2", OURS, PHONE)
    assert (message.code, message.tag, message.media) == ("482913", "t", ("https://example.com/cat.png",))
    assert (message.segments, message.error_code, message.callbacks) == (1, 0, ())
    assert message.time.timestamp() == NOW


def test_a_filter_that_there_is_not_is_named(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="There is no filter 'recipient'; there are message_id"):
        sandbox.messages(recipient=PHONE)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="There is no filter 'recipient'"):
        sandbox.wait_for(recipient=PHONE)  # type: ignore[call-arg]


def test_waiting_ends_with_the_message(sandbox: Sandbox, caller: Caller) -> None:
    later = threading.Timer(0.1, caller.create, kwargs={"to": [OTHER]})
    later.start()
    caller.create()

    assert sandbox.wait_for(to=OTHER, timeout=60).to == OTHER
    later.join()


def test_of_several_messages_the_newest_is_waited_for(sandbox: Sandbox, caller: Caller) -> None:
    caller.create(text="1")
    caller.create(text="2")

    assert sandbox.wait_for(to=PHONE).text == "2"


def test_who_waits_in_vain_is_told_what_there_is(sandbox: Sandbox, caller: Caller) -> None:
    with pytest.raises(TimeoutError, match=r"No message within 0\.01 seconds; the last ones are: none"):
        sandbox.wait_for(timeout=0.01)
    caller.create(text="Hi")
    with pytest.raises(TimeoutError) as caught:
        sandbox.wait_for(to=PHONE, status="DELIVERED", timeout=0)

    assert str(caught.value) == (
        f"No message with to='{PHONE}', status='DELIVERED' within 0 seconds; the last ones are: "
        f"{OURS} -> {PHONE} RECEIVED: 'Hi'. The time of this account stands still: advance(seconds) moves it"
    )


@pytest.mark.parametrize("timeout", [-1, float("nan"), float("inf")])
def test_nobody_waits_for_ever(sandbox: Sandbox, timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout must be a number of seconds from 0 up"):
        sandbox.wait_for(timeout=timeout)


def test_accounts_see_nothing_of_each_other(sandbox: Sandbox, http: urllib3.PoolManager) -> None:
    one, other = sandbox.new_account(), sandbox.new_account()
    one.receive(PHONE, "for one", to=OURS)
    other.receive(PHONE, "for the other", to=OURS)
    one.receive(PHONE, "for one's classic side", to=OURS, family="classic")

    assert [message.text for message in one.messages()] == ["for one", "for one's classic side"]
    one.clear()
    one.advance(3600)
    assert [message.text for message in other.messages()] == ["for the other"]
    other.receive(PHONE, "at its own time", to=OURS)
    assert other.messages()[-1].time.timestamp() == NOW
    wrong = urllib3.make_headers(basic_auth=f"{other.username}:{one.password}")
    assert http.request("GET", f"{sandbox.url}/users/{other.account_id}/messages?limit=1", headers=wrong).status == 401


def test_an_account_is_new_after_a_restart_too(tmp_path: Path) -> None:
    file = str(tmp_path / "messages.sqlite")
    with Sandbox(db=file) as sandbox:
        before = sandbox.new_account()
        before.receive(PHONE, "from before", to=OURS, family="messagemedia")
    with Sandbox(db=file) as sandbox:
        after = sandbox.new_account()

        assert after.messages() == []
        assert after.account_id != before.account_id


def test_a_revoked_token_is_worthless_and_no_other(sandbox: Sandbox, caller: Caller) -> None:
    other = sandbox.new_account()
    tokens = [caller.token().json(), caller.token(credential=f"{other.client_id}:{other.client_secret}").json()]
    sandbox.revoke_tokens()

    answers = [
        caller.send(
            "GET", f"/users/{account}/messages?limit=1", headers={"authorization": f"Bearer {token['access_token']}"}
        )
        for account, token in zip((sandbox.account_id, other.account_id), tokens, strict=True)
    ]
    assert [answer.status for answer in answers] == [401, 200]


def test_of_the_requests_that_made_messages_the_latest_10_000_are_kept(
    sandbox: Sandbox, http: urllib3.PoolManager
) -> None:
    older = Exchange(account_id=sandbox.account_id, message_id="older", time=_now(sandbox), request={}, answer={})
    other = Exchange(account_id="another", message_id="another's", time=0, request={}, answer={})
    sandbox.store.write(Batch(exchanges=[other, *[older] * 10_000]))
    body = {"messages": [{"content": "x", "destination_number": "+61491570156"}] * 100}
    secret = f"{sandbox.messagemedia.api_key}:{sandbox.messagemedia.api_secret}"
    headers = urllib3.make_headers(basic_auth=secret)
    for _ in range(10):
        assert http.request("POST", f"{sandbox.url}/v1/messages", json=body, headers=headers).status == 202
    # They are kept when their answers are out, which is before the same connection is served again.
    assert http.request("GET", f"{sandbox.url}/sandbox/health").status == 200

    rows = sandbox.store.select("SELECT request, answer FROM exchanges WHERE message_id NOT IN ('older', 'another''s')")
    assert len(rows) == 1000
    assert json.loads(json.loads(rows[0]["request"])["body"]) == body
    assert json.loads(rows[0]["answer"])["status"] == 202
    assert base64.b64encode(secret.encode()).decode() not in rows[0]["request"]
    counts = sandbox.store.select("SELECT account_id, count(*) AS n FROM exchanges GROUP BY account_id")
    assert {row["account_id"]: row["n"] for row in counts} == {sandbox.account_id: 10_000, "another": 1}


def test_of_the_requests_that_made_messages_those_older_than_14_days_are_forgotten(
    sandbox: Sandbox, http: urllib3.PoolManager
) -> None:
    day = 24 * 3600 * 1000
    for age, message_id in ((15, "old"), (13, "new")):
        time = _now(sandbox) - age * day
        kept = Exchange(account_id=sandbox.account_id, message_id=message_id, time=time, request={}, answer={})
        sandbox.store.write(Batch(exchanges=[kept]))
    body = {"messages": [{"content": "x", "destination_number": "+61491570156"}] * 100}
    headers = urllib3.make_headers(basic_auth=f"{sandbox.messagemedia.api_key}:{sandbox.messagemedia.api_secret}")
    for _ in range(10):
        assert http.request("POST", f"{sandbox.url}/v1/messages", json=body, headers=headers).status == 202
    assert http.request("GET", f"{sandbox.url}/sandbox/health").status == 200

    rows = sandbox.store.select("SELECT message_id FROM exchanges WHERE message_id IN ('old', 'new')")
    assert rows == [{"message_id": "new"}]


def _now(sandbox: Sandbox) -> int:
    return sandbox.services.accounts.of(sandbox.account_id).clock.now()  # type: ignore[union-attr]  # it is there


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your code is 482913", "482913"),
        ("G-482913 is your Google verification code.", "G-482913"),
        ("482 913 is your Instagram code", "482913"),
        ("Your WhatsApp code: 482-913. Don't share it", "482913"),
        ("Please confirm with code 4 8 2 9 1 3", "482913"),
        ("Your verification code is ABC-123", "ABC-123"),
        ("<#> Your ExampleApp code is: 123ABC78\nFA+9qCX9VSu", "123ABC78"),
        ("482913 is your code\n\n@example.com #482913", "482913"),
        ("Use 1234 as your PIN", "1234"),
        ("Enter 482913 to sign in", "482913"),
        ("Your 2FA token is 661204", "661204"),
        ("Su código es 482913", "482913"),
        ("Dein Bestätigungscode: 482913", "482913"),
        ("Код подтверждения: 482913", "482913"),
        ("验证码 482913", "482913"),
        # Other numbers are about.
        ("Your code is 4829. Never share this code. Reply STOP to 46927 to unsubscribe", "4829"),
        ("Your appointment is at 1430. PIN 9921", "9921"),
        ("Acct ending 4321: your passcode is 882211", "882211"),
        ("Rs 5000 debit: OTP is 123456", "123456"),
        ("123456 is your OTP for txn of INR 5000 on card 4321", "123456"),
        ("On 2026-11-21 your code is 482913, valid until 12:30", "482913"),
        ("Your code expires in 10 minutes: 482913", "482913"),
        ("Call +15552345678 if you did not ask for the code 482913", "482913"),
        # No code is about.
        ("Your order 88231234 has shipped", None),
        ("Call 555-123-4567 for your code", None),
        ("Call +15552345678 for your code", None),
        ("Your password was changed in 2024.", None),
        ("To log in visit https://example.com/verify/482913", None),
        ("Your verification code costs $1000", None),
        ("Codex 9000 is out", None),
        ("", None),
        (None, None),
    ],
)
def test_a_one_time_code_is_picked_out_and_nothing_else(text: str | None, code: str | None) -> None:
    assert one_time_code(text) == code
