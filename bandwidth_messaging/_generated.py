"""How users of generated SDKs are met: what is left out says what to do instead, options may be given by position."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NoReturn, TypeVar

__all__ = ["LeftOut", "left_out", "options_by_position"]

ClassT = TypeVar("ClassT", bound=type)


class LeftOut:
    """An attribute that generated SDKs have: to read it or to set it says what to do instead, on the class too.

    Args:
        name: The class and the attribute.
        advice: What to do instead, or why there is nothing to do.
    """

    def __init__(self, name: str, advice: str) -> None:
        self.name = name
        self.advice = advice

    def __get__(self, instance: object, owner: type | None = None) -> NoReturn:
        raise AttributeError(f"{self.name} is left out: {self.advice} (docs/moving-over.md)")

    def __set__(self, instance: object, value: object) -> None:
        self.__get__(instance)


def left_out(**advice: str) -> Callable[[ClassT], ClassT]:
    """Decorate a class with what it leaves out.

    Args:
        **advice: For each attribute what to do instead.
    """

    def decorate(kind: ClassT) -> ClassT:
        for name, text in advice.items():
            setattr(kind, name, LeftOut(f"{kind.__name__}.{name}", text))
        return kind

    return decorate


def options_by_position(*names: str) -> Callable[[ClassT], ClassT]:
    """Decorate a class so that its options may be given by position, in the order of the generated SDK.

    Args:
        *names: The options in that order; among them those that are left out.
    """

    def decorate(kind: ClassT) -> ClassT:
        make: Callable[..., None] = vars(kind)["__init__"]

        @wraps(make)
        def __init__(self: Any, *values: Any, **options: Any) -> None:  # noqa: N807 - it is that method
            make(self, **_named(kind, names, values), **_known(kind, options))

        type.__setattr__(kind, "__init__", __init__)
        return kind

    return decorate


def _named(kind: type, names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    if len(values) > len(names):
        raise TypeError(f"{kind.__name__}() takes at most {len(names)} options by position")
    given = {name: value for name, value in zip(names, values, strict=False) if value is not None}
    return _known(kind, given)


def _known(kind: type, options: dict[str, Any]) -> dict[str, Any]:
    """The options, none of which is left out."""
    for name in options:
        found = vars(kind).get(name)
        if isinstance(found, LeftOut):
            raise TypeError(f"{found.name} is left out: {found.advice} (docs/moving-over.md)")
    return options
