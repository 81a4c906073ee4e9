"""`help()` and `inspect.signature` show the fields of a class with their docstrings, which are read when asked for."""

from collections.abc import Callable, Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    import inspect
    from typing import Any, TypeVar

    FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
    ClassT = TypeVar("ClassT", bound=type)

__all__ = ["described_fields", "fields_in_help", "takes"]

_PRIVATE_TYPES = {"MaybeEncoded": "str", "_Url": "str | None"}


def fields_in_help(cls: "ClassT") -> "ClassT":
    """Let the help of a class list its fields with their types and descriptions."""
    cls.__doc__ = _Docstring(cls.__doc__ or "", "Args", lambda: cls)
    return cls


def takes(keywords: Callable[[], type]) -> "Callable[[FunctionT], FunctionT]":
    """Let the help and the signature of a method with `**keywords: Unpack[...]` list the fields of that TypedDict."""

    def decorate(function: "FunctionT") -> "FunctionT":
        from functools import wraps

        @wraps(function)
        def method(*args: "Any", **kwargs: "Any") -> "Any":
            return function(*args, **kwargs)

        method.__doc__ = _Docstring(function.__doc__ or "", "Keyword arguments", keywords)
        # `inspect.signature` takes the first signature that it finds on the way along `__wrapped__`.
        vars(method)["__wrapped__"] = _Signature(function, keywords)
        return method  # type: ignore[return-value]  # it is called as `function` is

    return decorate


class _Signature:
    """Carries the signature of a method, made when it is asked for."""

    def __init__(self, function: "Callable[..., Any]", keywords: Callable[[], type]) -> None:
        self.__wrapped__ = function
        self._keywords = keywords

    @property
    def __signature__(self) -> "inspect.Signature":
        from inspect import Parameter, signature
        from typing import get_type_hints

        own = signature(self.__wrapped__)
        kept = [parameter for parameter in own.parameters.values() if parameter.kind != Parameter.VAR_KEYWORD]
        hints = get_type_hints(self._keywords())
        added = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=hint)
            for name, hint in sorted(hints.items(), key=lambda field: field[0].startswith("_"))
        ]
        return own.replace(parameters=[*kept, *added])


class _Docstring(str):
    """A docstring that lists the fields of a class as soon as it is laid out.

    `help()`, `inspect.getdoc`, IPython and Sphinx begin by expanding its tabs.
    """

    _heading: str
    _cls: Callable[[], type]

    def __new__(cls, text: str, heading: str, described: Callable[[], type]) -> "_Docstring":
        made = super().__new__(cls, text)
        made._heading, made._cls = heading, described
        return made

    def expandtabs(self, tabsize: int = 8) -> str:  # type: ignore[override]  # positional or not
        from inspect import cleandoc
        from textwrap import TextWrapper

        wrapper = TextWrapper(110, initial_indent="    ", subsequent_indent="        ", break_on_hyphens=False)
        fields = [wrapper.fill(f"{name} ({kind}): {text}") for name, kind, text in described_fields(self._cls())]
        return "\n".join([cleandoc(str(self)), "", f"{self._heading}:", *fields]).expandtabs(tabsize)


def described_fields(cls: type) -> Iterator[tuple[str, str, str]]:
    """Name, type and docstring of each field of a class; those of a TypedDict's base, the options of a call, come last.

    They are read from the source. Without it (a frozen program) the names alone are known.
    """
    import ast

    body = _class_body(cls)
    for node, after in zip(body, [*body[1:], ast.Pass()], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id != "_":
            kind = ast.unparse(node.annotation).strip("'")
            for private, said in _PRIVATE_TYPES.items():
                kind = kind.replace(private, said)
            yield node.target.id, kind, _text(after)
    for base in getattr(cls, "__orig_bases__", ()):
        if hasattr(base, "__total__"):
            yield from described_fields(base)


def _text(node: "ast.stmt") -> str:
    value = getattr(getattr(node, "value", None), "value", "")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _class_body(cls: type) -> "list[ast.stmt]":
    import ast
    import inspect

    try:
        (definition,) = ast.parse(inspect.getsource(cls)).body
    except OSError:
        return [ast.parse(f"{name}: object").body[0] for name in cls.__annotations__]
    return definition.body if isinstance(definition, ast.ClassDef) else []
