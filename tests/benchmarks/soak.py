"""Soak calls through a proxy that breaks some of the exchanges: `python tests/benchmarks/soak.py [--mixed]`."""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="default: another one each time")
    parser.add_argument("--mixed", action="store_true", help="creates and lists, over TLS, tokens that fail")
    options = parser.parse_args()
    # The helpers of the tests stand beside this folder.
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from faults.mixed_soaking import mixed_soak
    from faults.soaking import soak

    print(f"seed {options.seed}, {options.threads} threads", flush=True)
    began = time.monotonic()
    counts = (mixed_soak if options.mixed else soak)(options.calls, threads=options.threads, seed=options.seed)
    print(counts)
    print(f"{time.monotonic() - began:.1f} s; {'WRONG' if counts.wrong else 'nothing wrong'}")
    return 1 if counts.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
