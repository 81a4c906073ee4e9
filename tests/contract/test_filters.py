"""Each of the 27 filters: it arrives under its contract name, and finds the matching message and not the other one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT

from bandwidth_messaging import ListMessageDirectionEnum, MessagesApi, MessageStatusEnum
from bandwidth_messaging.api.messages_api import LIST_MESSAGES
from bandwidth_messaging.sandbox import Sandbox

PAGE = answer(200, {"totalCount": 0, "pageInfo": {}, "messages": []})
ApiFor = Callable[..., MessagesApi]

# keyword, wire name, the seed's own value, what arrives
SEED_VALUES: list[tuple[str, str, Any, str]] = [
    ("message_id", "messageId", "9e0df4ca-b18d-40d7-a59f-82fcdf5ae8e6", "9e0df4ca-b18d-40d7-a59f-82fcdf5ae8e6"),
    ("source_tn", "sourceTn", "%2B15554443333", "+15554443333"),
    ("destination_tn", "destinationTn", "%2B15554443333", "+15554443333"),
    ("message_status", "messageStatus", MessageStatusEnum.DELIVERED, "DELIVERED"),
    ("message_direction", "messageDirection", ListMessageDirectionEnum.INBOUND, "INBOUND"),
    ("carrier_name", "carrierName", "Verizon", "Verizon"),
    ("message_type", "messageType", "sms", "sms"),
    ("error_code", "errorCode", 9902, "9902"),
    ("from_date_time", "fromDateTime", "2022-09-14T18:20:16.000Z", "2022-09-14T18:20:16.000Z"),
    ("to_date_time", "toDateTime", "2022-09-14T18:20:16.000Z", "2022-09-14T18:20:16.000Z"),
    ("campaign_id", "campaignId", "CJEUMDK", "CJEUMDK"),
    ("from_bw_latency", "fromBwLatency", 5, "5"),
    ("bw_queued", "bwQueued", True, "true"),
    ("product", "product", "P2P", "P2P"),
    ("location", "location", "123ABC", "123ABC"),
    ("carrier_queued", "carrierQueued", True, "true"),
    ("from_carrier_latency", "fromCarrierLatency", 50, "50"),
    ("calling_number_country_a3", "callingNumberCountryA3", "USA", "USA"),
    ("called_number_country_a3", "calledNumberCountryA3", "USA", "USA"),
    ("from_segment_count", "fromSegmentCount", 1, "1"),
    ("to_segment_count", "toSegmentCount", 3, "3"),
    ("from_message_size", "fromMessageSize", 100, "100"),
    ("to_message_size", "toMessageSize", 120, "120"),
    ("sort", "sort", "sourceTn:desc", "sourceTn:desc"),
    ("page_token", "pageToken", "gdEewhcJLQRB5", "gdEewhcJLQRB5"),
    ("limit", "limit", 50, "50"),
    ("limit_total_count", "limitTotalCount", True, "true"),
]


def query_of(server: ScriptedServer) -> list[tuple[str, str]]:
    return parse_qsl(server.requests[-1].target.partition("?")[2], strict_parsing=True)


def test_the_table_has_every_filter_in_the_order_of_the_contract() -> None:
    assert [(row[0], row[1]) for row in SEED_VALUES] == [
        (parameter.name, parameter.wire_name) for parameter in LIST_MESSAGES.parameters.values()
    ]


@pytest.mark.parametrize(("keyword", "wire_name", "value", "arrives"), SEED_VALUES)
def test_a_filter_arrives_under_its_contract_name(
    keyword: str, wire_name: str, value: Any, arrives: str, api_for: ApiFor
) -> None:
    with ScriptedServer(PAGE) as server:
        api_for(server.url).list_messages(ACCOUNT, **{keyword: value})
        assert query_of(server) == [(wire_name, arrives)]


def test_all_filters_together_arrive_in_the_order_of_the_contract(api_for: ApiFor) -> None:
    with ScriptedServer(PAGE) as server:
        arguments = {keyword: value for keyword, _, value, _ in reversed(SEED_VALUES)}
        api_for(server.url).list_messages(ACCOUNT, **arguments)
        assert query_of(server) == [(wire_name, arrives) for _, wire_name, _, arrives in SEED_VALUES]


def test_none_means_not_given_and_zero_and_false_are_sent(api_for: ApiFor) -> None:
    with ScriptedServer(PAGE) as server:
        api_for(server.url).list_messages(ACCOUNT, error_code=0, bw_queued=False, limit=None, message_id=None)
        assert query_of(server) == [("errorCode", "0"), ("bwQueued", "false")]


# keyword, value, fields of the message that matches, fields of the one that does not
NOW = datetime.now(timezone.utc)
MATCHES: list[tuple[str, Any, dict[str, Any], dict[str, Any]]] = [
    ("message_id", "1589228074636lm4k2je7j7jklbn2", {"message_id": "1589228074636lm4k2je7j7jklbn2"}, {}),
    ("source_tn", "%2B15554443333", {"source_tn": "+15554443333"}, {"source_tn": "+15554443334"}),
    ("source_tn", "+1919", {"source_tn": "+19195550000"}, {"source_tn": "+15554443334"}),
    ("source_tn", "+15550000001,+15550000002", {"source_tn": "+15550000002"}, {"source_tn": "+15550000003"}),
    ("destination_tn", "%2B15554443333", {"destination_tn": "+15554443333"}, {"destination_tn": "+15554443334"}),
    ("message_status", "FAILED", {"message_status": "FAILED"}, {"message_status": "SENT"}),
    ("message_direction", "INBOUND", {"message_direction": "INBOUND"}, {"message_direction": "OUTBOUND"}),
    ("carrier_name", "AT%26T", {"carrier_name": "AT&T"}, {"carrier_name": "Verizon"}),
    ("carrier_name", "AT&T", {"carrier_name": "AT&T"}, {"carrier_name": "Verizon"}),
    ("message_type", "mms", {"message_type": "mms"}, {"message_type": "sms"}),
    ("error_code", 9902, {"error_code": 9902}, {"error_code": 0}),
    ("from_date_time", NOW - timedelta(hours=1), {"receive_time": NOW}, {"receive_time": NOW - timedelta(hours=2)}),
    ("to_date_time", NOW - timedelta(hours=1), {"receive_time": NOW - timedelta(hours=2)}, {"receive_time": NOW}),
    ("campaign_id", "CJEUMDK", {"campaign_id": "CJEUMDK"}, {"campaign_id": "OTHER"}),
    ("from_bw_latency", 5, {"bw_latency": 5}, {"bw_latency": 4}),
    ("bw_queued", True, {"bw_queued": True}, {"bw_queued": False}),
    ("product", "P2P", {"product": "P2P"}, {"product": "TOLL_FREE"}),
    ("location", "123ABC", {"location": "123ABC"}, {"location": "OTHER"}),
    ("carrier_queued", True, {"carrier_queued": True}, {"carrier_queued": False}),
    ("from_carrier_latency", 50, {"carrier_latency": 51}, {"carrier_latency": 49}),
    ("calling_number_country_a3", "USA", {"calling_number_country_a3": "USA"}, {"calling_number_country_a3": "CAN"}),
    ("called_number_country_a3", "USA", {"called_number_country_a3": "USA"}, {"called_number_country_a3": "CAN"}),
    ("from_segment_count", 2, {"segment_count": 2}, {"segment_count": 1}),
    ("to_segment_count", 3, {"segment_count": 3}, {"segment_count": 4}),
    ("from_message_size", 100, {"message_size": 100}, {"message_size": 99}),
    ("to_message_size", 120, {"message_size": 120}, {"message_size": 121}),
]


@pytest.mark.parametrize(("keyword", "value", "matching", "other"), MATCHES)
def test_a_filter_finds_the_matching_message_and_not_the_other(
    keyword: str, value: Any, matching: dict[str, Any], other: dict[str, Any], api_for: ApiFor
) -> None:
    with Sandbox() as sandbox:
        expected = sandbox.add(**matching)
        sandbox.add(**other)
        api = api_for(sandbox.url, username=sandbox.username, password=sandbox.password)
        page = api.list_messages(ACCOUNT, **{keyword: value})
    assert [item.message_id for item in page.messages or []] == [expected]


def test_sort_limit_tokens_and_total_shape_the_pages(api_for: ApiFor) -> None:
    with Sandbox() as sandbox:
        for number in range(5):
            sandbox.add(source_tn=f"+1555000000{number}")
        api = api_for(sandbox.url, username=sandbox.username, password=sandbox.password)
        seen: list[str | None] = []
        token: str | None = None
        for _ in range(3):
            page = api.list_messages(ACCOUNT, sort="sourceTn:desc", limit=2, page_token=token, limit_total_count=True)
            assert page.total_count == 5
            assert page.page_info is not None
            seen += [item.source_tn for item in page.messages or []]
            token = page.page_info.next_page_token
    assert token is None
    assert seen == [f"+1555000000{number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"message_status": "DELIVRED"}, "message_status: .*did you mean 'DELIVERED'"),
        ({"message_status": MessageStatusEnum("NEW")}, "message_status: give one of"),
        ({"message_status": 7}, "message_status"),
        ({"limit": -1}, "limit: give a whole number from 0 up"),
        ({"limit": "50"}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"bw_queued": "true"}, "bw_queued: give True or False"),
        ({"bw_queued": 1}, "bw_queued"),
        ({"source_tn": 15554443333}, "source_tn: give a string"),
        ({"source_tn": "+1555\0"}, "source_tn: the control character"),
        ({"source_tn": "%00"}, "source_tn: the control character"),
        ({"campaign_id": "a\nb"}, "campaign_id"),
        ({"location": "\ud800"}, "location: half a surrogate pair"),
        ({"from_date_time": "yesterday"}, "from_date_time: give a datetime or an ISO 8601 time"),
        ({"from_date_time": datetime(2026, 1, 1)}, "from_date_time: a datetime needs a time zone"),
        ({"to_date_time": 7}, "to_date_time"),
    ],
)
def test_a_value_that_cannot_be_a_filter_is_refused_before_any_io(
    arguments: dict[str, Any], names: str, api_for: ApiFor
) -> None:
    with ScriptedServer(PAGE) as server:
        with pytest.raises(ValueError, match=names):
            api_for(server.url).list_messages(ACCOUNT, **arguments)
        assert server.connections == 0


def test_a_misspelt_filter_is_a_type_error_with_the_near_match(api_for: ApiFor) -> None:
    arguments: dict[str, Any] = {"mesage_id": "x"}
    with pytest.raises(TypeError, match=r"list_messages\(\) has no argument 'mesage_id'; did you mean 'message_id'\?"):
        api_for("http://127.0.0.1:1").list_messages(ACCOUNT, **arguments)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [("%2B1555", "%2B1555"), ("+1555", "%2B1555"), ("100%", "100%25"), ("AT%26T", "AT%26T"), ("a%zz", "a%25zz"),
     ("%C3%A9", "%C3%A9"), ("é", "%C3%A9"), ("%FF", "%25FF"), ("+1,+2", "%2B1%2C%2B2")],
)  # fmt: skip
def test_a_value_is_encoded_once_whether_it_was_given_plain_or_encoded(
    value: str, arrives: str, api_for: ApiFor
) -> None:
    with ScriptedServer(PAGE) as server:
        api_for(server.url).list_messages(ACCOUNT, carrier_name=value)
        assert server.requests[0].target.partition("?")[2] == f"carrierName={arrives}"


def test_a_datetime_goes_as_utc(api_for: ApiFor) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=timezone(timedelta(hours=2)))
    with ScriptedServer(PAGE) as server:
        api_for(server.url).list_messages(ACCOUNT, from_date_time=moment, to_date_time="2026-01-02")
        assert query_of(server) == [("fromDateTime", "2026-01-02T01:04:05.600Z"), ("toDateTime", "2026-01-02")]
