"""The sandbox's side of the family: who is let in, what is refused, and how a message lives."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server as http_server
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
import urllib3

from bandwidth_messaging import BadRequestException, Clock, ForbiddenException, NotFoundException, UnauthorizedException
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.sandbox import Sandbox

from .examples import ID, MESSAGE

PHONE, NUMBER = "+61491570156", "+61491570157"
CANCEL = b'{"status": "cancelled"}'
SEND = json.dumps({"messages": [MESSAGE]}).encode()


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False) as pool:
        yield pool


def signed(sandbox: Sandbox, method: str, path: str, body: bytes = b"", **changes: Any) -> dict[str, str]:
    """The headers of a request that is signed by a few lines of the standard library."""
    now = datetime.now(timezone.utc) + timedelta(seconds=changes.get("late", 0))
    headers = {"date": format_datetime(now, usegmt=True)}
    if body:
        headers["x-Content-MD5"] = hashlib.md5(body).hexdigest()
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items()) + f"{method} {path} HTTP/1.1"
    secret = changes.get("secret", sandbox.messagemedia.api_secret)
    code = base64.b64encode(hmac.new(secret.encode(), lines.encode(), "sha1").digest()).decode()
    labels = " ".join([*headers, "request-line"])
    key = changes.get("key", sandbox.messagemedia.api_key)
    value = f'hmac username="{key}", algorithm="hmac-sha1", headers="{labels}", signature="{code}"'
    return {**headers, "Authorization": value, "Content-Type": "application/json"}


def asked(
    http: urllib3.PoolManager, sandbox: Sandbox, method: str, path: str, body: bytes, headers: Any
) -> tuple[int, Any]:
    answer = http.request(method, sandbox.url + path, body=body or None, headers=headers)
    return answer.status, answer.json() if answer.data else None


def basic(sandbox: Sandbox, **others: str) -> dict[str, str]:
    keys = sandbox.messagemedia
    headers = urllib3.make_headers(basic_auth=f"{keys.api_key}:{keys.api_secret}")
    return {**headers, "Content-Type": "application/json", **others}


UNAUTHORIZED = (401, {"message": "Invalid authentication credentials"})


def test_a_request_that_is_not_what_was_signed_is_refused(sandbox: Sandbox, http: urllib3.PoolManager) -> None:
    path = "/v1/messages"

    def sent(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        return asked(http, sandbox, method, path, body, headers)

    assert sent("POST", path, SEND, signed(sandbox, "POST", path, SEND))[0] == 202
    assert sent("POST", path, SEND, signed(sandbox, "POST", path, SEND, late=-290))[0] == 202
    refused = {
        "wrong secret": sent("POST", path, SEND, signed(sandbox, "POST", path, SEND, secret="wrong")),
        "unknown key": sent("POST", path, SEND, signed(sandbox, "POST", path, SEND, key="nobody")),
        "changed body": sent("POST", path, SEND.replace(b"first", b"other"), signed(sandbox, "POST", path, SEND)),
        "body not covered": sent("POST", path, SEND, signed(sandbox, "POST", path)),
        "changed path": sent("PUT", f"/v1/messages/{ID}", CANCEL, signed(sandbox, "PUT", "/v1/messages/other", CANCEL)),
        "changed method": sent(
            "PUT", f"/v1/messages/{ID}", CANCEL, signed(sandbox, "POST", f"/v1/messages/{ID}", CANCEL)
        ),
        "too early": sent("POST", path, SEND, signed(sandbox, "POST", path, SEND, late=310)),
        "too late": sent("POST", path, SEND, signed(sandbox, "POST", path, SEND, late=-310)),
    }
    for reason, answer in refused.items():
        assert answer == UNAUTHORIZED, reason
    assert len(sandbox.messages()) == 2


def test_an_escaped_id_is_verified_as_it_was_sent(client: MessageMediaMessagesClient) -> None:
    with pytest.raises(NotFoundException):
        client.messages.get_message_status("a b/ü?#%2F")


def test_a_client_whose_clock_is_wrong_is_refused(sandbox: Sandbox) -> None:
    class Late(Clock):
        now = staticmethod(lambda: datetime.now(timezone.utc) - timedelta(minutes=6))

    keys = sandbox.messagemedia
    with MessageMediaMessagesClient(
        keys.api_key, keys.api_secret, True, base_uri=sandbox.url, clock=Late()
    ) as client, pytest.raises(UnauthorizedException):  # fmt: skip
        client.replies.check_replies()


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic !!",
        "Bearer x",
        "hmac",
        'hmac username=""',
        "Basic " + base64.b64encode(b"key:no").decode(),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/messages"), ("GET", f"/v1/messages/{ID}"), ("PUT", f"/v1/messages/{ID}"),
     ("GET", "/v1/delivery_reports"), ("POST", "/v1/delivery_reports/confirmed"),
     ("GET", "/v1/replies"), ("POST", "/v1/replies/confirmed")],
)  # fmt: skip
def test_nobody_is_let_in_without_credentials(
    method: str, path: str, authorization: str | None, sandbox: Sandbox, http: urllib3.PoolManager
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    assert asked(http, sandbox, method, path, b"", headers) == UNAUTHORIZED


def test_the_credentials_of_the_other_families_open_nothing_here(sandbox: Sandbox) -> None:
    client = MessageMediaMessagesClient(sandbox.username, sandbox.password, base_uri=sandbox.url)
    with client, pytest.raises(UnauthorizedException):
        client.replies.check_replies()


def test_two_accounts_do_not_see_each_others_messages(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    sent = client.messages.send_messages({"messages": [{**MESSAGE, "delivery_report": True}]}).messages or []
    other = sandbox.new_account().messagemedia
    sandbox.advance(60)
    with MessageMediaMessagesClient(other.api_key, other.api_secret, True, base_uri=sandbox.url) as stranger:
        with pytest.raises(NotFoundException):
            stranger.messages.get_message_status(sent[0].message_id or "")
        assert stranger.delivery_reports.check_delivery_reports().delivery_reports == []
        ids = [
            report.delivery_report_id
            for report in client.delivery_reports.check_delivery_reports().delivery_reports or []
        ]
        stranger.delivery_reports.confirm_delivery_reports_as_received({"delivery_report_ids": ids})
    assert len(client.delivery_reports.check_delivery_reports().delivery_reports or []) == len(ids) == 3


def test_a_sub_account_that_there_is_not_is_forbidden(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    client.replies.check_replies(_headers={"Account": sandbox.messagemedia.account_id})
    with pytest.raises(ForbiddenException, match="Invalid authentication credentials"):
        client.replies.check_replies(_headers={"Account": "another"})


REFUSED = "Request failed to parse correctly. Please ensure input is valid and try again."


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"destination_number": "0491570156"}, "/messages/1/destination_number: does not have the form"),
        ({"content": "a" * 5001}, "/messages/1/content: must be at most 5000 characters"),
        ({"content": ""}, "/messages/1/content: must not be empty"),
        ({"metadata": {str(number): "v" for number in range(11)}}, "/messages/1/metadata: must have at most 10 pairs"),
        ({"metadata": {"k" * 101: "v"}}, "/messages/1/metadata: a key must be at most 100 characters"),
        ({"metadata": {"k": "v" * 257}}, "/messages/1/metadata/k: must be at most 256 characters"),
        ({"metadata": {"k": 7}}, "/messages/1/metadata/k: must be of type string"),
        ({"source_number_type": "SHORTCODE"}, "/messages/1/source_number_type: is only valid with source_number"),
        ({"format": "FAX"}, "/messages/1/format: must be one of SMS, TTS, MMS"),
        ({"scheduled": "tomorrow"}, "/messages/1/scheduled: must be a valid date-time"),
    ],
)
def test_one_invalid_message_means_that_none_is_sent_and_the_answer_says_which(
    change: dict[str, Any], detail: str, sandbox: Sandbox, http: urllib3.PoolManager
) -> None:
    body = json.dumps({"messages": [MESSAGE, {**MESSAGE, **change}, MESSAGE]}).encode()
    status, answer = asked(http, sandbox, "POST", "/v1/messages", body, basic(sandbox))
    assert (status, answer["message"]) == (400, REFUSED)
    assert [line.startswith(detail) for line in answer["details"]] == [True]
    assert sandbox.messages() == []


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (b"", ["Failed to parse message body."]),
        (b"{", ["Failed to parse message body."]),
        (b"\xff", ["Failed to parse message body."]),
        (b'"\\ud800"', ["Failed to parse message body."]),
        (b"[" * 100_000, ["Failed to parse message body."]),
        (b"{}", ["/messages: is required"]),
        (b"[]", [": must be of type object"]),
        (b'{"messages": []}', ["/messages: must contain at least 1 items"]),
        (json.dumps({"messages": [MESSAGE] * 101}).encode(), ["/messages: must contain at most 100 items"]),
        (b'{"messages": [{}]}', ["/messages/0/content: is required", "/messages/0/destination_number: is required"]),
    ],
)
def test_a_body_that_is_none_is_refused_with_the_documented_answer(
    body: bytes, details: list[str], sandbox: Sandbox, http: urllib3.PoolManager
) -> None:
    answer = asked(http, sandbox, "POST", "/v1/messages", body, basic(sandbox))
    assert answer == (400, {"message": REFUSED, "details": details})


def test_a_body_must_be_json_by_its_type_too(sandbox: Sandbox, http: urllib3.PoolManager) -> None:
    headers = basic(sandbox, **{"Content-Type": "text/plain"})
    status, answer = asked(http, sandbox, "POST", "/v1/messages", SEND, headers)
    assert (status, answer["details"]) == (400, ["Failed to parse message body."])


@pytest.mark.parametrize("path", ["/v1/messages/", "/v1/messages/unknown", f"/v1/messages/{ID}", "/v1/messages/a/b"])
@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("PUT", CANCEL)])
def test_an_unknown_id_is_not_found(
    method: str, body: bytes, path: str, sandbox: Sandbox, http: urllib3.PoolManager
) -> None:
    assert asked(http, sandbox, method, path, body, basic(sandbox)) == (404, {"message": "Resource not found."})


def test_a_method_that_there_is_not_says_which_there_are(sandbox: Sandbox, http: urllib3.PoolManager) -> None:
    answer = http.request("POST", f"{sandbox.url}/v1/messages/{ID}", headers=basic(sandbox))
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, PUT")
    assert answer.json() == {"message": "POST is not supported here."}


def send(client: MessageMediaMessagesClient, **fields: Any) -> str:
    sent = client.messages.send_messages({"messages": [{**MESSAGE, **fields}]}).messages or []
    assert sent[0].status == "queued"
    return sent[0].message_id or ""


def status_of(client: MessageMediaMessagesClient, message_id: str) -> str:
    return str(client.messages.get_message_status(message_id).status)


def later(sandbox: Sandbox, seconds: float) -> str:
    account = next(iter(sandbox.services.accounts))
    at = datetime.fromtimestamp(account.clock() + seconds, timezone.utc)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reports(client: MessageMediaMessagesClient) -> list[str]:
    return [str(report.status) for report in client.delivery_reports.check_delivery_reports().delivery_reports or []]


def test_a_message_passes_through_its_life_and_reports_it_where_asked(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    reported, silent = send(client, delivery_report=True, metadata={"order": "17"}), send(client)
    seen = [status_of(client, reported)]
    for _ in range(6):
        sandbox.advance(0.5)
        seen.append(status_of(client, reported))
    assert list(dict.fromkeys(seen)) == ["queued", "processed", "enroute", "submitted", "delivered"]
    assert status_of(client, silent) == "delivered"
    assert reports(client) == ["enroute", "submitted", "delivered"]
    (*_, last) = client.delivery_reports.check_delivery_reports().delivery_reports or []
    assert (last.message_id, last.source_number, last.original_text) == (reported, PHONE, "My first message!")
    assert (last.metadata, last.delay) == ({"order": "17"}, 0)
    assert last.vendor_account_id is not None
    assert last.vendor_account_id.to_dict() == {"vendor_id": "MessageMedia", "account_id": "MyAccount"}


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("+15550004720", "failed"),
        ("+15550004470", "rejected"),
        ("+15550004360", "expired"),
        ("+15550000000", "submitted"),
    ],
)
def test_the_number_decides_what_becomes_of_a_message(
    number: str, status: str, client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    message_id = send(client, destination_number=number, delivery_report=True)
    sandbox.advance(60)
    assert (status_of(client, message_id), reports(client)[-1]) == (status, status)


def test_a_scheduled_message_waits_for_its_time(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    message_id = send(client, scheduled=later(sandbox, 3600), delivery_report=True)
    sandbox.advance(3599)
    assert (status_of(client, message_id), reports(client)) == ("scheduled", [])
    sandbox.advance(1)
    assert status_of(client, message_id) == "queued"
    sandbox.advance(60)
    assert (status_of(client, message_id), reports(client)[-1]) == ("delivered", "delivered")


def test_a_scheduled_message_is_cancelled_once_and_never_sent(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    message_id = send(client, scheduled=later(sandbox, 3600), delivery_report=True)
    client.messages.cancel_scheduled_message(message_id)
    assert status_of(client, message_id) == "cancelled"
    with pytest.raises(BadRequestException, match=r"/status: only a scheduled message .* this one is cancelled"):
        client.messages.cancel_scheduled_message(message_id)
    sandbox.advance(7200)
    assert (status_of(client, message_id), reports(client)) == ("cancelled", [])


def test_a_delivered_message_cannot_be_cancelled(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    message_id = send(client)
    sandbox.advance(60)
    with pytest.raises(BadRequestException, match="this one is delivered"):
        client.messages.cancel_scheduled_message(message_id)
    assert status_of(client, message_id) == "delivered"


@pytest.mark.parametrize("body", [b"{}", b'{"status": "scheduled"}', b'{"status": null}', b"cancelled"])
def test_only_cancelled_cancels(
    body: bytes, client: MessageMediaMessagesClient, sandbox: Sandbox, http: urllib3.PoolManager
) -> None:
    message_id = send(client, scheduled=later(sandbox, 3600))
    assert asked(http, sandbox, "PUT", f"/v1/messages/{message_id}", body, basic(sandbox))[0] == 400
    assert status_of(client, message_id) == "scheduled"


@pytest.mark.parametrize(
    ("expiry", "fields", "status"),
    [
        (-60, {}, "expired"),
        (0.7, {}, "expired"),
        (60, {}, "delivered"),
        (60, {"destination_number": "+15550000001"}, "expired"),
        (60, {"destination_number": "+15550000000"}, "expired"),
        (60, {"destination_number": "+15550004720"}, "failed"),
    ],
)
def test_a_message_that_is_not_delivered_in_time_expires(
    expiry: float, fields: dict[str, Any], status: str, client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    message_id = send(client, message_expiry_timestamp=later(sandbox, expiry), delivery_report=True, **fields)
    sandbox.advance(3600)
    assert (status_of(client, message_id), reports(client)[-1]) == (status, status)


def test_a_message_scheduled_after_its_expiry_expires_unsent(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    message_id = send(client, scheduled=later(sandbox, 3600), message_expiry_timestamp=later(sandbox, 60))
    sandbox.advance(60)
    assert status_of(client, message_id) == "expired"


def test_a_reply_carries_the_metadata_and_has_source_and_destination_inverted(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    message_id = send(client, source_number=NUMBER, metadata={"order": "17"}, callback_url="https://example.com/cb")
    sandbox.receive(PHONE, "Yes, please")
    (reply,) = client.replies.check_replies().replies or []
    assert (reply.source_number, reply.destination_number) == (PHONE, NUMBER)
    assert (reply.message_id, reply.metadata, reply.content) == (message_id, {"order": "17"}, "Yes, please")
    assert reply.callback_url == "https://example.com/cb"


def test_a_reply_to_a_message_without_a_source_number_has_no_destination_number(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    send(client)
    sandbox.receive(PHONE, "Yes")
    (reply,) = client.replies.check_replies().replies or []
    assert "destination_number" not in reply.to_dict()


def test_an_unsolicited_text_to_a_number_of_the_account_is_a_reply_to_nothing(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    reply_id = sandbox.receive(PHONE, "Hello?", to=NUMBER, family="messagemedia")
    (reply,) = client.replies.check_replies().replies or []
    assert (reply.reply_id, reply.destination_number, reply.message_id) == (reply_id, NUMBER, None)


def test_stop_ends_it(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    send(client, source_number=NUMBER)
    sandbox.receive(PHONE, "STOP")
    message_id = send(client, source_number=NUMBER)
    sandbox.advance(60)
    assert status_of(client, message_id) == "rejected"


def test_at_most_100_wait_in_an_answer_the_oldest_first_and_the_same_until_confirmed(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    for number in range(103):
        sandbox.receive(PHONE, str(number), to=NUMBER, family="messagemedia")

    def waiting() -> list[str | None]:
        return [reply.content for reply in client.replies.check_replies().replies or []]

    assert waiting() == waiting() == [str(number) for number in range(100)]
    ids = [reply.reply_id for reply in client.replies.check_replies().replies or []]
    client.replies.confirm_replies_as_received({"reply_ids": [*ids[:98], "unknown"]})
    client.replies.confirm_replies_as_received({"reply_ids": ids[:1]})
    assert waiting() == ["98", "99", "100", "101", "102"]


def test_reports_are_not_confirmed_as_replies(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    sandbox.receive(PHONE, "x", to=NUMBER, family="messagemedia")
    (reply,) = client.replies.check_replies().replies or []
    client.delivery_reports.confirm_delivery_reports_as_received({"delivery_report_ids": [reply.reply_id]})
    assert len(client.replies.check_replies().replies or []) == 1


@pytest.mark.parametrize("kind", ["delivery_report", "reply"])
@pytest.mark.parametrize("body", [b"{}", b"", b'{"%s": ["x", 7]}', b'{"%s": [""]}', b'{"%s": null}', b"101"])
def test_a_confirmation_of_another_shape_is_refused(
    kind: str, body: bytes, sandbox: Sandbox, http: urllib3.PoolManager
) -> None:
    path = {"delivery_report": "/v1/delivery_reports/confirmed", "reply": "/v1/replies/confirmed"}[kind]
    name = f"{kind}_ids"
    sent = json.dumps({name: ["x"] * 101}).encode() if body == b"101" else body.replace(b"%s", name.encode())
    status, answer = asked(http, sandbox, "POST", path, sent, basic(sandbox))
    assert (status, set(answer)) == (400, {"message", "details"})


@pytest.fixture
def application() -> Iterator[tuple[str, list[Any]]]:
    """An application that is called back, and what it was told."""
    told: list[Any] = []

    class Handler(http_server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http_server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/events", told
        server.shutdown()
        thread.join()


def test_reports_and_replies_are_posted_to_the_callback_url_of_the_message(
    client: MessageMediaMessagesClient, sandbox: Sandbox, application: tuple[str, list[Any]]
) -> None:
    url, told = application
    send(client, callback_url=url, delivery_report=True, source_number=NUMBER)
    for _ in range(6):
        sandbox.advance(0.5)
    sandbox.receive(PHONE, "Yes")
    sandbox.advance(0)
    assert [(event.get("status"), event.get("error_code")) for event in told] == [
        ("enroute", "211"), ("submitted", "200"), ("delivered", "220"), (None, None),
    ]  # fmt: skip
    assert told[-1]["content"] == "Yes"
    polled = client.delivery_reports.check_delivery_reports().delivery_reports or []
    assert [event["delivery_report_id"] for event in told[:3]] == [report.delivery_report_id for report in polled]


def test_a_message_without_a_wish_for_reports_posts_none(
    client: MessageMediaMessagesClient, sandbox: Sandbox, application: tuple[str, list[Any]]
) -> None:
    url, told = application
    send(client, callback_url=url)
    sandbox.advance(60)
    assert (told, reports(client)) == ([], [])


def test_the_messages_of_the_family_are_in_the_one_store_with_those_of_the_others(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    message_id = send(client, content="Your code is 482913")
    sandbox.advance(60)
    (message,) = sandbox.messages(family="messagemedia")
    assert (message.message_id, message.to, message.status, message.code) == (message_id, PHONE, "delivered", "482913")
    assert message.from_.startswith("+61")
    assert [status for _, status in message.history] == ["queued", "processed", "enroute", "submitted", "delivered"]
    sandbox.clear()
    with pytest.raises(NotFoundException):
        client.messages.get_message_status(message_id)


def test_a_message_is_kept_with_the_request_that_made_it(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    message_id = send(client)
    # It is kept once the answer is out; the next request finds it there.
    client.messages.get_message_status(message_id)
    rows = sandbox.store.select("SELECT request, answer FROM exchanges WHERE message_id = ?", (message_id,))
    assert json.loads(rows[0]["request"])["path"] == "/v1/messages"
    assert json.loads(rows[0]["answer"])["status"] == 202
    assert sandbox.messagemedia.api_secret not in str(rows)
