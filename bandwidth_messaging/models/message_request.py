"""MessageRequest: the message to send, checked for what the contract states and no more."""

import re
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, AwareDatetime, Field

from ..model import RequestModel
from .priority_enum import PriorityEnum

__all__ = ["MessageRequest"]

# ITU-T E.164: a plus sign, a country code, which never begins with 0, and at most 15 digits in all.
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
# The contract: at most 11 letters, digits, spaces and - + _ &, of which at least one is a letter.
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 \-+_&]{1,11}")


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
    if not (_E164.fullmatch(value) or _SHORT_CODE.fullmatch(value) or _ALPHANUMERIC.fullmatch(value)):
        raise ValueError(
            "give a phone number in E.164 form (+15551234567), a short code (12345) or an alphanumeric sender: "
            "at most 11 letters, digits, spaces and - + _ &, with at least one letter"
        )
    return value


def _no_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("a NUL character cannot be sent")
    return value


def _known_priority(value: PriorityEnum) -> PriorityEnum:
    if value not in PriorityEnum.__members__.values():
        raise ValueError(f"give one of {', '.join(PriorityEnum)}")
    return value


class MessageRequest(RequestModel):
    """A text or picture message to send.

    The checks are those that the contract states. What it leaves to the server (a text or media, an expiration in
    the future, an application that exists) is left to the server.

    Raises:
        ValueError: A required field is missing, a value breaks its rule, or a name is not a field. The message names
            the field and the rule, and shows no value.
    """

    application_id: str = Field(min_length=1)
    """The id of the messaging application that the sender is tied to. It decides where callbacks go."""
    to: Annotated[list[Annotated[str, AfterValidator(_recipient)]], Field(min_length=1), AfterValidator(_unique)]
    """The recipients in E.164 form, each once. More than one makes it a group message."""
    var_from: Annotated[str, AfterValidator(_sender)] = Field(
        validation_alias=AliasChoices("from", "from_"), serialization_alias="from"
    )
    """The sender: a number of the account in E.164 form, a short code, or an alphanumeric sender."""
    text: Annotated[str, Field(max_length=2048), AfterValidator(_no_nul)] | None = None
    """The text, at most 2048 characters. Required by the server unless there is media."""
    media: list[Annotated[str, Field(max_length=4096), AfterValidator(_no_nul)]] | None = None
    """URLs of pictures and other media, each at most 4096 characters. Any media makes it a picture message."""
    tag: Annotated[str, Field(max_length=1024), AfterValidator(_no_nul)] | None = None
    """A note of your own, at most 1024 characters, that every callback about the message repeats."""
    priority: Annotated[PriorityEnum, AfterValidator(_known_priority)] | None = None
    """`default` or `high`."""
    expiration: AwareDatetime | None = None
    """When to give the message up if it has not been sent by then: a datetime with a time zone, in the future."""
