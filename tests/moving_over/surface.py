"""Prints the public names of a generated SDK's messaging part as JSON. It runs in that package's own environment.

A name is dotted: `MessagesApi.create_message`, `Configuration.host`, `Message.var_from`, `rest.ApiException`. What
is told of it is what a caller can depend on: parameters in their order, a field's name on the wire, the value of an
enum member.
"""

import enum
import importlib
import inspect
import json
import pkgutil
import re
import sys
from typing import Any

APIS = {"MessagesApi": "api.messages_api", "MediaApi": "api.media_api", "MultiChannelApi": "api.multi_channel_api"}
MODULES = ("api_client", "api_response", "configuration", "exceptions", "rest")
# Beside what the methods of MessagesApi and MediaApi name: error bodies, and what the service posts.
MODELS_OF_MESSAGING = ("Callback", "CreateMessageRequestError", "MessagingRequestError")
MODEL_HELPERS = ("additional_properties", "from_dict", "from_json", "to_dict", "to_json", "to_str")
CALL_OPTIONS = re.compile("_[a-z]")


def surface(package: str) -> dict[str, Any]:
    """Each name with what is told of it; and, by themselves, what rich messages and other products use."""
    top = importlib.import_module(package)
    modules = {name: importlib.import_module(f"{package}.{name}") for name in (*APIS.values(), *MODULES)}
    names: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for api in ("MessagesApi", "MediaApi"):
        module = APIS[api]
        names.update(_methods(api, getattr(modules[module], api), options))
    names.update({f"options.{name}": {} for name in options})
    for module in MODULES:
        names.update(_of_module(module, modules[module]))
    models = _models(package)
    reached = _reached(models, [source for api in ("MessagesApi", "MediaApi") for source in _hints(top, api)])
    rich = _reached(models, _hints(top, "MultiChannelApi")) - reached
    for name in sorted(reached):
        names.update(_of_model(name, models[name]))
    names.update({f"Model.{name}": {} for name in MODEL_HELPERS})
    shared = {"ApiClient", "ApiResponse", "Configuration", "MediaApi", "MessagesApi", "__version__"}
    exceptions = {name for name in top.__all__ if inspect.isclass(getattr(top, name)) and _is_exception(top, name)}
    names.update({f"bandwidth.{name}": {} for name in sorted(exceptions | shared | reached)})
    multi_channel = {"MultiChannelApi", *rich}
    others = [name for name in top.__all__ if name not in exceptions | shared | reached | multi_channel]
    return {"names": names, "MultiChannelApi": sorted(multi_channel), "CallsApi": others}


def _methods(api: str, kind: type, options: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {api: {}}
    for name, method in vars(kind).items():
        if not inspect.isfunction(method) or name.startswith("_"):
            continue
        parameters = list(inspect.signature(method).parameters.values())[1:]
        options.update({parameter.name: {} for parameter in parameters if CALL_OPTIONS.match(parameter.name)})
        own = [parameter for parameter in parameters if not CALL_OPTIONS.match(parameter.name)]
        found[f"{api}.{name}"] = {"parameters": _parameters(own)}
    return found


def _parameters(parameters: list[inspect.Parameter]) -> list[list[Any]]:
    """Of each its name, whether it must be given, and whether it can be given by position."""
    return [[each.name, each.default is each.empty, each.kind != each.KEYWORD_ONLY] for each in parameters]


def _of_module(name: str, module: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for public, value in vars(module).items():
        if public.startswith("_") or getattr(value, "__module__", module.__name__) != module.__name__:
            continue
        if inspect.isclass(value) or inspect.isfunction(value) or public.isupper():
            found[f"{name}.{public}"] = {}
        if public in ("ApiClient", "Configuration", "ApiResponse", "RESTResponse", "ApiException"):
            found.update(_members(public, value))
    return found


def _members(name: str, kind: Any) -> dict[str, Any]:
    """What a class and its instances have; what its constructor takes stands under its own name."""
    parameters = [each for each in inspect.signature(kind).parameters.values() if each.kind != each.VAR_KEYWORD]
    found: dict[str, Any] = {f"{name}()": {"parameters": _parameters(parameters)}}
    members = {member: "" for member in vars(kind) if not member.startswith("_")}
    if name == "ApiResponse":
        members = dict.fromkeys(kind.model_fields, "")
    elif name in ("ApiClient", "Configuration", "ApiException"):
        members.update({member: "" for member in vars(kind()) if not member.startswith("_")})
    elif name == "RESTResponse":
        members.update(status="", reason="", data="")
    found.update({f"{name}.{member}": {} for member in members if member != "model_config"})
    return found


def _models(package: str) -> dict[str, type]:
    found: dict[str, type] = {}
    folder = importlib.import_module(f"{package}.models")
    for module in pkgutil.iter_modules(folder.__path__):
        loaded = importlib.import_module(f"{package}.models.{module.name}")
        found.update({name: kind for name, kind in vars(loaded).items() if _belongs(kind, loaded)})
    return found


def _belongs(kind: object, module: Any) -> bool:
    return inspect.isclass(kind) and kind.__module__ == module.__name__


def _hints(top: Any, api: str) -> list[str]:
    methods = [method for method in vars(getattr(top, api)).values() if inspect.isfunction(method)]
    texts = [str(annotation) for method in methods for annotation in method.__annotations__.values()]
    return [*texts, *MODELS_OF_MESSAGING] if api != "MultiChannelApi" else texts


def _reached(models: dict[str, type], texts: list[str]) -> set[str]:
    """The models that the texts of annotations name, and those that these name."""
    reached: set[str] = set()
    waiting = list(texts)
    while waiting:
        for word in set(re.findall(r"\w+", waiting.pop())) & set(models) - reached:
            reached.add(word)
            fields = getattr(models[word], "model_fields", {})
            waiting += [str(info.annotation) for info in fields.values()]
    return reached


def _of_model(name: str, kind: Any) -> dict[str, Any]:
    found: dict[str, Any] = {name: {"module": kind.__module__.partition(".")[2]}}
    if issubclass(kind, enum.Enum):
        found.update({f"{name}.{member.name}": {"value": member.value} for member in kind})
        return found
    fields = {field: info for field, info in kind.model_fields.items() if field != "additional_properties"}
    if "actual_instance" in fields:
        fields = {"actual_instance": fields["actual_instance"]}
    for field, info in fields.items():
        found[f"{name}.{field}"] = {"wire": info.alias or field, "required": info.is_required()}
    return found


def _is_exception(top: Any, name: str) -> bool:
    return issubclass(getattr(top, name), Exception)


if __name__ == "__main__":
    json.dump(surface(sys.argv[1]), sys.stdout)
