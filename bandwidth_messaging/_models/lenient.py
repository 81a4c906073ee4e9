"""Answers are read strictly in one call, or else leniently field by field: one odd value never costs the rest."""

import gc
import json
import sys
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, TypeVar, get_args

from pydantic import AwareDatetime, BaseModel, ValidationError

from .field_names import wire_name

__all__ = ["json_object", "read_leniently", "read_model"]

ModelT = TypeVar("ModelT", bound=BaseModel)

_LARGE = 16 * 1024  # bytes


def read_model(cls: type[ModelT], body: str | bytes) -> ModelT:
    """The model that an answer's body holds.

    It is decoded strictly first, from the bytes in one call. Where that fails it is decoded again field by field, and
    a value that does not fit its field is kept as it came: one odd row never costs the page.
    """
    # Until 3.12 the garbage collector runs many times while a large page is decoded, and finds no garbage.
    pause = sys.version_info < (3, 12) and len(body) > _LARGE and gc.isenabled()
    if pause:
        gc.disable()
    try:
        return cls.model_validate_json(body, by_alias=True, by_name=False)
    except ValidationError:
        return read_leniently(cls, json_object(body))
    finally:
        if pause:
            gc.enable()


def json_object(body: str | bytes) -> dict[str, Any]:
    """The dict that a JSON object holds; ValueError for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"not a JSON object but {type(value).__name__}")
    return value


def read_leniently(cls: type[ModelT], obj: dict[str, Any]) -> ModelT:
    """The model of a dict, with each value that does not fit its field kept as it came."""
    values = dict(obj)
    for name, field in cls.model_fields.items():
        for spelling in (field.serialization_alias or wire_name(cls, name), name):
            if spelling in values:
                values[name] = _read_value(field.annotation, values.pop(spelling))
                break
    extra = {name: values.pop(name) for name in [*values] if name not in cls.model_fields}
    model = cls.model_construct(_fields_set={*values, *extra}, **values)
    # Not as keywords: a server may name a field as an argument of `model_construct` is named.
    object.__setattr__(model, "__pydantic_extra__", extra)
    return model


def _read_value(annotation: Any, value: Any) -> Any:
    nested = next(iter(_models_in(annotation)), None)
    if nested is not None and isinstance(value, dict):
        return read_leniently(nested, value)
    if nested is not None and isinstance(value, list):
        return [read_leniently(nested, item) if isinstance(item, dict) else item for item in value]
    try:
        return _validated(annotation, value)
    except ValidationError:
        return _in_utc(annotation, value)


def _validated(annotation: Any, value: Any) -> Any:
    # Loaded for an odd row only.
    from pydantic import TypeAdapter

    return TypeAdapter(annotation).validate_python(value)


def _in_utc(annotation: Any, value: Any) -> Any:
    """A time that came without its zone: the services mean UTC. Anything else stays as it came."""
    if not isinstance(value, str) or AwareDatetime not in get_args(annotation):
        return value
    try:
        at = _validated(datetime, value)
    except ValidationError:
        return value
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
