"""Enums of strings that the server may extend."""

from enum import Enum, EnumMeta
from typing import Any

TYPE_CHECKING = False

__all__ = ["OpenEnum"]


class _OpenEnumMeta(EnumMeta):
    if not TYPE_CHECKING:

        def __call__(cls, *args, **kwargs):
            if not args and not kwargs:
                raise TypeError(f"{cls.__name__}() needs a value: one of {', '.join(cls.__members__)}")
            return super().__call__(*args, **kwargs)


class OpenEnum(str, Enum, metaclass=_OpenEnumMeta):
    """A set of strings that the server may extend.

    A value that this version does not know becomes a member of its own, so that an answer is never lost to it. Only
    the values in `__members__` are accepted as arguments.
    """

    @classmethod
    def _missing_(cls, value: object) -> "OpenEnum | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    def __str__(self) -> str:
        return str(self.value)

    # The default compares by identity, which no two copies of an unknown value share.
    __eq__ = str.__eq__
    __hash__ = str.__hash__

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return type(self), (self.value,)
