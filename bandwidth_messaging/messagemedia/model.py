"""What the models of this family share: their names are the same in Python and on the wire; and rules of fields."""

from datetime import datetime, timezone
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, PlainSerializer

from .._models.base import Model, RequestModel
from .._models.display import iso_time
from .._models.field_rules import known, no_nul, no_number

__all__ = ["SENDABLE", "FamilyModel", "FamilyRequest", "UtcTime", "known"]


class FamilyModel(Model):
    """The base of what this family answers."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=None)


class FamilyRequest(RequestModel):
    """The base of what is sent to this family."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=None)


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("in UTC the time is before the year 1 or after 9999") from None


SENDABLE = AfterValidator(no_nul)
"""The rule of every string that is sent."""

UtcTime = Annotated[
    AwareDatetime,
    BeforeValidator(no_number),
    AfterValidator(_in_utc),
    PlainSerializer(iso_time, return_type=str, when_used="json"),
]
"""A time with any offset, sent in UTC as the vendor writes it."""
