"""Peak memory and time of walking over one million messages with `iter_messages`.

`python tests/benchmarks/memory.py` walks over a list that a server in another process generates. It ends with an error
when the peak is more than 15 MiB above that of the first page, or when a message is skipped or comes twice.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from benchmarks.answers import DEEPEST, PAGE_SIZE, SHARE_AN_INSTANT
from benchmarks.report import arguments, publish, table
from benchmarks.static_server import static_server

_ALLOWED = 15.0  # MiB


def peak_memory() -> float:
    """The most memory that this process ever had, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)  # macOS counts bytes, Linux KiB


@dataclass
class Walk:
    """What a walk over a list took.

    Attributes:
        total: How many messages there are.
        one_page: The peak after one `list_messages`, in MiB.
        first_page: The peak when the walk has used up its first page.
        end: The peak at the end.
        marks: CPU and wall time at the start and after each tenth, in seconds.
    """

    total: int
    one_page: float = 0
    first_page: float = 0
    end: float = 0
    marks: list[tuple[float, float]] = field(default_factory=list)

    def growth(self) -> float:
        """How far the walk went above one page, in MiB."""
        return self.end - self.one_page

    def per_message(self, tenth: int) -> tuple[float, float]:
        """CPU and wall time per message, in µs, in a tenth of the list; 0 is the first."""
        (cpu, wall), (cpu_after, wall_after) = self.marks[tenth : tenth + 2]
        messages = self.total // 10
        return (cpu_after - cpu) / messages * 1e6, (wall_after - wall) / messages * 1e6

    def mark(self) -> None:
        self.marks.append((time.process_time(), time.perf_counter()))


def walk(messages: MessagesApi, total: int) -> Walk:
    """Iterate over all messages once.

    Raises:
        SystemExit: One was skipped or came twice, or the list ended early.
    """
    result = Walk(total)
    messages.list_messages("9900000", limit=PAGE_SIZE)
    result.one_page = peak_memory()
    result.mark()
    listed = 0
    for message in messages.iter_messages("9900000", limit=PAGE_SIZE):
        # The server numbers them, behind the ten digits of a time.
        if int((message.message_id or "")[10:19]) != listed:
            raise SystemExit(f"in place {listed} is message {message.message_id}: one was skipped or came twice")
        listed += 1
        if listed == PAGE_SIZE:
            result.first_page = peak_memory()
        if listed % (total // 10) == 0:
            result.mark()
    if listed != total:
        raise SystemExit(f"the walk ended after {listed} of {total} messages")
    result.end = peak_memory()
    return result


def report(result: Walk) -> str:
    """Both tables."""
    peaks = [
        ("after one `list_messages`", result.one_page),
        ("when the walk has used up its first page", result.first_page),
        (f"after all {result.total:,}", result.end),
    ]
    memory = [(when, f"{peak:.1f} MiB", f"{peak - result.one_page:+.1f} MiB") for when, peak in peaks]
    times = []
    for name, tenth in (("first", 0), ("middle", 4), ("last", 9)):
        cpu, wall = result.per_message(tenth)
        times.append((f"the {name} tenth", f"{cpu:.2f} µs", f"{cpu / result.per_message(0)[0]:.2f}", f"{wall:.2f} µs"))
    verdict = "met" if result.growth() <= _ALLOWED else "MISSED"
    return "\n\n".join(
        [
            f"Pages of {PAGE_SIZE:,}, windows of {DEEPEST:,}, {SHARE_AN_INSTANT} messages to each instant; "
            "each message came once and in order.",
            table(["peak memory", "", "above one page"], memory),
            table(["per message", "CPU", "÷ first tenth", "wall"], times),
            f"At most {_ALLOWED:.0f} MiB above one page: {verdict}.",
        ]
    )


def main() -> int:
    """Walk, and report."""
    parser = arguments(__doc__, "100,000 messages instead of 1,000,000")
    parser.add_argument("--messages", type=int, default=1_000_000, help="how many to list; default: 1000000")
    options = parser.parse_args()
    total = 100_000 if options.quick else options.messages
    if total <= 0 or total % (10 * PAGE_SIZE):
        parser.error(f"--messages: give a multiple of {10 * PAGE_SIZE}")
    with static_server(total) as url:
        configuration = Configuration(host=url, username="user", password="secret")
        with ApiClient(configuration) as api_client:
            result = walk(MessagesApi(api_client), total)
    publish("memory", report(result), sys.executable, options.write)
    return 0 if result.growth() <= _ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
