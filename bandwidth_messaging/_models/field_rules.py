"""Rules of single fields that requests of several families share."""

import re
from datetime import datetime
from typing import Any, TypeVar

from .open_enum import OpenEnum

__all__ = ["known", "no_nul", "no_number"]

EnumT = TypeVar("EnumT", bound=OpenEnum)

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"  # compiled when it is first needed; `re` keeps it


def known(value: EnumT) -> EnumT:
    """The member, if it is one that this version knows: of what is sent, a misspelt one is not."""
    members = type(value).__members__.values()
    if value not in members:
        raise ValueError(f"give one of {', '.join(members)}")
    return value


def no_nul(value: str) -> str:
    """The text, if it has no NUL character."""
    if "\0" in value:
        raise ValueError("a NUL character cannot be sent")
    return value


def no_number(value: Any) -> Any:
    """The time, if it is one: pydantic takes numbers and digits for seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and re.match(_DATE, value)):
        return value
    raise ValueError("give a datetime with a time zone, or ISO 8601 such as 2016-11-03T11:49:02.807Z")
