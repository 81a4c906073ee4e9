"""What the models of this family share: their names are the same in Python and on the wire; and rules of fields."""

import re
from datetime import datetime, timezone
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, PlainSerializer

from ..model import Model, OpenEnum, RequestModel, iso_time

__all__ = ["SENDABLE", "FamilyModel", "FamilyRequest", "UtcTime", "known"]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

EnumT = TypeVar("EnumT", bound=OpenEnum)


class FamilyModel(Model):
    """The base of what this family answers."""

    model_config = ConfigDict(alias_generator=None)


class FamilyRequest(RequestModel):
    """The base of what is sent to this family."""

    model_config = ConfigDict(alias_generator=None)


def known(value: EnumT) -> EnumT:
    """The member, if it is one that this version knows.

    Raises:
        ValueError: It is none that may be sent.
    """
    members = type(value).__members__.values()
    if value not in members:
        raise ValueError(f"give one of {', '.join(members)}")
    return value


def _no_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("a NUL character cannot be sent")
    return value


def _no_number(value: Any) -> Any:
    # pydantic takes a number, and digits, for seconds since 1970: `scheduled=60` would mean half a century ago.
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE.match(value)):
        return value
    raise ValueError("give a datetime with a time zone, or ISO 8601 in UTC such as 2016-11-03T11:49:02.807Z")


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(timezone.utc)


SENDABLE = AfterValidator(_no_nul)
"""The rule of every string that is sent."""

UtcTime = Annotated[
    AwareDatetime,
    BeforeValidator(_no_number),
    AfterValidator(_in_utc),
    PlainSerializer(iso_time, return_type=str, when_used="json"),
]
"""A time with any offset, sent in UTC as the vendor writes it."""
