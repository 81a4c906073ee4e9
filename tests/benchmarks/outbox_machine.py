"""Drive an outbox and a model of it with hypothesis; see tests/outbox/machine.py for the rules and what is checked.

`python tests/benchmarks/outbox_machine.py` takes 10,000 steps, and raises at the first that is wrong. It needs the
package with its extra `[outbox]`, and the test dependencies.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test


def main() -> None:
    from outbox.machine import OutboxMachine

    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("--steps", type=int, default=10_000)
    given = options.parse_args()
    began = time.monotonic()
    while OutboxMachine.steps < given.steps:
        run_state_machine_as_test(
            OutboxMachine,
            settings=settings(
                max_examples=20, stateful_step_count=50, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )  # fmt: skip
    print(f"{OutboxMachine.steps} steps, nothing wrong; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
