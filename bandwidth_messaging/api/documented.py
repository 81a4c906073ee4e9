"""How `help()` comes to show the keywords of a method that takes them as `**keywords: Unpack[...]`."""

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cached_property
from types import MethodType
from typing import Any, TypeVar, cast

__all__ = ["described_fields", "takes"]

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def takes(keywords: Callable[[], type]) -> Callable[[FunctionT], FunctionT]:
    """Mark a method as taking the fields of a TypedDict as keywords.

    Checkers and IDEs see them through `Unpack`. For `help()` and `inspect.signature` they are put into signature and
    docstring when somebody asks, so that a program that never asks pays nothing.

    Args:
        keywords: Returns the TypedDict.
    """

    def decorate(function: FunctionT) -> FunctionT:
        return cast("FunctionT", _Method(function, keywords))

    return decorate


class _Method:
    def __init__(self, function: Callable[..., Any], keywords: Callable[[], type]) -> None:
        self._function = function
        self._keywords = keywords
        self.__name__ = function.__name__
        self.__qualname__ = function.__qualname__
        self.__module__ = function.__module__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    @cached_property
    def __signature__(self) -> inspect.Signature:
        own = inspect.signature(self._function)
        kept = [parameter for parameter in own.parameters.values() if parameter.kind != parameter.VAR_KEYWORD]
        added = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, annotation, _ in described_fields(self._keywords())
        ]
        return own.replace(parameters=[*kept, *added])

    @cached_property
    def _docstring(self) -> str:
        from textwrap import TextWrapper

        wrapper = TextWrapper(110, initial_indent="    ", subsequent_indent="        ", break_on_hyphens=False)
        fields = [wrapper.fill(f"{name} ({kind}): {said}") for name, kind, said in described_fields(self._keywords())]
        return "\n".join([inspect.getdoc(self._function) or "", "", "Keyword arguments:", *fields])

    __doc__: Any = property(lambda self: self._docstring)

    def __repr__(self) -> str:
        return f"<function {self.__qualname__}>"


def described_fields(keywords: type) -> Iterator[tuple[str, str, str]]:
    """Name, type and description of each field of a TypedDict, own fields first; options of every call come last.

    The descriptions are the docstrings under the fields, read from the source. Without the source (a frozen program)
    there are none.
    """
    body = _class_body(keywords)
    for node, after in zip(body, [*body[1:], ast.Pass()], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            kind = ast.unparse(node.annotation).replace("MaybeEncoded", "str").strip("'")
            yield node.target.id, kind, _docstring(after)
    for base in getattr(keywords, "__orig_bases__", ()):
        if hasattr(base, "__total__"):
            yield from described_fields(base)


def _docstring(node: ast.stmt) -> str:
    said = node.value.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else ""
    return " ".join(said.split()) if isinstance(said, str) else ""


def _class_body(keywords: type) -> list[ast.stmt]:
    try:
        tree = ast.parse(inspect.getsource(keywords))
    except OSError:
        return [ast.parse(f"{name}: object").body[0] for name in keywords.__annotations__]
    definition = tree.body[0]
    return definition.body if isinstance(definition, ast.ClassDef) else []
