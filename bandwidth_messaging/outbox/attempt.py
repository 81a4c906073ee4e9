"""What is known of an attempt, from its claim to its outcome, as plain values."""

from typing import NamedTuple

__all__ = ["Claim", "Mark", "Outcome", "Record"]


class Claim(NamedTuple):
    """An entry that this worker may send."""

    id: int
    fence: int
    key: str
    account_id: str
    request: str
    request_hash: bytes
    segments: int
    attempt: int


class Outcome(NamedTuple):
    """What became of an attempt."""

    state: str
    message_id: str | None = None
    evidence: str | None = None
    error: str | None = None
    not_before: float = 0.0


class Mark(NamedTuple):
    """An attempt that is about to begin."""

    claim: Claim
    token: str
    lease: float
    total: float
    """Seconds that the call may take."""
    offset: float | None
    """The service's clock minus ours."""


class Record(NamedTuple):
    """What became of an attempt."""

    claim: Claim
    token: str
    outcome: Outcome
