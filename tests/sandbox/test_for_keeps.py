"""Small runs of what tests/benchmarks does at length: nothing that was answered is lost, no callback is forgotten."""

from __future__ import annotations

from pathlib import Path

from benchmarks.callbacks_delivery import deliver
from benchmarks.kill import burst


def test_what_was_answered_202_survives_being_killed(tmp_path: Path) -> None:
    counts = burst(tmp_path / "messages.sqlite", sends=200, kills=3, seed=7)
    assert (counts.sent, counts.killed, counts.absent) == (200, 3, 0)
    assert counts.accepted


def test_an_application_that_fails_and_is_slow_gets_every_callback() -> None:
    application, states, _ = deliver(200, seed=7, hangs=0)
    assert application.fates["fail"] > 10
    assert (len(application.posted), states) == (200, {"delivered": 200})
