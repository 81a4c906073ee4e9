"""What all models share: wire names, lenient reading, the conversion helpers and the repr."""

import gc
import json
import sys
from collections.abc import Iterable
from datetime import datetime, timezone
from enum import Enum, EnumMeta
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from typing_extensions import Self

from ..exceptions import InvalidRequestException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Model", "OpenEnum", "RequestModel", "near_match"]

ModelT = TypeVar("ModelT", bound="Model")

_LARGE = 16 * 1024  # bytes


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


class Model(BaseModel):
    """The base of every model: Python names in code, the contract's names on the wire, nothing unknown is lost."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="allow",
        # A schema is built when its model is first used: importing the package costs nothing for the others.
        defer_build=True,
        # Phone numbers and texts stay out of error messages, and so out of logs.
        hide_input_in_errors=True,
        loc_by_alias=False,
        protected_namespaces=(),
    )

    if not TYPE_CHECKING:

        @property
        def additional_properties(self) -> dict[str, Any]:
            """The fields that this version of the SDK does not know, under their wire names."""
            return self.__pydantic_extra__ if self.__pydantic_extra__ is not None else {}

        @additional_properties.setter
        def additional_properties(self, fields):
            object.__setattr__(self, "__pydantic_extra__", dict(fields))

    else:
        additional_properties: dict[str, Any] = Field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The fields that are set, under their wire names, with Python values (datetimes, enum members)."""
        return self.model_dump(by_alias=True, exclude_unset=True, warnings=False)

    def to_json(self) -> str:
        """The fields that are set, under their wire names, as JSON."""
        try:
            return self.model_dump_json(by_alias=True, exclude_unset=True, warnings=False)
        except ValueError:
            # A text that was cut in the middle of an emoji is no UTF-8; escaped it is JSON, as it came.
            return json.dumps(self.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False))

    def to_str(self) -> str:
        """The same text as `repr`: one field per line."""
        return repr(self)

    @classmethod
    def from_dict(cls, obj: dict[str, Any]) -> Self:
        """A model from a dict with wire names or Python names.

        A value that does not fit its field is kept as it is.

        Raises:
            ValueError: `obj` is not a dict.
        """
        if not isinstance(obj, dict):
            raise ValueError(f"{cls.__name__}.from_dict: give a dict, not {type(obj).__name__}")
        try:
            return cls.model_validate(obj)
        except ValidationError:
            return read_leniently(cls, obj)

    @classmethod
    def from_json(cls, json_str: str | bytes) -> Self:
        """A model from a JSON object, read as leniently.

        Raises:
            ValueError: It is not JSON, or not an object.
        """
        return read_model(cls, json_str)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        # pydantic and rich read this too: what is shown is the same everywhere.
        for name, value in self:
            if name in self.model_fields_set:
                yield name, _shown(value)

    def __repr__(self) -> str:
        return _lines(self, "")

    __str__ = __repr__


class RequestModel(Model):
    """The base of what is sent: a name that is not a field is an error, and its near match is named."""

    model_config = ConfigDict(validate_assignment=True)

    if not TYPE_CHECKING:
        # Checkers go on seeing the fields as the constructor's keywords.

        def __init__(self, **data):
            # Python names, each of which is given once, need no second look.
            if not type(self).__pydantic_fields__.keys() >= data.keys():
                data = _join_additional(type(self), data)
            try:
                self.__pydantic_validator__.validate_python(data, self_instance=self)
            except ValidationError as error:
                raise _plain_error(type(self), error) from None

        def __setattr__(self, name, value):
            names = _names(type(self))
            if name == "additional_properties":
                _check_additional(type(self), value)
            elif name not in names and not name.startswith("_"):
                rule = f"there is no field {name!r}{near_match(name, names)}"
                raise InvalidRequestException(("", rule), subject=type(self).__name__)
            try:
                super().__setattr__(names.get(name, name), value)
            except ValidationError as error:
                raise _plain_error(type(self), error) from None

    @classmethod
    def from_dict(cls, obj: dict[str, Any]) -> Self:
        """A model from a dict with wire names or Python names, checked as the constructor does.

        Raises:
            ValueError: `obj` is not a dict, or breaks a rule of the model.
        """
        if not isinstance(obj, dict):
            raise InvalidRequestException(
                ("", f"give a dict of its fields, not {type(obj).__name__}"), subject=cls.__name__
            )
        # A mistake in a name is told as such, whatever the name is.
        return cls(**obj) if all(isinstance(name, str) for name in obj) else cls(**_join_additional(cls, obj))

    @classmethod
    def from_json(cls, json_str: str | bytes) -> Self:
        """A model from a JSON object, checked as the constructor does.

        Raises:
            ValueError: It is not a JSON object, or breaks a rule of the model.
        """
        return cls.from_dict(_json_object(json_str))


def _plain_error(cls: type[BaseModel], error: ValidationError) -> InvalidRequestException:
    """The same error in our own words: each field and its rule, and no value, which may be a phone number."""
    rules = [rule for detail in error.errors(include_url=False, include_input=False) for rule in _rules(detail)]
    return InvalidRequestException(*rules, subject=cls.__name__)


def _rules(detail: "ErrorDetails") -> Iterable[tuple[str, str]]:
    """The path of a field and its rule; of a model within this one, those of its fields."""
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    inner = detail.get("ctx", {}).get("error")
    if isinstance(inner, InvalidRequestException):
        return [(f"{field}.{deeper}" if deeper else field, rule) for deeper, rule in inner.errors]
    return [(field, "is required" if detail["type"] == "missing" else detail["msg"].removeprefix("Value error, "))]


def _join_additional(cls: type[BaseModel], data: dict[str, Any]) -> dict[str, Any]:
    """The fields together with the additional ones, after checking that each name is known and given once."""
    names = _names(cls)
    given: dict[str, str] = {}
    for name in data:
        if name == "additional_properties":
            continue
        if name not in names:
            raise InvalidRequestException(
                (
                    "",
                    f"there is no field {name!r}{near_match(str(name), names)} "
                    "(a field that this version does not know goes into additional_properties={...})",
                ),
                subject=cls.__name__,
            )
        if names[name] in given:
            rule = f"{given[names[name]]!r} and {name!r} are the same field; give one of them"
            raise InvalidRequestException(("", rule), subject=cls.__name__)
        given[names[name]] = name
    extra = data.get("additional_properties") or {}
    _check_additional(cls, extra)
    return {name: data[name] for name in given.values()} | extra


def _check_additional(cls: type[BaseModel], extra: object) -> None:
    names = _names(cls)
    if not isinstance(extra, dict) or not all(isinstance(name, str) for name in extra):
        rule = "give a dict with the wire names of the fields"
        raise InvalidRequestException(("additional_properties", rule), subject=cls.__name__)
    for name in extra:
        if name in names:
            rule = f"{name!r} is a field of its own; give it as one"
            raise InvalidRequestException(("additional_properties", rule), subject=cls.__name__)


@cache
def _names(cls: type[BaseModel]) -> dict[str, str]:
    """Every name under which a field of the model may be given, and the field that it means."""
    names = {}
    for field, info in cls.model_fields.items():
        alias = info.validation_alias or _wire_name(cls, field)
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
        names.update({str(choice): field for choice in [field, *choices]})
    return names


def _wire_name(cls: type[BaseModel], field: str) -> str:
    """The name that a field has on the wire where it does not say so itself."""
    generator = cls.model_config.get("alias_generator")
    return generator(field) if callable(generator) else field


def near_match(name: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the known name that is nearest to a misspelt one, or nothing."""
    # Slow to import, and needed only to explain a mistake.
    from difflib import get_close_matches

    matches = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"; did you mean {matches[0]!r}?" if matches else ""


def read_model(cls: type[ModelT], body: str | bytes) -> ModelT:
    """The model that an answer's body holds.

    It is decoded strictly first, from the bytes in one call. Where that fails it is decoded again field by field, and
    a value that does not fit its field is kept as it came: one odd row never costs the page.

    Raises:
        ValueError: The body is not a JSON object.
    """
    # Until 3.12 the collector runs in the midst of a decode, over and over for a large page, and can find nothing: all
    # that it visits is about to be returned.
    pause = sys.version_info < (3, 12) and len(body) > _LARGE and gc.isenabled()
    if pause:
        gc.disable()
    try:
        read = cls.model_validate_json(body, by_alias=True, by_name=False)
    except ValidationError:
        read = read_leniently(cls, _json_object(body))
    finally:
        if pause:
            gc.enable()
    return read


def _json_object(body: str | bytes) -> dict[str, Any]:
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
        for spelling in (field.serialization_alias or _wire_name(cls, name), name):
            if spelling in values:
                values[name] = _read_value(field.annotation, values.pop(spelling))
                break
    extra = {name: values.pop(name) for name in [*values] if name not in cls.model_fields}
    model = cls.model_construct(_fields_set={*values, *extra}, **values)
    # Not as keywords: a server may name a field as an argument of `model_construct` is named.
    model.additional_properties.update(extra)
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


def _models_in(annotation: Any) -> Iterable[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _shown(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return iso_time(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value


def iso_time(value: datetime) -> str:
    """The time in ISO 8601, to the millisecond unless it has more."""
    return value.isoformat(timespec="microseconds" if value.microsecond % 1000 else "milliseconds").replace(
        "+00:00", "Z"
    )


def _lines(value: Any, indent: str) -> str:
    """The value over as many lines as it has fields, so that a long answer can be read from top to bottom."""
    deeper = indent + "    "
    if isinstance(value, Model):
        fields = [f"{deeper}{name}={_lines(shown, deeper)},\n" for name, shown in value.__repr_args__()]
        return f"{type(value).__name__}(\n{''.join(fields)}{indent})" if fields else f"{type(value).__name__}()"
    if isinstance(value, list) and any(isinstance(item, Model) for item in value):
        items = [f"{deeper}{_lines(item, deeper)},\n" for item in value]
        return f"[\n{''.join(items)}{indent}]"
    return repr(value)
