"""The names under which a model's fields are known, in Python and on the wire."""

from collections.abc import Iterable
from functools import cache

from pydantic import AliasChoices, BaseModel

__all__ = ["field_names", "near_match", "wire_name"]


@cache
def field_names(cls: type[BaseModel]) -> dict[str, str]:
    """Every name under which a field of the model may be given, and the field that it means."""
    names = {}
    for field, info in cls.model_fields.items():
        alias = info.validation_alias or wire_name(cls, field)
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
        names.update({str(choice): field for choice in [field, *choices]})
    return names


def wire_name(cls: type[BaseModel], field: str) -> str:
    """The name that a field has on the wire where it does not say so itself."""
    generator = cls.model_config.get("alias_generator")
    return generator(field) if callable(generator) else field


def near_match(name: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the known name that is nearest to a misspelt one, or nothing."""
    # Slow to import, and needed only to explain a mistake.
    from difflib import get_close_matches

    matches = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"; did you mean {matches[0]!r}?" if matches else ""
