"""Prints the table of docs/moving-over.md, and each name that is not the same: `python -m tests.moving_over`."""

from .comparison import verdicts
from .page import counted, summary

if __name__ == "__main__":
    print(summary())
    for name, word in counted().items():
        if word != "same":
            print(f"{word:8} {name} {verdicts()[name].detail[:100]}".rstrip())
