"""camelCase on the wire, snake_case in dicts: the conversions of the classic SDK. Pure."""

import re
from typing import Any

__all__ = ["camel_case", "snake_case", "snake_keys"]

# Before a capital that follows a small letter or a digit, and before one that begins a word of its own.
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """The name in snake_case, such as `skip_mms_carrier_validation` for `skipMMSCarrierValidation`."""
    return _WORD.sub("_", name).lower()


def camel_case(name: str) -> str:
    """The name in camelCase, such as `callbackUrl` for `callback_url`; `from_` is `from`."""
    first, *others = name.rstrip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def snake_keys(value: Any) -> Any:
    """The value with the keys of all its dicts in snake_case. Of two keys that become the same, the later counts."""
    if isinstance(value, dict):
        return {snake_case(key): snake_keys(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [snake_keys(inner) for inner in value]
    return value
