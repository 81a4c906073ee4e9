"""Instructions per call, which do not depend on what else the machine does.

`python tests/benchmarks/instructions.py` runs each contender under valgrind, which counts the instructions that the
process executes in user mode. It does so for N calls and for 2 N; the difference, divided by N, is the cost of a call,
with start, imports and first call cancelled out. Two runs of the same code differ by well under 1%.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.contenders import OUR_SDK, Contender, chosen
from benchmarks.environments import environments
from benchmarks.report import arguments, publish, table
from benchmarks.static_server import static_server
from benchmarks.worker import calling

Costs = Counter[tuple[str, str]]  # instructions by library and C function

_INSTALL = (
    "valgrind is not installed. It is a package of most systems: apt install valgrind, dnf install valgrind, "
    "apk add valgrind. It runs on Linux; elsewhere, run this in a Linux container."
)
_CALLS = """
for _ in range(int(sys.argv[2])):
    turn()
"""


def costs(lines: Iterable[str]) -> Costs:
    """What each C function cost by itself, read from callgrind's output.

    A name is written out once, as "fn=(12) name", and then is "fn=(12)". A line of numbers is a position and a cost;
    the one after "calls=" is the cost of what was called, and counts there.
    """
    names: dict[tuple[str, str], str] = {}
    found: Costs = Counter()
    library = function = ""
    of_callee = False
    for line in lines:
        if line[:1] in "0123456789+-*" and line.strip():
            if not of_callee:
                found[library, function] += int(line.split()[1])
            of_callee = False
            continue
        kind, _, value = line.strip().partition("=")
        if kind in {"ob", "cob", "fn", "cfn"}:
            number, _, name = value.partition(" ")
            name = names.setdefault((kind[-2:], number), name.partition("'")[0])  # f'2 is f within f
            library, function = (name if kind == "ob" else library), (name if kind == "fn" else function)
        of_callee = kind == "calls"
    return found


def counted(python: str, source: str, url: str, calls: int) -> Costs:
    """What a process with so many calls costs.

    Raises:
        RuntimeError: It failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "callgrind")
        valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"]
        command = [python, "-c", source, url, str(calls)]
        # The order in which strings are hashed into a dict would differ from run to run.
        variables = {**os.environ, "PYTHONHASHSEED": "0"}
        ended = subprocess.run([*valgrind, *command], env=variables, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise RuntimeError(ended.stderr.strip().rpartition("\n")[2])
        with output.open() as lines:
            return costs(lines)


def per_call(python: str, contender: Contender, function: str, url: str, calls: int) -> Costs:
    """The cost of a call of `send` or `page`."""
    source = calling(contender, function) + _CALLS
    once, twice = (counted(python, source, url, times * calls) for times in (1, 2))
    return Counter({place: (twice[place] - once[place]) // calls for place in twice})


def in_units(cost: float) -> str:
    """A number of instructions that can be read."""
    return f"{cost / 1e6:.2f} M" if cost >= 1e6 else f"{cost / 1e3:.1f} k"


def by_function(measured: Costs, top: int) -> str:
    """The dearest C functions and the library of each."""
    whole = measured.total()
    rows = [
        (f"`{function}`", Path(library).name, in_units(cost), f"{cost / whole:.0%}")
        for (library, function), cost in measured.most_common(top)
    ]
    return table(["C function", "of", "instructions", "share"], rows)


def main() -> None:
    """Count, and report."""
    parser = arguments(__doc__, "100 messages and 5 pages instead of 500 and 20")
    parser.add_argument(
        "--only",
        type=chosen,
        default="ours,floor,http.client,urlopen",
        help="words of names; default: ours,floor,http.client,urlopen",
    )
    parser.add_argument("--calls", type=int, default=500, help="N for messages sent; default: 500")
    parser.add_argument("--pages", type=int, default=20, help="N for pages listed, 0 for none; default: 20")
    parser.add_argument("--top", type=int, default=0, help="show so many C functions of the first contender, too")
    parser.add_argument("--cache", type=Path, help="where to keep the environments; default: thrown away")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        parser.error(_INSTALL)
    numbers = {"send": 100, "page": 5} if options.quick else {"send": options.calls, "page": options.pages}
    numbers = {function: calls for function, calls in numbers.items() if calls}
    rows, functions = [], []
    with environments(options.cache) as places, static_server() as url:
        for contender in options.only:
            python = places.python(sys.executable, contender.packages)
            cells = []
            for function, calls in numbers.items():
                measured = per_call(python, contender, function, url, calls)
                cells.append(in_units(measured.total()))
                if options.top and contender is options.only[0]:
                    functions.append(f"`{function}` of {contender.name}:\n\n{by_function(measured, options.top)}")
            rows.append([contender.name, *cells])
            print(*rows[-1], file=sys.stderr)
        heads = {"send": "`create_message`", "page": "page of 1,000"}
        head = ["user-mode instructions per call", *(heads[function] for function in numbers)]
        result = "\n\n".join([table(head, rows), *functions])
        publish("instructions", result, places.python(sys.executable, OUR_SDK.packages), options.write)


if __name__ == "__main__":
    main()
