"""The clock of leases: all processes share it, it goes on in sleep, and no change of the wall clock moves it.

It starts anew with the machine, so a reading is worth something only together with the boot id.
"""

import time
from pathlib import Path

__all__ = ["boot_id", "boot_time"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Linux has a clock of its own for this. CLOCK_MONOTONIC goes on in sleep on macOS, and the only one does on Windows.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def boot_time() -> float:
    """Seconds since the machine started, sleep included."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


def boot_id() -> str:
    """What tells one start of the machine from another."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        # Good to some minutes. Where it changes without a start, leases end early: that costs unknowns, not duplicates.
        return f"started near {round((time.time() - boot_time()) / 600)}"
