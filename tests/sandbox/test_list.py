from typing import Any

import pytest

from bandwidth_messaging.sandbox.contract.contract import item_fields
from bandwidth_messaging.sandbox.families.v2.filters import column

from .calling import Caller

MINE, OTHER = "+15554443333", "+15554443334"

# Wire name, value as the vendor's page has it, a field that matches, the same field of a message that does not.
FILTERS = [
    ("sourceTn", MINE, {"source_tn": MINE}, {"source_tn": OTHER}),
    ("destinationTn", MINE, {"destination_tn": MINE}, {"destination_tn": OTHER}),
    ("messageStatus", "FAILED", {"message_status": "FAILED"}, {"message_status": "SENT"}),
    ("messageDirection", "INBOUND", {"message_direction": "INBOUND"}, {"message_direction": "OUTBOUND"}),
    ("carrierName", "AT&T", {"carrier_name": "AT&T"}, {"carrier_name": "Verizon"}),
    ("messageType", "rcs", {"message_type": "rcs"}, {"message_type": "mms"}),
    ("errorCode", "9902", {"error_code": 9902}, {"error_code": 0}),
    ("campaignId", "CJEUMDK", {"campaign_id": "CJEUMDK"}, {"campaign_id": None}),
    ("fromBwLatency", "5", {"bw_latency": 5}, {"bw_latency": 4}),
    ("bwQueued", "true", {"bw_queued": True}, {"bw_queued": False}),
    ("bwQueued", "false", {"bw_queued": False}, {"bw_queued": True}),
    ("product", "P2P", {"product": "P2P"}, {"product": "TOLL_FREE"}),
    ("location", "123ABC", {"location": "123ABC"}, {"location": None}),
    ("carrierQueued", "true", {"carrier_queued": True}, {"carrier_queued": False}),
    ("fromCarrierLatency", "50", {"carrier_latency": 50}, {"carrier_latency": None}),
    ("callingNumberCountryA3", "USA", {"calling_number_country_a3": "USA"}, {"calling_number_country_a3": "GBR"}),
    ("calledNumberCountryA3", "USA", {"called_number_country_a3": "USA"}, {"called_number_country_a3": "GBR"}),
    ("fromSegmentCount", "2", {"segment_count": 2}, {"segment_count": 1}),
    ("toSegmentCount", "3", {"segment_count": 3}, {"segment_count": 4}),
    ("fromMessageSize", "100", {"message_size": 100}, {"message_size": 99}),
    ("toMessageSize", "120", {"message_size": 120}, {"message_size": 121}),
    ("sourceTn", "+1919", {"source_tn": "+19195551234"}, {"source_tn": "+15559191234"}),
    ("sourceTn", f"{MINE},+15550001111", {"source_tn": MINE}, {"source_tn": OTHER}),
    ("destinationTn", f"+15550001111,{MINE}", {"destination_tn": MINE}, {"destination_tn": OTHER}),
    ("destinationTn", "+1 (5", {"destination_tn": "+1 (555)"}, {"destination_tn": MINE}),
    (
        "fromDateTime",
        "2022-09-14T18:20:16.000Z",
        {"receive_time": "2022-09-14T18:20:16Z"},
        {"receive_time": "2022-09-14T18:20:15.999Z"},
    ),
    (
        "toDateTime",
        "2022-09-14T18:20:16.000Z",
        {"receive_time": "2022-09-14T18:20:16Z"},
        {"receive_time": "2022-09-14T18:20:16.001Z"},
    ),
    (
        "fromDateTime",
        "2022-09-14T20:20:16.000+02:00",
        {"receive_time": "2022-09-14T18:20:16Z"},
        {"receive_time": "2022-09-14T18:20:15Z"},
    ),
]


@pytest.mark.parametrize(("name", "value", "match", "miss"), FILTERS)
def test_a_filter_finds_the_matching_message_and_not_the_other(
    shared: Caller, name: str, value: str, match: dict[str, Any], miss: dict[str, Any]
) -> None:
    wanted, other = shared.sandbox.add(**match), shared.sandbox.add(**miss)

    found = shared.ids(limit=10_000, **{name: value})

    assert wanted in found
    assert other not in found


@pytest.mark.parametrize("message_id", ["9e0df4ca-b18d-40d7-a59f-82fcdf5ae8e6", "1589228074636lm4k2je7j7jklbn2"])
def test_a_message_is_found_by_its_id(shared: Caller, message_id: str) -> None:
    shared.sandbox.add(message_id=message_id)

    assert shared.ids(messageId=message_id) == [message_id]


def test_all_filters_must_hold_together(caller: Caller) -> None:
    wanted = caller.sandbox.add(source_tn=MINE, message_status="FAILED")
    caller.sandbox.add(source_tn=MINE, message_status="SENT")
    caller.sandbox.add(source_tn=OTHER, message_status="FAILED")

    assert caller.ids(sourceTn=MINE, messageStatus="FAILED") == [wanted]


def test_a_list_without_a_parameter_is_refused(shared: Caller) -> None:
    answer = shared.send("GET", shared.path, headers=shared.basic)

    assert answer.status == 400
    assert answer.json() == {"type": "bad-request", "description": "At least one query parameter must be given"}


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1",
        "messageid=1",
        "limit=1&limit=1",
        "limit=0",
        "limit=10001",
        "limit=-1",
        "limit=ten",
        "limit=%D9%A1",
        "limit=99999999999999999999",
        "errorCode=",
        "errorCode=1.0",
        "errorCode=99999999999",
        "bwQueued=True",
        "limitTotalCount=1",
        "messageStatus=sent",
        "messageDirection=out",
        "messageType=fax",
        "product=NONE",
        "sourceTn=%2B191",
        "sourceTn=+1919555",
        "sourceTn=%2B1919,%2B15554443333,x",
        "destinationTn=" + ",".join(["%2B15554443333"] * 11),
        "fromDateTime=yesterday",
        "fromDateTime=2022-13-01T00:00:00Z",
        "toDateTime=0001-01-01T00:00:00%2B23:59x",
        "sort=sourceTn",
        "sort=sourceTn:up",
        "sort=text:asc",
        "sort=position:asc",
        "messageId=",
        "messageId=%FF",
        "messageId=%ED%A0%80",
        "&".join(f"a{n}=1" for n in range(200)),
    ],
)
def test_a_parameter_that_is_not_as_documented_is_a_bad_request(shared: Caller, query: str) -> None:
    answer = shared.search(query)

    assert (answer.status, answer.json()["type"]) == (400, "bad-request")


@pytest.mark.parametrize(
    "query", ["messageId=%00", "messageId='%20OR%201=1--", "carrierName=%F0%9F%91%8B", "sourceTn=%2B%25___"]
)
def test_odd_values_match_nothing_and_break_nothing(shared: Caller, query: str) -> None:
    answer = shared.search(query)

    assert (answer.status, answer.json()["messages"]) == (200, [])


@pytest.mark.parametrize(
    "value", ["0001-01-01T00:00:00.000+23:59", "9999-12-31T23:59:59.999-23:59", "2022-09-14T18:20:16.000", "2022-09-14"]
)
def test_extreme_times_and_dates_are_read(shared: Caller, value: str) -> None:
    assert shared.search(toDateTime=value).status == 200


@pytest.mark.parametrize("name", ["fromDateTime", "toDateTime"])
@pytest.mark.parametrize(
    "value",
    ["2022-09-14T18:20", "2022-09-14T18:20:16Z", "2022-09-14T18:20:16.0Z", "2022-09-14T18:20:16.000000Z"],
)
def test_a_time_without_exactly_three_digits_of_the_fraction_is_refused(shared: Caller, name: str, value: str) -> None:
    answer = shared.search(**{name: value})

    assert (answer.status, answer.json()["type"]) == (400, "bad-request")
    assert f"'{name}' must have a fraction of exactly three digits" in answer.json()["description"]


def test_a_span_outside_the_last_14_days_is_an_empty_page(caller: Caller) -> None:
    caller.sandbox.add(receive_time="2022-08-31T18:20:15.999Z")
    inside = caller.sandbox.add(receive_time="2022-08-31T18:20:16Z")

    assert caller.ids(fromDateTime="2022-01-01T00:00:00.000Z", toDateTime="2022-08-31T18:20:15.999Z") == []
    assert caller.ids(fromDateTime="2022-01-01T00:00:00.000Z") == [inside]


def test_the_newest_message_comes_first_unless_a_sort_is_given(caller: Caller) -> None:
    new = caller.sandbox.add(receive_time="2022-09-14T10:00:00Z", source_tn="+15550000001")
    old = caller.sandbox.add(receive_time="2022-09-13T10:00:00Z", source_tn="+15550000002")

    assert caller.ids(limit=5) == [new, old]
    assert caller.ids(sort="receiveTime:asc") == [old, new]
    assert caller.ids(sort="sourceTn:desc") == [old, new]
    assert caller.ids(sort="sourceTn:asc") == [new, old]


@pytest.mark.parametrize("field", item_fields())
def test_every_listed_field_can_be_sorted_by_and_paged_through(shared: Caller, field: str) -> None:
    values: dict[str, Any] = {column(field): None} if column(field) in ("carrier_name", "bw_latency") else {}
    for _ in range(3):
        shared.sandbox.add(location=f"sort-{field}", **({} if field == "location" else values))

    for way in ("asc", "desc"):
        query: dict[str, Any] = {"location": f"sort-{field}", "sort": f"{field}:{way}", "limit": 2}
        first = shared.search(**query).json()
        second = shared.search(**query, pageToken=first["pageInfo"]["nextPageToken"]).json()
        seen = {item["messageId"] for item in first["messages"] + second["messages"]}
        assert len(seen) == 3


def test_a_page_holds_100_messages_unless_a_limit_is_given(caller: Caller) -> None:
    for _ in range(101):
        caller.sandbox.add()

    assert len(caller.ids(messageType="sms")) == 100
    assert len(caller.ids(messageType="sms", limit=101)) == 101


def test_a_list_that_fits_one_page_has_an_empty_page_info(caller: Caller) -> None:
    caller.sandbox.add()

    assert caller.search(limit=1).json()["pageInfo"] == {}


def test_an_empty_list_has_every_member(caller: Caller) -> None:
    assert caller.search(limit=1).json() == {"totalCount": 0, "pageInfo": {}, "messages": []}


def test_the_answer_is_json_whatever_accept_says(shared: Caller) -> None:
    headers = {**shared.basic, "accept": "text/html"}

    assert shared.send("GET", shared.path + "?limit=1", headers=headers).headers["content-type"] == "application/json"


def test_a_content_type_other_than_json_is_415(shared: Caller) -> None:
    headers = {**shared.basic, "content-type": "text/plain"}

    assert shared.send("GET", shared.path + "?limit=1", headers=headers).status == 415


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("gzip;q=0", None), ("br, *;q=0.5", "gzip")])
def test_a_page_is_compressed_for_callers_that_take_gzip(shared: Caller, accepted: str, encoding: str | None) -> None:
    for _ in range(5):
        shared.sandbox.add()

    answer = shared.send("GET", shared.path + "?limit=5", headers={**shared.basic, "accept-encoding": accepted})

    assert answer.headers.get("content-encoding") == encoding
    assert len(answer.json()["messages"]) == 5
