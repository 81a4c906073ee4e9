"""Entries: what the outbox knows of a message, and the states that it can be in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

__all__ = ["STATES", "Entry", "Summary"]

PLANNED: Final = "planned"
"""Frozen; it may be sent."""
CLAIMED: Final = "claimed"
"""A worker has it, for the time of its lease; nothing was written to the network."""
IN_FLIGHT: Final = "in_flight"
"""Its request is about to be written, is under way, or was when the process died."""
ACCEPTED: Final = "accepted"
"""The service has it."""
REFUSED: Final = "refused"
"""The service said no to this message."""
UNKNOWN: Final = "unknown"
"""It may be out: the answer was lost, or the process died."""
ABSENT: Final = "absent"
"""Proven not to be there."""
UNDECIDED: Final = "undecided"
"""No evidence in time, or evidence that fits several messages; a person decides."""
WITHHELD: Final = "withheld"
"""The outbox said no; it was never sent."""

STATES: Final = (PLANNED, CLAIMED, IN_FLIGHT, ACCEPTED, REFUSED, UNKNOWN, ABSENT, UNDECIDED, WITHHELD)
UNFINISHED: Final = (PLANNED, CLAIMED, IN_FLIGHT)
FINAL: Final = (ACCEPTED, REFUSED, WITHHELD)

BY_ANSWER: Final = "answer"
BY_CALLBACK: Final = "callback"
BY_LIST: Final = "list"


@dataclass(frozen=True)
class Entry:
    """A message of the outbox, as the database had it when it was read.

    Attributes:
        key: The key under which it was added.
        state: One of `STATES`.
        message_id: The id that the service gave it; None until it is known.
        status: How far it has come, the worst of its recipients, in the words of the list of messages.
        statuses: The same for each recipient.
        evidence: What shows that it was accepted: "answer", "callback" or "list"; None if nothing does.
        request: The message under its wire names; None after `forget`.
        error: Why it is refused, withheld, planned again or undecided; None if there is nothing to say.
        account_id: The account that it is sent for.
        attempts: How often it was about to be written to the network.
        created_at: When it was added, by this machine's clock, in UTC.
        updated_at: When it last changed.
    """

    key: str
    state: str
    message_id: str | None
    status: str | None
    statuses: Mapping[str, str] = field(repr=False)
    evidence: str | None
    request: dict[str, Any] | None = field(repr=False)
    error: str | None = field(repr=False)
    account_id: str
    attempts: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Summary:
    """What a run or a settling did: how many entries it moved into which state.

    Attributes:
        accepted: The service has them.
        refused: The service said no.
        unknown: They may be out; for `settle`, those that still are.
        absent: Proven not to be there.
        undecided: For a person to decide.
        withheld: The outbox said no.
    """

    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    absent: int = 0
    undecided: int = 0
    withheld: int = 0
