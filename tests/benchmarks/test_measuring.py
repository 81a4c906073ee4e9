"""The parts of the benchmarks that can be right or wrong without a clock."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks.answers import NEWEST, listing
from benchmarks.contenders import EVERYBODY, FLOOR, HTTP_CLIENT, OUR_SDK, TYPED_FLOOR, chosen
from benchmarks.instructions import costs
from benchmarks.layers import layer_of
from benchmarks.report import filled
from benchmarks.speed import Column, Target, in_turns

PERFORMANCE = Path(__file__).parents[2] / "docs" / "performance.md"


def listed(query: str, total: int = 100_000) -> Any:
    status, body = listing(query, total)
    assert status == 200
    return json.loads(body)


def column(ours: list[float], floor: list[float], limit: float = 0.95) -> Column:
    times = {OUR_SDK.name: ours, FLOOR.name: floor}
    return Column("a call", FLOOR, 1e6, "µs", Target(limit, 0.5), times)


def test_a_ratio_is_to_the_floor_of_the_same_round_so_that_a_slow_machine_moves_neither() -> None:
    slow_in_the_second_round_and_ours_disturbed_in_the_third = column([1.0, 3.0, 4.0], [2.0, 6.0, 2.0])
    assert "**0.50** ± 0.38" in slow_in_the_second_round_and_ours_disturbed_in_the_third.cell(OUR_SDK)


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [
        (0.4, "met, and the stretch"),
        (0.5, "met, and the stretch"),
        (0.9, "met, the stretch missed by 0.400"),
        (0.95, "met, the stretch missed by 0.450"),
        (1.0, "missed by 0.050"),
    ],
)
def test_a_target_says_whether_it_is_met_and_else_by_how_much_it_is_missed(ours: float, verdict: str) -> None:
    measured = column([ours] * 3, [1.0] * 3)
    assert measured.target is not None
    assert measured.judged(measured.target)[-1] == verdict


def test_who_was_not_measured_has_a_dash() -> None:
    assert column([1.0, 1.0], [1.0, 1.0]).cell(HTTP_CLIENT) == "—"


def test_everybody_has_one_turn_in_each_round_in_changing_order() -> None:
    order: list[str] = []

    def turn(name: str) -> float:
        order.append(name)
        return 1.0

    given = in_turns({name: partial(turn, name) for name in "abcd"}, 20)
    rounds = ["".join(order[start : start + 4]) for start in range(0, 80, 4)]
    assert given == {name: [1.0] * 20 for name in "abcd"}
    assert all(sorted(one) == list("abcd") for one in rounds)
    assert len(set(rounds)) > 1


def test_a_word_chooses_by_name_and_ours_is_not_the_vendors() -> None:
    assert chosen("ours") == [OUR_SDK]
    assert chosen("floor,ours") == [FLOOR, TYPED_FLOOR, OUR_SDK]


def test_a_word_that_is_in_no_name_is_refused_with_the_names() -> None:
    with pytest.raises(ArgumentTypeError, match=r"'twillio' is in none of the names: ours, .*twilio"):
        chosen("twillio")


def test_every_other_sdk_is_pinned() -> None:
    assert all("==" in one.packages[0] for one in EVERYBODY if one.packages[0] != "--editable")


def test_a_result_replaces_what_stood_between_its_marks_and_nothing_else() -> None:
    page = "A\n<!-- measured: a -->\nold\n<!-- end of measured -->\nB\n<!-- measured: b -->\n<!-- end of measured -->\n"
    once = filled(page, "a", r"new \1")
    assert once == page.replace("old\n", "\nnew \\1\n\n", 1)
    assert filled(once, "a", r"new \1") == once


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="0 places marked <!-- measured: speed -->"):
        filled("no marks", "speed", "result")


@pytest.mark.parametrize(
    "name", ["speed", "memory", "threads", "instructions", "layers of a message", "layers of a page"]
)
def test_the_page_of_results_has_a_place_for_each_program(name: str) -> None:
    assert "the result" in filled(PERFORMANCE.read_text("utf-8"), name, "the result")


def test_the_list_is_paged_by_limit_and_token_to_its_end() -> None:
    first = listed("limit=4", total=6)
    last = listed(f"limit=4&pageToken={first['pageInfo']['nextPageToken']}", total=6)
    assert [len(first["messages"]), len(last["messages"])] == [4, 2]
    assert "nextPageToken" not in last["pageInfo"]
    assert len({item["messageId"] for item in first["messages"] + last["messages"]}) == 6


def test_a_window_of_time_holds_the_messages_of_both_its_ends() -> None:
    window = listed("fromDateTime=2025-11-20T11:59:50.000Z&toDateTime=2025-11-20T11:59:58.000Z&limit=1000")
    times = [item["receiveTime"] for item in window["messages"]]
    assert (times[0], times[-1]) == ("2025-11-20T11:59:58.000Z", "2025-11-20T11:59:50.000Z")
    assert len(times) == window["totalCount"] == 3 * 9


def test_a_window_that_ends_between_two_instants_starts_at_the_older_one() -> None:
    window = listed("toDateTime=2025-11-20T11:59:58.001Z&limit=1")
    assert window["messages"][0]["receiveTime"] == "2025-11-20T11:59:58.000Z"


def test_a_window_after_the_newest_message_holds_all_up_to_now() -> None:
    assert listed("toDateTime=2030-01-01T00:00:00Z&limit=1")["messages"][0]["receiveTime"].startswith(
        NEWEST.strftime("%Y-%m-%dT%H:%M:%S")
    )


@pytest.mark.parametrize("query", ["limit=1000&pageToken=9001", "limit=10001", "sort=sourceTn:desc"])
def test_the_list_refuses_what_lies_too_deep_or_in_another_order(query: str) -> None:
    assert listing(query, 100_000)[0] == 400


def test_a_function_costs_what_it_does_itself_and_not_what_it_calls() -> None:
    output = """
version: 1
events: Ir
ob=(1) /usr/lib/libpython.so
fl=(1) ceval.c
fn=(1) evaluate
10 100
+2 20
cob=(2) /usr/lib/libc.so
cfn=(2) malloc
calls=3 50
+1 7000
* 3

fn=(3) evaluate'2
12 4

ob=(2)
fn=(2)
50 40
totals: 167
"""
    assert costs(output.splitlines(keepends=True)) == {
        ("/usr/lib/libpython.so", "evaluate"): 127,
        ("/usr/lib/libc.so", "malloc"): 40,
    }


@pytest.mark.parametrize(
    ("file", "function", "layer"),
    [
        ("/x/bandwidth_messaging/_transport/client.py", "RestClient.open", "bandwidth_messaging"),
        ("/x/bandwidth_messaging/_transport/connection.py", "Connection._receive", "the socket: receive"),
        ("/x/python3.11/socket.py", "SocketIO.readinto", "the socket: receive"),
        ("/x/python3.11/http/client.py", "HTTPConnection.send", "the socket: send"),
        ("/x/python3.11/http/client.py", "HTTPConnection.putheader", "http.client"),
        ("/x/site-packages/urllib3/connection.py", "HTTPConnection.request", "urllib3"),
        ("<string>", "turn", "the rest: the caller's own lines, the standard library"),
    ],
)
def test_a_system_call_counts_for_the_socket_whoever_makes_it(file: str, function: str, layer: str) -> None:
    assert layer_of(file, function) == layer
