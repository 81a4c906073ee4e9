"""A contender in a process of its own, which makes its calls when it is its turn."""

from __future__ import annotations

import subprocess

from benchmarks.contenders import Contender

URL = "import sys\nurl = sys.argv[1]\n"
_TIMED = """
import time
turn()
print("ready", flush=True)
for line in sys.stdin:
    began = time.process_time()
    for _ in range(int(line)):
        turn()
    print((time.process_time() - began) / int(line), flush=True)
"""


def calling(contender: Contender, function: str) -> str:
    """The lines of a contender that define `turn()`, which sends a message or lists a page.

    Args:
        contender: Whose lines.
        function: `send` or `page`.
    """
    lines = contender.send if function == "send" else contender.page_setup + contender.page
    return f"{URL}{contender.setup}{lines}turn = {function}\n"


class Worker:
    """A process that waits for its turn.

    Args:
        python: The interpreter of the contender's environment.
        source: The lines of `calling`.
        url: The server's.
        loop: The lines that take a number of calls from each line of input and answer with one line; first they print
            one that says that they are ready. By default they answer with the CPU seconds per call.

    Raises:
        RuntimeError: Its first call failed; the message is the last line of its traceback.
    """

    def __init__(self, python: str, source: str, url: str, loop: str = _TIMED) -> None:
        pipe = subprocess.PIPE
        command = [python, "-c", source + loop, url]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._line()

    def turn(self, calls: int) -> str:
        """Make so many calls; what the loop answers.

        Raises:
            RuntimeError: A call failed.
        """
        print(calls, file=self._input, flush=True)
        return self._line()

    def cpu(self, calls: int) -> float:
        """CPU seconds per call, over so many calls."""
        return float(self.turn(calls))

    def _line(self) -> str:
        line = self._output.readline()
        if not line:
            _, errors = self._process.communicate()
            raise RuntimeError(errors.strip().rpartition("\n")[2])
        return line

    def end(self) -> None:
        """Stop the process."""
        self._process.terminate()
        self._process.communicate()
