"""The operations of the V2 family, found by themselves, so that a test of all of them has a new one too."""

from __future__ import annotations

from typing import Any

from bandwidth_messaging import MediaApi, MessagesApi
from bandwidth_messaging._call.operation import Operation
from bandwidth_messaging.api import media_api, messages_api

__all__ = ["APIS", "OPERATIONS", "python_name"]

APIS: dict[str, Any] = {"MessagesApi": MessagesApi, "MediaApi": MediaApi}
OPERATIONS: list[Operation[Any]] = [
    declared for api in (messages_api, media_api) for declared in vars(api).values() if isinstance(declared, Operation)
]


def python_name(wire_name: str) -> str:
    """The argument for a header of the contract: continuation_token for Continuation-Token."""
    return wire_name.lower().replace("-", "_")
