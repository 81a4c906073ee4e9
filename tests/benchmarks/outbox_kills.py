"""Kill a program that sends through an outbox, 400 times; see tests/outbox/killing.py for what is done and judged.

`python tests/benchmarks/outbox_kills.py` prints the counts and exits with 1 if anything is wrong. `--power-cut` puts
the files back to their last sync after each kill. It needs the package with its extras `[outbox,sandbox]`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bandwidth_messaging.sandbox import Sandbox


def main() -> None:
    from outbox.killing import Suite, cases, summary

    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("--runs", type=int, default=400)
    options.add_argument("--seed", type=int, default=20261121)
    options.add_argument("--power-cut", action="store_true")
    given = options.parse_args()
    began = time.monotonic()
    with Sandbox(pace="stepped") as sandbox, tempfile.TemporaryDirectory() as folder:
        verdicts = Suite(sandbox, Path(folder)).run(list(cases(given.runs, given.seed, power_cut=given.power_cut)))
    print(summary(verdicts))
    wrong = any(verdict.faults for verdict in verdicts)
    print(f"{time.monotonic() - began:.0f} s; {'WRONG' if wrong else 'nothing wrong'}")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
