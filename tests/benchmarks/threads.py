"""32 threads on one client, beside 32 threads with a client each.

`python tests/benchmarks/threads.py` sends from all of them at once to a server in another process. It ends with an
error when a client opens more connections than its pool allows, as it would if it threw one away.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))
from bandwidth_messaging import ApiClient, Configuration, MessageRequest, MessagesApi
from benchmarks.report import arguments, publish, table
from benchmarks.speed import in_turns, spread
from benchmarks.static_server import connections_made, static_server

_THREADS = 32


@dataclass
class Crowd:
    """Threads, and the clients that they share.

    Attributes:
        name: What the table calls it.
        url: Where they send to.
        clients: How many clients they share.
        pool: How many connections each client may have.
        opened: How many connections it has opened.
        cpu: CPU seconds per call, of each turn.
    """

    name: str
    url: str
    clients: int
    pool: int
    opened: int = 0
    cpu: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._apis = [self._api() for _ in range(self.clients)]

    def _api(self) -> MessagesApi:
        settings = Configuration(host=self.url, username="user", password="secret", connection_pool_maxsize=self.pool)
        return MessagesApi(ApiClient(settings))

    def send(self, calls: int) -> float:
        """Calls per second of wall time, of so many per thread; all threads begin together."""
        opened = connections_made(self.url)
        start = threading.Barrier(_THREADS + 1)
        failures: list[Exception] = []
        crew = [
            threading.Thread(target=self._send, args=(self._apis[number % self.clients], calls, start, failures))
            for number in range(_THREADS)
        ]
        for thread in crew:
            thread.start()
        start.wait()
        wall, cpu = time.perf_counter(), time.process_time()
        for thread in crew:
            thread.join()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if failures:
            raise failures[0]
        self.cpu.append(cpu / calls / _THREADS)
        self.opened += connections_made(self.url) - opened - 1  # the first question was one
        return calls * _THREADS / wall

    @staticmethod
    def _send(api: MessagesApi, calls: int, start: threading.Barrier, failures: list[Exception]) -> None:
        request = MessageRequest(
            application_id="93de2206-9669-4e07-948d-329f4b722ee2",
            to=["+15552345678"],
            var_from="+15557654321",
            text="Your code is 482913",
        )
        start.wait()
        try:
            for _ in range(calls):
                api.create_message("9900000", request)
        except Exception as failure:  # noqa: BLE001 - raised where the threads are joined
            failures.append(failure)

    def keeps_its_pool(self) -> bool:
        """Whether no more connections were opened than allowed; for one thrown away there would be another."""
        return self.opened <= self.clients * self.pool

    def row(self, rates: list[float], others: list[float]) -> tuple[str, ...]:
        """The line of the table, with the ratio to the others in the same round each."""
        ratios = [rate / other for rate, other in zip(rates, others, strict=True)]
        return (
            self.name,
            f"{median(rates):,.0f} ± {spread(rates):,.0f}",
            f"**{median(ratios):.2f}** ± {spread(ratios):.2f}",
            f"{median(self.cpu) * 1e6:.0f} µs",
            f"{self.opened} of {self.clients * self.pool}",
        )


def measured(url: str, rounds: int, calls: int) -> tuple[str, bool]:
    """The table, and whether everybody keeps to the pool."""
    crowds = [
        Crowd("32 threads, 32 clients", url, _THREADS, 1),
        Crowd("32 threads, one client", url, 1, _THREADS),
        Crowd("32 threads, one client, a pool of 8", url, 1, 8),
    ]
    for crowd in crowds:
        crowd.send(calls // 10)
        crowd.cpu.clear()
    rates = in_turns({crowd.name: partial(crowd.send, calls) for crowd in crowds}, rounds)
    head = ["", "calls per second", "÷ 32 clients", "CPU per call", "connections opened, of those allowed"]
    rows = [crowd.row(rates[crowd.name], rates[crowds[0].name]) for crowd in crowds]
    return table(head, rows), all(crowd.keeps_its_pool() for crowd in crowds)


def main() -> int:
    """Measure, and report."""
    parser = arguments(__doc__, "5 rounds instead of 15")
    parser.add_argument("--rounds", type=int, default=15, help="how often everybody takes a turn; default: 15")
    parser.add_argument("--calls", type=int, default=100, help="how many each thread sends in a turn; default: 100")
    options = parser.parse_args()
    rounds = 5 if options.quick else options.rounds
    if rounds < 2 or options.calls < 10:
        parser.error("--rounds: give 2 or more; --calls: give 10 or more")
    with static_server() as url:
        result, kept = measured(url, rounds, options.calls)
    publish(
        "threads", f"{result}\n\n{rounds} rounds of {options.calls} calls per thread.", sys.executable, options.write
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
