"""Whatever is done in whatever order, the outbox says nothing that is not so, and nothing goes out twice."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from .machine import OutboxMachine

TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(
    max_examples=10,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
