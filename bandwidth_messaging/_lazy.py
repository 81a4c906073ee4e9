"""Public names that load their module when they are first used (PEP 562)."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["lazy_names"]


def lazy_names(
    package: str, modules: "Mapping[str, str]", guide: str = ""
) -> "tuple[Callable[[str], object], Callable[[], list[str]]]":
    """The `__getattr__` and `__dir__` of a package whose names live in other modules.

    Every public submodule is an attribute too, as if it had been imported.

    Args:
        package: The package's `__name__`.
        modules: For each name the module that defines it, relative to the package (a leading dot: to its parent); an
            empty name for a module that is itself the public name.
        guide: What an error about a name that is not there goes on with.
    """

    def load(name: str) -> object:
        from importlib import import_module

        path = modules.get(name, "")
        missing = AttributeError(f"module {package!r} has no attribute {name!r}{guide}")
        if name.startswith("_"):
            raise missing
        try:
            module = import_module(f".{path or name}", package)
        except ModuleNotFoundError as error:
            raise missing if error.name == f"{package}.{name}" else error from None
        value = getattr(module, name) if path else module
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*modules, *vars(sys.modules[package])})

    return load, names
