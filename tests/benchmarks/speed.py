"""Ours beside the floors and other SDKs: CPU time of the client process, everybody in turns.

`python tests/benchmarks/speed.py` starts a static server, makes an environment for each contender (kept with
`--cache DIR`), and prints one table. The README beside this file says how to read it.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.contenders import EVERYBODY, FLOOR, OUR_SDK, TYPED_FLOOR, Contender, chosen
from benchmarks.environments import Environments, environments, version_of
from benchmarks.report import arguments, publish, table, three_digits
from benchmarks.static_server import on_one_core, static_server
from benchmarks.worker import Worker, calling

_SENDS = 200  # in a turn
_PAGES = 10


def whole_process(python: str, source: str, url: str, variables: dict[str, str]) -> float:
    """CPU seconds of a process from its start to its end, in user and system mode.

    Raises:
        RuntimeError: It failed.
    """
    with subprocess.Popen([python, "-c", source, url], env=variables) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("its process failed; what it says stands above")
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True)
class Target:
    """The ratio that our own is to keep, and the one that is to be hoped for."""

    limit: float
    stretch: float


@dataclass
class Column:
    """One thing that is measured, for everybody who can do it.

    Attributes:
        title: What the table calls it.
        floor: Whose times the ratios are to.
        scale: How many units a second has.
        unit: The unit of a time.
        target: What our own is to keep; None for no more than to know.
        times: For each contender its time in each round, in seconds.
    """

    title: str
    floor: Contender
    scale: float
    unit: str
    target: Target | None = None
    times: dict[str, list[float]] = field(default_factory=dict)

    def head(self) -> str:
        """The title, and what the ratios are to."""
        return f"{self.title}, ÷ {'typed floor' if self.floor is TYPED_FLOOR else 'floor'}"

    def ratios(self, contender: Contender) -> list[float]:
        """To the floor of the same round each: what slows both down for a while is in neither."""
        return [
            mine / floor for mine, floor in zip(self.times[contender.name], self.times[self.floor.name], strict=True)
        ]

    def cell(self, contender: Contender) -> str:
        """Median and spread of time and ratio."""
        if contender.name not in self.times:
            return "—"
        times = [value * self.scale for value in self.times[contender.name]]
        ratios = self.ratios(contender)
        time = f"{three_digits(median(times))} {self.unit} ± {three_digits(spread(times))}"
        return f"{time}, **{median(ratios):.2f}**" + ("" if contender is self.floor else f" ± {spread(ratios):.2f}")

    def judged(self, target: Target) -> tuple[str, str, str, str]:
        """The line of our own in the table of targets."""
        ratio = median(self.ratios(OUR_SDK))
        if ratio > target.limit:
            verdict = f"missed by {ratio - target.limit:.3f}"
        elif ratio > target.stretch:
            verdict = f"met, the stretch missed by {ratio - target.stretch:.3f}"
        else:
            verdict = "met, and the stretch"
        limits = f"{target.limit:.2f} (stretch {target.stretch:.2f})"
        return self.head(), limits, f"{ratio:.3f} ± {spread(self.ratios(OUR_SDK)):.3f}", verdict


def spread(values: list[float]) -> float:
    """Half the distance between the quartiles: half of the values lie about so close to the median."""
    low, _, high = quantiles(values, n=4, method="inclusive")
    return (high - low) / 2


def in_turns(turns: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each gives in each round. Each round has another order, so that none always follows the same one."""
    given: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds):
        for name in random.Random(number).sample(list(turns), len(turns)):
            given[name].append(turns[name]())
    return given


class Speed:
    """A run: where, how often, and who takes part; who cannot is left out, with the reason.

    Attributes:
        reasons: Why somebody is missing.
    """

    def __init__(self, url: str, places: Environments, rounds: int, contenders: list[Contender]) -> None:
        self.reasons: dict[str, str] = {}
        self._url = url
        self._places = places
        self._rounds = rounds
        self._contenders = contenders

    def first_message(self, python: str) -> Column:
        """Whole processes that send one message."""
        column = Column("first message, whole process", TYPED_FLOOR, 1e3, "ms", Target(1.05, 1.0))
        turns: dict[str, Callable[[], float]] = {}
        for contender in self._contenders:
            source = f"{calling(contender, 'send')}turn()\n"
            with self._left_out_if_failing(contender):
                inside = self._places.python(python, contender.packages)
                turn = partial(whole_process, inside, source, self._url, self._places.variables())
                turn()  # writes the bytecode
                turns[contender.name] = turn
        column.times = in_turns(turns, self._rounds)
        return column

    def sending(self, python: str) -> Column:
        """One message after another."""
        column = Column(
            "`create_message`, steady",
            FLOOR,
            1e6,
            "µs",
            Target(0.70, 0.62) if version_of(python) == "3.11" else Target(0.75, 0.70),
        )
        return self._steady(column, python, self._contenders, "send", _SENDS)

    def listing(self, python: str) -> Column:
        """One page after another."""
        limit = {"3.10": None, "3.11": 1.0}.get(version_of(python), 1.12)
        target = Target(limit, 1.0) if limit is not None else None
        column = Column(f"page of 1,000, Python {version_of(python)}", FLOOR, 1e3, "ms", target)
        listers = [contender for contender in self._contenders if contender.page]
        return self._steady(column, python, listers, "page", _PAGES)

    def _steady(self, column: Column, python: str, contenders: list[Contender], function: str, calls: int) -> Column:
        turns: dict[str, Callable[[], float]] = {}
        with ExitStack() as workers:
            for contender in contenders:
                with self._left_out_if_failing(contender):
                    inside = self._places.python(python, contender.packages)
                    worker = Worker(inside, calling(contender, function), self._url)
                    workers.callback(worker.end)
                    worker.cpu(calls)  # its code gets warm
                    turns[contender.name] = partial(worker.cpu, calls)
            column.times = in_turns(turns, self._rounds)
        return column

    @contextmanager
    def _left_out_if_failing(self, contender: Contender) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            if contender in {FLOOR, TYPED_FLOOR, OUR_SDK}:
                raise
            self.reasons[contender.name] = str(error)


def report(columns: list[Column], contenders: list[Contender], reasons: dict[str, str]) -> str:
    """All columns, why somebody is missing, and what the targets came to."""
    rows = [[contender.name, *(column.cell(contender) for column in columns)] for contender in contenders]
    missing = [f"{name}: {reason}" for name, reason in reasons.items()]
    judged = [
        column.judged(column.target) for column in columns if column.target is not None and OUR_SDK.name in column.times
    ]
    targets = table(["of our own", "at most", "measured", ""], judged)
    parts = [table(["", *(column.head() for column in columns)], rows), *missing, *([targets] if judged else [])]
    return "\n\n".join(parts)


def main() -> None:
    """Measure what the arguments ask for."""
    parser = arguments(__doc__, "5 rounds instead of 21")
    parser.add_argument("--rounds", type=int, default=21, help="how often everybody takes a turn; default: 21")
    parser.add_argument("--only", type=chosen, help="words of names, such as ours,twilio; the floors are always there")
    parser.add_argument("--columns", default="first,send,page", help="what to measure; default: first,send,page")
    parser.add_argument(
        "--python",
        nargs="+",
        default=[sys.executable],
        help="interpreters; the first one does everything, others only list",
    )
    parser.add_argument("--cache", type=Path, help="where to keep the environments; default: thrown away")
    options = parser.parse_args()
    rounds = 5 if options.quick else options.rounds
    if rounds < 2:
        parser.error("--rounds: give 2 or more; one has no spread")
    columns = set(options.columns.split(","))
    if not columns <= {"first", "send", "page"}:
        parser.error("--columns: give some of first,send,page")
    wanted = options.only or EVERYBODY
    contenders = [one for one in EVERYBODY if one in {FLOOR, TYPED_FLOOR, *wanted}]
    on_one_core()
    with environments(options.cache) as places, static_server() as url:
        speed = Speed(url, places, rounds, contenders)
        main_python, measured = options.python[0], []
        if "first" in columns:
            measured.append(speed.first_message(main_python))
        if "send" in columns:
            measured.append(speed.sending(main_python))
        if "page" in columns:
            measured += [speed.listing(python) for python in options.python]
        result = report(measured, contenders, speed.reasons)
        publish("speed", f"{result}\n\n{rounds} rounds.", places.python(main_python, OUR_SDK.packages), options.write)


if __name__ == "__main__":
    main()
