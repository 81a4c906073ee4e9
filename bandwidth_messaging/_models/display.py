"""How a model shows itself: one field per line, enum members as their value, times in ISO form."""

from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel

__all__ = ["iso_time", "lines", "shown"]


def shown(value: Any) -> Any:
    """The value as `repr` shows it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return iso_time(value)
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value


def iso_time(value: datetime) -> str:
    """The time in ISO 8601, to the millisecond unless it has more."""
    return value.isoformat(timespec="microseconds" if value.microsecond % 1000 else "milliseconds").replace(
        "+00:00", "Z"
    )


def lines(value: Any, indent: str) -> str:
    """The value over as many lines as it has fields, so that a long answer can be read from top to bottom."""
    deeper = indent + "    "
    if isinstance(value, BaseModel):
        fields = [f"{deeper}{name}={lines(inner, deeper)},\n" for name, inner in value.__repr_args__()]
        return f"{type(value).__name__}(\n{''.join(fields)}{indent})" if fields else f"{type(value).__name__}()"
    if isinstance(value, list) and any(isinstance(item, BaseModel) for item in value):
        items = [f"{deeper}{lines(item, deeper)},\n" for item in value]
        return f"[\n{''.join(items)}{indent}]"
    return repr(value)
