"""Prints how many names of the generated SDK are the same here, differ, or are missing, and which: `python -m`."""

from collections import Counter

from .comparison import part_of, verdicts

if __name__ == "__main__":
    found = verdicts()
    counts = Counter((part_of(name), verdict.verdict) for name, verdict in found.items())
    for part in dict.fromkeys(part_of(name) for name in found):
        print(f"{part}: " + ", ".join(f"{counts[part, kind]} {kind}" for kind in ("same", "differs", "missing")))
    for name, verdict in found.items():
        if verdict.verdict != "same" and part_of(name) not in {"MultiChannelApi", "Other products"}:
            print(f"{verdict.verdict:8} {name} {verdict.detail}")
