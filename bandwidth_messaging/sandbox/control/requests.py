"""What the operations of `sandbox_api.yaml` share: whose request it is, and whether its body is right."""

import json
from typing import Any

from starlette.requests import Request

from ..contract import rules
from ..families.services import Services
from ..messaging.accounts import Account
from ..web.problems import Problem

_DIGITS = 18  # of the numbers that SQLite takes


def account_of(request: Request) -> tuple[Services, Account]:
    """Find the account that a path names.

    Args:
        request: The HTTP request.

    Returns:
        What the adapters work with, and the account.

    Raises:
        Problem: 404 if there is no such account.
    """
    services: Services = request.app.state.services
    account = services.accounts.of(request.path_params["account_id"])
    if account is None:
        raise Problem(404, "not-found", "There is no such account")
    return services, account


async def body_of(request: Request, schema: str) -> dict[str, Any]:
    """Read and judge a request body.

    Args:
        request: The HTTP request.
        schema: The name of its schema in `sandbox_api.yaml`.

    Returns:
        The decoded JSON.

    Raises:
        Problem: 415 if it is not said to be JSON, 400 if it is not what the schema says.
    """
    # A form of another site can send any type but this one.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "unsupported-content-type", "The body must be application/json")
    try:
        body: dict[str, Any] = json.loads((await request.body()).decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise refused("The body must be JSON in UTF-8") from None
    try:
        rules.check(schema, body)
    except ValueError as error:
        raise refused(str(error)) from None
    return body


def number_in_path(request: Request, name: str) -> int:
    """Read a number from the path.

    Args:
        request: The HTTP request.
        name: The parameter.

    Returns:
        The number; -1 for what is none that anything has.
    """
    text = str(request.path_params[name])
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else -1


def number_of(request: Request, name: str, default: int, most: int) -> int:
    """Read a number from the query.

    Args:
        request: The HTTP request.
        name: The parameter.
        default: What it is if it is not given.
        most: The greatest that it may be; the least is 0.

    Returns:
        The number.

    Raises:
        Problem: 400 if it is none, or out of bounds.
    """
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS and int(text) <= most):
        raise refused(f"{name}: give a whole number from 0 to {most}")
    return int(text)


def refused(description: str) -> Problem:
    """Make the refusal of a request that is not right.

    Args:
        description: What is wrong with it.

    Returns:
        A 400.
    """
    return Problem(400, "bad-request", description)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
