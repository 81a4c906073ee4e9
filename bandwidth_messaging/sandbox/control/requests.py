"""What the operations of `sandbox_api.yaml` share: whose request it is, and what its body holds."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from ..contract import rules
from ..families.family import refuse_constant, services_of
from ..families.problems import Problem, bad_request
from .operations import AccountOperations

_DIGITS = 18  # of the numbers that SQLite takes


def operations_of(request: Request) -> AccountOperations:
    """The operations on the account that a path names; a Problem if there is none."""
    services = services_of(request)
    account = services.accounts.of(request.path_params["account_id"])
    if account is None:
        raise Problem(404, "not-found", "There is no such account")
    return AccountOperations(services, account)


def check_query(request: Request, path: str, method: str) -> None:
    """Refuse what an operation has no parameter for, or is given twice; `sandbox_api.yaml` names the parameters."""
    known = rules.query_parameters(path, method)
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise bad_request(f"{name}: {method} {path} has no such parameter; {has}")
        if given.count(name) > 1:
            raise bad_request(f"{name}: must be given at most once")


async def body_of(request: Request, schema: str | None = None) -> Any:
    """Decode a request body, and check it by a schema of `sandbox_api.yaml`; without one, the operation checks it."""
    # A form of another site can send any type but this one.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "unsupported-content-type", "The body must be application/json")
    try:
        body = json.loads((await request.body()).decode("utf-8"), parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise bad_request("The body must be JSON in UTF-8") from None
    if schema is not None:
        with mistakes_refused():
            rules.check(schema, body)
    return body


@contextlib.contextmanager
def mistakes_refused() -> Iterator[None]:
    """Answer 400 to what an operation refuses."""
    try:
        yield
    except ValueError as error:
        raise bad_request(str(error)) from None


def number_in_path(request: Request, name: str) -> int:
    """A number in the path; -1 for what is none that anything has."""
    text = str(request.path_params[name])
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else -1


def number_of(request: Request, name: str, default: int, most: int) -> int:
    """A number from 0 to `most` in the query; a Problem if it is none, or out of bounds."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS and int(text) <= most):
        raise bad_request(f"{name}: give a whole number from 0 to {most}")
    return int(text)
