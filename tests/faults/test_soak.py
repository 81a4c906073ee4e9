"""Two thousand sends through a proxy that breaks a tenth of the exchanges; tests/benchmarks/soak.py does more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from support import ACCOUNT

from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging.sandbox import Sandbox
from faults.breaking_proxy import BreakingProxy
from faults.lab import MESSAGE, SENDER
from faults.mixed_soaking import mixed_soak
from faults.soaking import judged, send, soak

SEED = 20261121


def test_no_message_is_sent_twice_and_no_caller_is_told_a_lie() -> None:
    counts = soak(2000, seed=SEED)
    print(f"seed {SEED}\n{counts}")
    assert counts.wrong == 0, counts
    assert counts.calls == counts.reported_sent + counts.reported_accepted_but_unreadable + (
        counts.reported_failed + counts.reported_unknown
    )
    # The proxy and the server have done their part.
    assert counts.broken_exchanges > 100
    assert min(counts.reported_failed, counts.unknown_and_taken, counts.reported_accepted_but_unreadable) > 0
    assert counts.reported_unknown > counts.unknown_and_taken


@pytest.fixture
def sandbox(server: Sandbox) -> Iterator[Sandbox]:
    """The first account, to which all messages of the soak go."""
    yield server
    server.clear()


def test_nor_with_the_sandbox_and_its_tokens_behind_the_proxy(sandbox: Sandbox, sandbox_api: MessagesApi) -> None:
    numbers = [f"+1555200{number:04}" for number in range(400)]
    message = {**MESSAGE, "application_id": sandbox.application_id}
    with (
        BreakingProxy(urlsplit(sandbox.url).port or 0, seed=SEED, share=0.2) as proxy,
        ApiClient(
            Configuration(
                host=proxy.url,
                access_token_url=sandbox.access_token_url.replace(sandbox.url, proxy.url),
                client_id=sandbox.client_id,
                client_secret=sandbox.client_secret,
                read_timeout=0.5,
                total_timeout=10,
            )
        ) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        api = MessagesApi(client)
        outcomes = dict(pool.map(lambda number: send(api, number, {**message, "to": [number]}), numbers))
    kept = sandbox_api.list_messages(ACCOUNT, source_tn=SENDER, limit=1000).messages or []
    counts = judged(outcomes, Counter(str(row.destination_tn) for row in kept), sum(proxy.broken.values()))
    assert counts.wrong == 0, counts
    assert min(counts.broken_exchanges, counts.reported_sent, counts.unknown_and_taken) > 10, counts


def test_nor_over_tls_with_tokens_that_fail_and_lists_between() -> None:
    counts = mixed_soak(600, seed=SEED)
    assert counts.wrong == 0, counts
    assert min(counts.broken_exchanges, counts.failing_tokens, counts.answered, counts.failed, counts.unknown) > 0, (
        counts
    )
