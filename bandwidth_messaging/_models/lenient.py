"""Answers are read strictly in one call, or else leniently field by field: one odd value never costs the rest."""

import gc
import json
import sys
from datetime import datetime, timezone
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import AwareDatetime, BaseModel, GetCoreSchemaHandler, ValidationError
from pydantic_core import core_schema

from .field_names import wire_name

__all__ = ["KeepOddRows", "json_object", "read_leniently", "read_model"]

ModelT = TypeVar("ModelT", bound=BaseModel)

_LARGE = 16 * 1024  # bytes
_MOST_ODD_ROWS = 10_000  # no list of the services is longer
_DEEPEST = 100  # levels; showing, copying and pickling a value use a few frames for each
_MOST_DIGITS = 4300  # of an integer; Python reads no longer one, since that takes time quadratic in its length


class TooManyOddRowsError(Exception):
    """There are more rows that do not fit their model than are read one by one."""


class _OddRows:
    """Counts the rows of an answer that do not fit their model."""

    def __init__(self) -> None:
        self.count = 0

    def add(self) -> None:
        """Raise TooManyOddRowsError beyond the limit."""
        self.count += 1
        if self.count > _MOST_ODD_ROWS:
            raise TooManyOddRowsError


class KeepOddRows:
    """What a field with a list of models is annotated with: a row that does not fit is read by itself, leniently.

    The others, which fit, are decoded with the page: nothing in Python runs for them.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        (row,) = _models_in(source)

        def read_odd(value: Any, info: core_schema.ValidationInfo[Any]) -> Any:
            if isinstance(info.context, _OddRows):
                info.context.add()
            return read_leniently(row, value) if isinstance(value, dict) else value

        def read_row(item: core_schema.CoreSchema) -> core_schema.CoreSchema:
            odd = core_schema.with_info_plain_validator_function(read_odd)
            return core_schema.union_schema([item, odd], mode="left_to_right")

        schema = handler(source)
        rows: Any = schema["schema"] if schema["type"] == "nullable" else schema
        rows["items_schema"] = read_row(rows["items_schema"])
        return schema


def read_model(cls: type[ModelT], body: str | bytes) -> ModelT:
    """The model that an answer's body holds.

    It is decoded strictly first, from the bytes in one call. Where that fails it is decoded again field by field, and
    a value that does not fit its field is kept as it came: one odd row never costs the page.
    """
    # Until 3.12 the garbage collector runs many times while a large page is decoded, and finds no garbage.
    pause = sys.version_info < (3, 12) and len(body) > _LARGE and gc.isenabled()
    try:
        if pause:
            gc.disable()
        return cls.model_validate_json(body, by_alias=True, by_name=False, context=_OddRows())
    except ValidationError:
        return read_leniently(cls, json_object(body))
    except TooManyOddRowsError:
        raise ValueError(f"not what the contract says in more than {_MOST_ODD_ROWS} rows") from None
    finally:
        if pause:
            gc.enable()


def json_object(body: str | bytes) -> dict[str, Any]:
    """The dict that a JSON object holds; ValueError for anything else."""
    try:
        value = json.loads(body, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"not a JSON object but {type(value).__name__}")
    return {name: _shallow(each, _DEEPEST) for name, each in value.items()}


def _integer(digits: str) -> int | str:
    """The number; its digits where Python would not read so many."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _shallow(value: Any, levels: int) -> Any:
    """The value, with what is nested deeper than so many levels as the text of its JSON."""
    if not isinstance(value, (dict, list)):
        return value
    if levels == 0:
        return json.dumps(value)
    if isinstance(value, list):
        return [_shallow(each, levels - 1) for each in value]
    return {name: _shallow(each, levels - 1) for name, each in value.items()}


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
        if len(value) > _MOST_ODD_ROWS:
            raise ValueError(f"not what the contract says, and has more than {_MOST_ODD_ROWS} rows")
        return [_read_row(nested, item) for item in value]
    try:
        return _validated(annotation, value)
    except ValidationError:
        return _in_utc(annotation, value)


def _read_row(kind: type[ModelT], value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    try:
        return kind.model_validate(value, by_alias=True, by_name=False)
    except ValidationError:
        return read_leniently(kind, value)


def _validated(annotation: Any, value: Any) -> Any:
    return _adapter(annotation).validate_python(value)


@cache
def _adapter(annotation: Any) -> Any:
    # Loaded for an odd row only, and slow to make.
    from pydantic import TypeAdapter

    return TypeAdapter(annotation)


def _in_utc(annotation: Any, value: Any) -> Any:
    """A time that came without its zone: the services mean UTC. Anything else stays as it came."""
    if not isinstance(value, str) or AwareDatetime not in get_args(annotation):
        return value
    try:
        at = _validated(datetime, value)
    except ValidationError:
        return value
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


@cache
def _models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The models that a type names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for argument in get_args(annotation) for model in _models_in(argument))
