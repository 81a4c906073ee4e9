"""The bases of all models: wire names, the conversion helpers, and what is checked of a request's fields."""

import json
from collections.abc import Iterable
from typing import Any, ClassVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from typing_extensions import Self

from ..exceptions import InvalidRequestException
from .display import lines, shown
from .field_names import field_names, near_match
from .lenient import json_object, read_leniently, read_model

TYPE_CHECKING = False
if TYPE_CHECKING:
    import inspect

    from pydantic_core import ErrorDetails

__all__ = ["Model", "RequestModel"]


class Model(BaseModel):
    """The base of every model: Python names in code, the contract's names on the wire, nothing unknown is lost."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
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
    _dumped: ClassVar[dict[str, Any]] = {"by_alias": True, "exclude_unset": True, "warnings": False}

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
        return self.model_dump(**self._dumped)

    def to_json(self) -> str:
        """The fields that are set, under their wire names, as JSON."""
        try:
            return self.model_dump_json(**self._dumped)
        except ValueError:
            # A text that was cut in the middle of an emoji is no UTF-8; escaped it is JSON, as it came.
            return json.dumps(self.model_dump(mode="json", **self._dumped))

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
                yield name, shown(value)

    def __repr__(self) -> str:
        return lines(self, "")

    __str__ = __repr__


class _FieldsAsKeywords:
    """The signature of a request: its fields by their names in Python, before the model is built and after."""

    def __get__(self, instance: object, owner: type[Model]) -> "inspect.Signature":
        import inspect

        # Of the fields alone: pydantic's own annotations name what is there for type checkers only.
        annotations = {name: field.annotation for name, field in owner.__pydantic_fields__.items()}
        hints = get_type_hints(type("Fields", (), {"__annotations__": annotations}))
        keyword = inspect.Parameter.KEYWORD_ONLY
        parameters = [
            inspect.Parameter(
                name, keyword, annotation=hints[name], default=inspect.Parameter.empty if field.is_required() else None
            )
            for name, field in owner.__pydantic_fields__.items()
        ]
        return inspect.Signature(parameters)


class RequestModel(Model):
    """The base of what is sent: a name that is not a field is an error, and its near match is named."""

    model_config: ClassVar[ConfigDict] = ConfigDict(validate_assignment=True)
    # None is how a caller says "not given".
    _dumped: ClassVar[dict[str, Any]] = {**Model._dumped, "exclude_none": True}

    if not TYPE_CHECKING:
        # Checkers go on seeing the fields as the constructor's keywords.
        __signature__ = _FieldsAsKeywords()

        @classmethod
        def model_rebuild(cls, *, _parent_namespace_depth=2, **options):
            """Finish the model; its signature stays as it is."""
            built = super().model_rebuild(_parent_namespace_depth=_parent_namespace_depth + 1, **options)
            # pydantic's own would name the fields as they are on the wire.
            if "__signature__" in vars(cls) and cls is not RequestModel:
                del cls.__signature__
            return built

        def __init__(self, **data):
            # Python names, each of which is given once, need no second look.
            if not type(self).model_fields.keys() >= data.keys():
                data = _join_additional(type(self), data)
            try:
                super().__init__(**data)
            except ValidationError as error:
                raise _plain_error(type(self), error) from None

        def __setattr__(self, name, value):
            names = field_names(type(self))
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
        return cls.from_dict(json_object(json_str))


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
    names = field_names(cls)
    spellings: dict[str, str] = {}
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
        first = spellings.setdefault(names[name], name)
        if first != name:
            rule = f"{first!r} and {name!r} are the same field; give one of them"
            raise InvalidRequestException(("", rule), subject=cls.__name__)
    extra = data.get("additional_properties") or {}
    _check_additional(cls, extra)
    return {name: data[name] for name in spellings.values()} | extra


def _check_additional(cls: type[BaseModel], extra: object) -> None:
    names = field_names(cls)
    if not isinstance(extra, dict) or not all(isinstance(name, str) for name in extra):
        rule = "give a dict with the wire names of the fields"
        raise InvalidRequestException(("additional_properties", rule), subject=cls.__name__)
    for name in extra:
        if name in names:
            rule = f"{name!r} is a field of its own; give it as one"
            raise InvalidRequestException(("additional_properties", rule), subject=cls.__name__)
