"""Where the time of `create_message`, or of a page, goes: layer by layer beside others, and function by function.

`python tests/benchmarks/layers.py` interrupts a process that sends messages after each few milliseconds of its CPU time
and notes which Python function runs; what that function has C code do counts as its own. Unlike a tracing profiler this
slows down nothing, so small functions do not look dearer than they are. Python can be interrupted where a call begins
or ends and where a loop turns: what a function does between its last call and its end counts for its caller.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.contenders import OUR_SDK, Contender, chosen
from benchmarks.environments import environments
from benchmarks.report import arguments, publish, table
from benchmarks.static_server import on_one_core, static_server
from benchmarks.worker import Worker, calling

_CALLS = {"send": 200, "page": 10}  # in a turn, as in speed.py
_SAMPLED = """
import collections
import json
import signal
import time
samples = collections.Counter()
def sample(_number, frame):
    code = frame.f_code
    samples[code.co_filename, getattr(code, "co_qualname", code.co_name)] += 1
signal.signal(signal.SIGPROF, sample)
turn()
print("ready", flush=True)
for line in sys.stdin:
    signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
    began = time.process_time()
    for _ in range(int(line)):
        turn()
    used = time.process_time() - began
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(json.dumps([used, [[*place, count] for place, count in samples.items()]]), flush=True)
    samples.clear()
"""
_SENDING, _RECEIVING = "the socket: send", "the socket: receive"
# The functions that make the system calls, by their file: whoever makes them, the kernel's time is the same.
_SYSTEM_CALLS = {
    ("http/client.py", "send"): _SENDING,
    ("socket.py", "readinto"): _RECEIVING,
    ("_transport/connection.py", "_send"): _SENDING,
    ("_transport/connection.py", "_receive"): _RECEIVING,
    ("_transport/connection.py", "read_some"): _RECEIVING,
}
_PACKAGES = {
    "bandwidth_messaging": "bandwidth_messaging",
    "pydantic": "pydantic and its core",
    "urllib3": "urllib3",
    "http": "http.client",
    "email": "email, which reads http.client's headers",
    "json": "json",
}
_REST = "the rest: the caller's own lines, the standard library"


class Profile:
    """Where the time of a contender goes.

    Args:
        contender: Whose.
        worker: Its process.
        function: `send` or `page`.

    Attributes:
        used: CPU seconds of all its turns.
        samples: In how many samples each function was seen, by source file and name.
    """

    def __init__(self, contender: Contender, worker: Worker, function: str) -> None:
        self.contender = contender
        self.used = 0.0
        self.samples: Counter[tuple[str, str]] = Counter()
        self._worker = worker
        self._calls = _CALLS[function]
        self._made = 0

    def turn(self) -> None:
        """Let it make some calls, and note what was seen."""
        used, places = json.loads(self._worker.turn(self._calls))
        self.used += used
        self._made += self._calls
        self.samples.update({(file, name): count for file, name, count in places})

    def per_call(self) -> float:
        """CPU time per call, in µs."""
        return self.used / self._made * 1e6

    def layers(self) -> Counter[str]:
        """The samples of each layer."""
        found: Counter[str] = Counter()
        for (file, function), count in self.samples.items():
            found[layer_of(file, function)] += count
        return found

    def cell(self, count: int) -> str:
        """So many samples as µs per call."""
        return f"{self.per_call() * count / self.samples.total():.1f}" if count else "—"


def layer_of(file: str, function: str) -> str:
    """The layer that a function belongs to."""
    parts = Path(file).parts
    name = function.rpartition(".")[2]
    system_call = _SYSTEM_CALLS.get(("/".join(parts[-2:]), name)) or _SYSTEM_CALLS.get((parts[-1], name))
    if system_call:
        return system_call
    return next((layer for package, layer in _PACKAGES.items() if package in parts), _REST)


def report(profiles: list[Profile], top: int) -> str:
    """The layers of all, and the functions of the first."""
    layers = [one.layers() for one in profiles]
    dearest = sorted(set().union(*layers), key=lambda layer: -layers[0][layer])
    rows = [
        [layer, *(one.cell(counts[layer]) for one, counts in zip(profiles, layers, strict=True))] for layer in dearest
    ]
    rows.append(["**together**", *(f"**{one.per_call():.1f}**" for one in profiles)])
    first = profiles[0]
    functions = [
        (f"`{'/'.join(Path(file).parts[-2:])}`", f"`{name}`", first.cell(count))
        for (file, name), count in first.samples.most_common(top)
    ]
    return "\n\n".join(
        [
            table(["µs per call", *(one.contender.name for one in profiles)], rows),
            f"The dearest functions of {first.contender.name}, each by itself:",
            table(["file", "function", "µs per call"], functions),
            f"{first.samples.total():,} samples.",
        ]
    )


def main() -> None:
    """Sample, and report."""
    parser = arguments(__doc__, "5 CPU seconds instead of 20")
    parser.add_argument(
        "--only",
        type=chosen,
        default="ours,urlopen,http.client",
        help="words of names, the first one's functions are shown; default: ours,urlopen,http.client",
    )
    parser.add_argument("--page", action="store_true", help="list pages instead of sending messages")
    parser.add_argument("--seconds", type=float, default=20, help="CPU seconds to sample the first for; default: 20")
    parser.add_argument("--top", type=int, default=20, help="how many functions to show; default: 20")
    parser.add_argument("--cache", type=Path, help="where to keep the environments; default: thrown away")
    options = parser.parse_args()
    function = "page" if options.page else "send"
    contenders = [one for one in options.only if one.page or not options.page]
    if not contenders:
        parser.error("--page: none of these lists messages")
    seconds = 5 if options.quick else options.seconds
    profiles = []
    on_one_core()
    with environments(options.cache) as places, static_server() as url, ExitStack() as workers:
        for contender in contenders:
            python = places.python(sys.executable, contender.packages)
            worker = Worker(python, calling(contender, function), url, _SAMPLED)
            workers.callback(worker.end)
            profiles.append(Profile(contender, worker, function))
        while profiles[0].used < seconds:
            for one in profiles:
                one.turn()
        ours = places.python(sys.executable, OUR_SDK.packages)
        publish(
            f"layers of a {'page' if options.page else 'message'}", report(profiles, options.top), ours, options.write
        )


if __name__ == "__main__":
    main()
