"""Whatever is asked under /sandbox/inbox, the answer is one of those that the page knows."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest
import urllib3
from hypothesis import given, settings
from hypothesis import strategies as st

from bandwidth_messaging.sandbox import Sandbox

from .conftest import Inbox

PATHS = ["accounts", "filters", "conversations", "conversations/{}", "messages", "messages/{}"]
NAMES = st.sampled_from(["before", "since", "limit", "family", "text", "tag", "status", "messageId", "sourceTn",
                         "errorCode", "fromDateTime", "bwQueued", "sort", "x"])  # fmt: skip
VALUES = st.one_of(
    st.integers().map(str), st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=8), st.sampled_from(["1.2", "9" * 30, "2026-01-01", "v2", "", "0", "-1"]),
).map(lambda value: quote_from_bytes(value if isinstance(value, bytes) else value.encode(), safe=""))  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[Inbox]:
    with Sandbox(pace="stepped") as running:
        running.receive("+15552345678", "Hello", to="+15557654321")
        http = urllib3.PoolManager(retries=False)
        yield Inbox(running, http)
        http.clear()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(path=st.sampled_from(PATHS), part=VALUES, query=st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_it_is_answered_with_json_and_never_with_a_defect(
    shared: Inbox, path: str, part: str, query: list[tuple[str, str]]
) -> None:
    below = "" if path in ("accounts", "filters") else f"accounts/{shared.sandbox.account_id}/"
    answer = shared.get(below + path.format(part) + "?" + "&".join(f"{name}={value}" for name, value in query))

    assert answer.status in (200, 400, 404), answer.data
    assert isinstance(answer.json(), dict)
