"""Each row S2-* of the wire reference: the generated SDK's page, come true against the sandbox.

The two scripts under `seeds/` are the page's own, changed only in the import's name, the indentation that the page
lost, `import os`, `host=` and credentials on the last Configuration, `true` as `True`, and real values for the
placeholders and `page_token`.
"""

from __future__ import annotations

import base64
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

import bandwidth_messaging as bandwidth
from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.store.records import Batch, Delivery, Message

SEEDS = Path(__file__).parent / "seeds"
SEED_TIME = 1663179616  # 2022-09-14T18:20:16Z, the page's own dates
ACCEPTED = answer(202, {"id": "m-1"})
EVERY_FILTER: dict[str, Any] = {
    "message_id": "9e0df4ca-b18d-40d7-a59f-82fcdf5ae8e6",
    "source_tn": "%2B15554443333",
    "destination_tn": "%2B15554443333",
    "message_status": "DELIVERED",
    "message_direction": "OUTBOUND",
    "carrier_name": "Verizon",
    "message_type": "sms",
    "error_code": 9902,
    "from_date_time": "2022-09-14T18:20:16.000Z",
    "to_date_time": "2022-09-14T18:20:16.000Z",
    "campaign_id": "CJEUMDK",
    "from_bw_latency": 5,
    "bw_queued": True,
    "product": "P2P",
    "location": "123ABC",
    "carrier_queued": True,
    "from_carrier_latency": 50,
    "calling_number_country_a3": "USA",
    "called_number_country_a3": "USA",
    "from_segment_count": 1,
    "to_segment_count": 3,
    "from_message_size": 100,
    "to_message_size": 120,
    "sort": "sourceTn:desc",
    "limit": 50,
    "limit_total_count": True,
}
DELIVERY: dict[str, Any] = {
    "account_id": ACCOUNT,
    "source_tn": "+15554443333",
    "destination_tn": "+15554443333",
    "message_status": "DELIVERED",
    "message_direction": "OUTBOUND",
    "message_type": "sms",
    "segment_count": 2,
    "error_code": 9902,
    "receive_time": SEED_TIME * 1000,
    "carrier_name": "Verizon",
    "message_size": 110,
    "message_length": 100,
    "attachment_count": 0,
    "recipient_count": 1,
    "campaign_id": "CJEUMDK",
    "bw_latency": 5,
    "carrier_latency": 50,
    "calling_number_country_a3": "USA",
    "called_number_country_a3": "USA",
    "product": "P2P",
    "location": "123ABC",
    "bw_queued": True,
    "carrier_queued": True,
}


@pytest.fixture
def sandbox_of_2022() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: SEED_TIME + 60) as sandbox:
        yield sandbox


def configuration_of(sandbox: Sandbox) -> bandwidth.Configuration:
    return bandwidth.Configuration(
        host=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        access_token_url=sandbox.access_token_url,
    )


def run(script: str, sandbox: Sandbox, **environment: str) -> str:
    given = {
        "HOST": sandbox.url,
        "ACCESS_TOKEN_URL": sandbox.access_token_url,
        "USERNAME": sandbox.username,
        "PASSWORD": sandbox.password,
        "CLIENT_ID": sandbox.client_id,
        "CLIENT_SECRET": sandbox.client_secret,
        "APPLICATION_ID": sandbox.application_id,
        **environment,
    }
    command = [sys.executable, "-W", "error", str(SEEDS / script)]
    done = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_create_script_of_the_page_prints_the_accepted_message(sandbox: Sandbox) -> None:
    printed = run("create_message.py", sandbox)
    assert printed.startswith("The response of MessagesApi->create_message:\n\nMessage(\n    id='")
    assert sandbox.requests[-1].method == "POST"


def test_the_list_script_of_the_page_prints_the_matching_message(sandbox_of_2022: Sandbox) -> None:
    sandbox = sandbox_of_2022
    message_id = "9e0df4ca-b18d-40d7-a59f-82fcdf5ae8e6"
    # One id has a second page only if it was delivered more often than `limit` says.
    message = Message(
        message_id=message_id, family="v2", account_id=ACCOUNT, direction="OUTBOUND", owner="+15554443333",
        sender="+15554443333", recipients=[], receive_time=SEED_TIME * 1000,
    )  # fmt: skip
    sandbox.store.write(
        Batch(messages=[message], deliveries=[Delivery(message_id=message_id, **DELIVERY) for _ in range(51)])
    )
    with bandwidth.ApiClient(configuration_of(sandbox)) as client:
        first = bandwidth.MessagesApi(client).list_messages(ACCOUNT, **EVERY_FILTER)
    assert first.page_info is not None
    page_token = str(first.page_info.next_page_token)

    printed = run("list_messages.py", sandbox, PAGE_TOKEN=page_token)

    assert printed.startswith("The response of MessagesApi->list_messages:\n\nMessagesList(\n    total_count=51,")
    assert printed.count("ListMessageItem(") == 1
    assert f"message_id='{message_id}'" in printed
    assert len(sandbox.requests[-1].query.split("&")) == 27


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("bandwidth_messaging", "MessageRequest"),
        ("bandwidth_messaging.models.message", "Message"),
        ("bandwidth_messaging.models.message_request", "MessageRequest"),
        ("bandwidth_messaging.models.messages_list", "MessagesList"),
        ("bandwidth_messaging.models.list_message_direction_enum", "ListMessageDirectionEnum"),
        ("bandwidth_messaging.models.message_status_enum", "MessageStatusEnum"),
        ("bandwidth_messaging.models.message_type_enum", "MessageTypeEnum"),
        ("bandwidth_messaging.models.product_type_enum", "ProductTypeEnum"),
        ("bandwidth_messaging.rest", "ApiException"),
    ],
)
def test_every_import_of_the_page_is_the_class_at_the_top(module: str, name: str) -> None:
    assert getattr(importlib.import_module(module), name) is getattr(bandwidth, name)


@pytest.mark.parametrize(
    ("enum", "values"),
    [
        ("MessageStatusEnum", "RECEIVED QUEUED SENDING SENT FAILED DELIVERED ACCEPTED UNDELIVERED"),
        ("ListMessageDirectionEnum", "INBOUND OUTBOUND"),
        ("MessageTypeEnum", "sms mms rcs"),
        (
            "ProductTypeEnum",
            "LOCAL_A2P P2P SHORT_CODE_REACH TOLL_FREE HOSTED_SHORT_CODE ALPHA_NUMERIC RBM_MEDIA RBM_RICH "
            "RBM_CONVERSATIONAL",
        ),
    ],
)
def test_the_enums_have_the_values_of_the_page_and_the_placeholder_says_so(enum: str, values: str) -> None:
    kind = getattr(bandwidth, enum)
    assert [member.value for member in kind] == values.split()
    with pytest.raises(TypeError, match="needs a value: one of"):
        kind()


def test_a_host_that_was_given_is_kept_and_called() -> None:
    with ScriptedServer(ACCEPTED) as server:
        configuration = bandwidth.Configuration(host=server.url, username="u", password="p")
        assert configuration.host == server.url
        with bandwidth.ApiClient(configuration) as client:
            bandwidth.MessagesApi(client).create_message(ACCOUNT, MESSAGE)
        assert len(server.requests) == 1


def test_without_a_host_the_configuration_reads_as_what_is_called() -> None:
    configuration = bandwidth.Configuration(username="u", password="p")
    assert configuration.host == "https://messaging.bandwidth.com/api/v2"
    assert configuration.server("https://messaging.bandwidth.com/api/v2") == "https://messaging.bandwidth.com/api/v2"
    configuration.ignore_operation_servers = True
    assert configuration.server("https://messaging.bandwidth.com/api/v2") == "http://localhost"


def test_basic_credentials_go_out_as_utf8(api_for: Any) -> None:
    with ScriptedServer(ACCEPTED) as server:
        api_for(server.url, username="u", password="pé").create_message(ACCOUNT, MESSAGE)
        assert server.requests[0].headers["authorization"] == f"Basic {base64.b64encode('u:pé'.encode()).decode()}"


def test_client_credentials_fetch_one_token_and_keep_it(sandbox: Sandbox) -> None:
    before = sandbox.token_requests
    with bandwidth.ApiClient(configuration_of(sandbox)) as client:
        api = bandwidth.MessagesApi(client)
        for _ in range(3):
            api.list_messages(ACCOUNT, limit=1)
    assert sandbox.token_requests == before + 1
    assert sandbox.requests[-1].headers["authorization"].startswith("Bearer ")


def test_of_three_configurations_in_a_row_the_last_one_wins() -> None:
    configuration = bandwidth.Configuration(host="http://127.0.0.1:1")
    configuration = bandwidth.Configuration(username="u", password="p")
    configuration = bandwidth.Configuration(client_id="c", client_secret="s")
    assert (configuration.host, configuration.username) == ("https://messaging.bandwidth.com/api/v2", None)


def test_a_message_request_without_arguments_says_what_to_give() -> None:
    with pytest.raises(ValueError, match="application_id is required; to is required; var_from is required"):
        bandwidth.MessageRequest()  # type: ignore[call-arg]  # as the page has it


def test_pprint_and_repr_show_one_field_a_line(sandbox: Sandbox) -> None:
    with bandwidth.ApiClient(configuration_of(sandbox)) as client:
        message = {**MESSAGE, "application_id": sandbox.application_id}
        response = bandwidth.MessagesApi(client).create_message(ACCOUNT, message)
    assert pformat(response) == repr(response)
    assert "\n    text='Hello',\n" in repr(response)


def test_an_exception_prints_status_operation_and_what_the_server_said(sandbox: Sandbox) -> None:
    message = {**MESSAGE, "application_id": "unknown"}
    with (
        bandwidth.ApiClient(configuration_of(sandbox)) as client,
        pytest.raises(bandwidth.BadRequestException) as caught,
    ):
        bandwidth.MessagesApi(client).create_message(ACCOUNT, message)
    said = f"{caught.value}\n"
    assert said.startswith("400 Bad Request from MessagesApi.create_message")
    assert "request-validation: Your request could not be accepted" in said
    assert caught.value.data.field_errors[0].field_name == "applicationId"
