"""What a callback says: from the body of a request to typed events."""

import json
from typing import Any

from ..models.callback import Callback

__all__ = ["parse_callback"]

# No event is nested as deep, and every JSON library can write what is not deeper.
_MAX_DEPTH = 64


def parse_callback(body: bytes | str | dict[str, Any] | list[Any]) -> list[Callback]:
    """Read the events of a callback.

    The service posts an array that normally holds one event; a bare event is read as well. What this version does not
    know is kept: an event of a new type is a plain `Callback`, an unknown field stands in `additional_properties`, a
    value that does not fit its field stays as it came.

    Args:
        body: The body of the request as it came, bytes or text, or what its JSON decodes to.

    Returns:
        The events in their order: a `StatusCallback` for what became of an outbound message, an `InboundCallback` for a
        message received, a `Callback` for any other type. What stands beside events in an array and is no object is
        left out. An empty array gives an empty list.

    Raises:
        TypeError: `body` is none of these, a request or a coroutine for example.
        ValueError: It is no callback: not JSON, neither an object nor an array, without an object that has a `type`, or
            nested more than 64 deep. The text says which, and nothing of what the body holds.
    """
    decoded = _decoded(body) if isinstance(body, (bytes, bytearray, memoryview, str)) else body
    if not isinstance(decoded, (dict, list)):
        raise _not_a_callback(decoded)
    items = [decoded] if isinstance(decoded, dict) else decoded
    events = [item for item in items if isinstance(item, dict)]
    if items and not any(isinstance(event.get("type"), str) and event["type"] for event in events):
        raise ValueError("no callback: there is no object with a 'type' in it")
    if any(_nested_deeper(event, _MAX_DEPTH) for event in events):
        raise ValueError(f"no callback: it is nested more than {_MAX_DEPTH} deep")
    return [Callback.from_dict(event) for event in events]


def _decoded(body: bytes | bytearray | memoryview | str) -> Any:
    text = body.tobytes() if isinstance(body, memoryview) else body
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(f"no callback: it is nested more than {_MAX_DEPTH} deep") from None
    except UnicodeDecodeError:
        raise ValueError("not JSON: it is not UTF-8") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {error}" if text else "the body is empty") from None


def _not_a_callback(decoded: object) -> Exception:
    names = {str: "a string", bool: "true or false", int: "a number", float: "a number", type(None): "null"}
    if type(decoded) in names:
        return ValueError(f"a callback is an object or an array of objects, not {names[type(decoded)]}")
    # A mistake of the program, not of the sender: to answer 400 to it would hide it.
    return TypeError(f"body: give bytes, a string, or what JSON decodes to, not {type(decoded).__name__}")


def _nested_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_nested_deeper(item, levels - 1) for item in inner)
