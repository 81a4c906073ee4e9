"""The second soak: creates and lists mixed, over TLS, with a token endpoint that fails in every shape."""

from __future__ import annotations

import random
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT

from bandwidth_messaging import (
    ApiClient,
    ApiException,
    Configuration,
    ConfigurationException,
    InvalidRequestException,
    MessagesApi,
    RetryPolicy,
)
from faults.breaking_proxy import BreakingProxy
from faults.certificates import Authority
from faults.lab import CLIENT_SECRET, MESSAGE

TOKEN_PATH = "/token"
FAILING_TOKENS = [
    answer(500),
    answer(503, "<html>busy</html>"),
    answer(503, {"error": {"code": 7}}),
    answer(429, headers={"Retry-After": "0"}),
    answer(200, ["a", "list"]),
    answer(200, "null"),
    answer(200, "{half"),
    answer(200, {"error": {"message": "nested"}}),
    answer(200, {"access_token": 7}),
    answer(200, {"access_token": "good", "token_type": "mac"}),
    answer(200, {"access_token": "with\r\nline"}),
    answer(302, headers={"Location": "https://127.0.0.1:1/token"}),
    answer(401, {"error": "invalid_client"}),
]
ODD_LIFETIMES = [0, -5, "3600", None, 1e12, "soon", 3600]


@dataclass
class MixedCounts:
    """What the callers were told, held against what the server took."""

    calls: int = 0
    broken_exchanges: int = 0
    failing_tokens: int = 0
    answered: int = 0
    failed: int = 0
    unknown: int = 0
    wrong_answers: int = 0
    taken_twice: int = 0
    sent_but_absent: int = 0
    failed_but_taken: int = 0
    other_exceptions: int = 0

    @property
    def wrong(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self)[6:])

    def __str__(self) -> str:
        return "\n".join(f"{field.name.replace('_', ' '):34}{getattr(self, field.name):>8}" for field in fields(self))


class MixedServer:
    """Takes messages, lists what it is asked for, refuses a token now and then, and hands out tokens of every kind."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.taken: Counter[str] = Counter()
        self.failing_tokens = 0

    def __call__(self, exchange: Exchange) -> bytes:
        with self._lock:
            if exchange.request.target == TOKEN_PATH:
                return self._token()
            # A refused token makes the client ask for another one.
            if self._random.random() < 0.05:
                return answer(401)
            if exchange.request.method == "POST":
                return self._create(exchange.request.json["tag"])
        asked = parse_qs(urlsplit(exchange.request.target).query)["messageId"][0]
        return answer(200, {"totalCount": 1, "messages": [{"messageId": asked}]})

    def _create(self, tag: str) -> bytes:
        self.taken[tag] += 1
        return answer(500) if self._random.random() < 0.01 else answer(202, {"id": tag})

    def _token(self) -> bytes:
        if self._random.random() < 0.3:
            self.failing_tokens += 1
            return self._random.choice(FAILING_TOKENS)
        return answer(200, {"access_token": "good", "expires_in": self._random.choice(ODD_LIFETIMES)})


def mixed_soak(calls: int, *, threads: int = 16, seed: int) -> MixedCounts:
    """Make so many calls, every other one a create, and count."""
    server_side = MixedServer(seed)
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        with (
            ScriptedServer(server_side) as server,
            BreakingProxy(server.port, seed=seed, share=0.05, tls=authority.server()) as proxy,
            ApiClient(
                Configuration(
                    host=proxy.url,
                    access_token_url=f"{proxy.url}{TOKEN_PATH}",
                    client_id="id",
                    client_secret=CLIENT_SECRET,
                    ssl_ca_cert=str(authority.file),
                    read_timeout=0.5,
                    total_timeout=10,
                    retries=RetryPolicy(base=0.01, quota=0),
                )
            ) as client,
            ThreadPoolExecutor(threads) as pool,
        ):
            counts = MixedCounts(calls=calls)
            api, lock = MessagesApi(client), threading.Lock()
            for number, told in pool.map(lambda number: (number, one_call(api, number)), range(calls)):
                with lock:
                    count(counts, number, told, server_side.taken)
    counts.broken_exchanges = sum(proxy.broken.values())
    counts.failing_tokens = server_side.failing_tokens
    counts.taken_twice = sum(times > 1 for times in server_side.taken.values())
    return counts


def one_call(api: MessagesApi, number: int) -> str | BaseException:
    """The id that a create or a list answered with, or what it raised."""
    name = f"soak-{number}"
    try:
        if number % 2:
            return str(api.create_message(ACCOUNT, {**MESSAGE, "tag": name}).id)
        page = api.list_messages(ACCOUNT, message_id=name)
        return str((page.messages or [])[0].message_id)
    except BaseException as error:  # noqa: BLE001 - which types come is what is measured
        return error


def count(counts: MixedCounts, number: int, told: str | BaseException, taken: Counter[str]) -> None:
    """Hold what one caller was told against what the server took."""
    name = f"soak-{number}"
    if isinstance(told, str):
        counts.answered += 1
        counts.wrong_answers += told != name
        counts.sent_but_absent += bool(number % 2) and name not in taken
    elif isinstance(told, ApiException):
        counts.failed += told.accepted is False
        counts.unknown += told.accepted is None and bool(number % 2)
        counts.failed_but_taken += told.accepted is False and name in taken
        counts.sent_but_absent += told.accepted is True and name not in taken
    elif not isinstance(told, (InvalidRequestException, ConfigurationException)):
        counts.other_exceptions += 1
