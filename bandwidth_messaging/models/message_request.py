"""MessageRequest: the message to send, checked for what the contract states and no more."""

import re
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, AwareDatetime, BeforeValidator, Field

from .._models.base import RequestModel
from .._models.field_rules import known, no_nul, no_number
from .priority_enum import PriorityEnum

__all__ = ["MessageRequest"]

# The contract, after ITU-T E.164: a plus sign, a country code, which never begins with 0, and 7 to 15 digits in all.
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# Compiled when they are first needed, for most senders are numbers; `re` keeps them.
_SHORT_CODE = r"[0-9]{3,8}"
# The contract: at most 11 letters, digits, spaces and - + _ &, of which at least one is a letter.
_ALPHANUMERIC = r"(?=.*[A-Za-z])[A-Za-z0-9 \-+_&]{1,11}"


def _recipient(value: str) -> str:
    if not _E164.fullmatch(value):
        raise ValueError("give phone numbers in E.164 form, such as +15551234567")
    return value


def _unique(value: list[str]) -> list[str]:
    repeated = len(value) - len(set(value))
    if repeated:
        raise ValueError(f"give each recipient once ({repeated} repeated)")
    return value


def _sender(value: str) -> str:
    if not (_E164.fullmatch(value) or re.fullmatch(_SHORT_CODE, value) or re.fullmatch(_ALPHANUMERIC, value)):
        raise ValueError(
            "give a phone number in E.164 form (+15551234567), a short code (12345) or an alphanumeric sender: "
            "at most 11 letters, digits, spaces and - + _ &, with at least one letter"
        )
    return value


class MessageRequest(RequestModel):
    """A message to be sent.

    Text or media must be given. The checks are those that the contract states of single fields. What it leaves to the
    server (a text or media, an expiration in the future, an application that exists) is left to the server.

    Raises:
        ValueError: A required field is missing, a value breaks its rule, or a name is not a field. The message names
            the field and the rule, and shows no value.
    """

    application_id: str = Field(min_length=1)
    """The ID of the messaging application that the sender belongs to. It decides the callback URLs."""
    to: Annotated[list[Annotated[str, AfterValidator(_recipient)]], Field(min_length=1), AfterValidator(_unique)]
    """The recipients' phone numbers in E.164 format. More than one makes a group message. Each may stand there once."""
    var_from: Annotated[str, AfterValidator(_sender)] = Field(
        validation_alias=AliasChoices("from", "from_"), serialization_alias="from"
    )
    """The sender: a phone number in E.164 format, a short code, or an alphanumeric sender of up to 11 characters
    (letters, digits, space, `-`, `+`, `_`, `&`) with at least one letter. What begins with `+` is read as a phone
    number. In Python it is given as `var_from`, `from_` or, in a dict, `from`."""
    text: Annotated[str, Field(max_length=2048), AfterValidator(no_nul)] | None = None
    """The text of the message. Required unless media is given. At most 2048 characters."""
    media: list[Annotated[str, Field(max_length=4096), AfterValidator(no_nul)]] | None = None
    """URLs of the media to include. Their presence makes the message an MMS. Each at most 4096 characters."""
    tag: Annotated[str, Field(max_length=1024), AfterValidator(no_nul)] | None = None
    """Custom text that every callback about this message repeats. At most 1024 characters."""
    priority: Annotated[PriorityEnum, AfterValidator(known)] | None = None
    """How urgently to send it: `default` or `high`."""
    expiration: Annotated[AwareDatetime, BeforeValidator(no_number)] | None = None
    """When the message stops being worth sending, as an RFC 3339 date-time with any offset. It must be in the future. A
    message not sent by then fails with error code 4360. A datetime needs a time zone."""
