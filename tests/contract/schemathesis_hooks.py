"""What OpenAPI cannot say: the only reasons for which the sandbox may refuse a request that fits the contract.

Schemathesis loads this module. Its check of the same name is replaced by one that lets these refusals pass; every other
400 to a request that fits, and every other check, is as strict as it comes.
"""

from __future__ import annotations

import re
from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# how the refusal begins -> why no schema can say it
BEYOND_OPENAPI = {
    r"At least one query parameter must be given": "OpenAPI cannot ask for one of several optional parameters",
    r"'pageToken' was not issued for this account": "a token is the server's own, and only for the query it came with",
    r"'sort' must name one of ": "the fields that can be sorted by are not published, so they are no enum",
    r"'(from|to)DateTime' must have a fraction of exactly three": "the service wants milliseconds",
    r"'(from|to)DateTime' must be a date and time in ISO 8601": "`format: date-time` is RFC 3339, which is narrower",
    r"'Continuation-Token' was not issued": "a token is the server's own",
    r"The sum of 'limit' and ": "a sum of two values",
    r"'applicationId' must be an application of this account": "which applications exist is data",
    r"'expiration' must be in the future": "the present is no constant",
    r"[tT]he body must be JSON in UTF-8": "half a surrogate pair is valid in JSON, and is no text",
    r"The 'text' property is blank": "classic: text or pictures, of which null counts as none",
    r"There is no such time as ": "classic: no pattern knows the 30th of February",
    r"only a scheduled message can be cancelled": "messagemedia: which messages are scheduled is data",
    r"is only valid with source_number": "messagemedia: said by dependentRequired, which Schemathesis passes over",
}


@schemathesis.check
def acceptance_of_what_fits(ctx: Any, response: Any, case: Any) -> bool | None:
    """`positive_data_acceptance`, but for a 400 whose every reason is listed."""
    if response.status_code == 400 and all(_is_listed(said) for said in _reasons(response.json())):
        return None
    verdict: bool | None = positive_data_acceptance(ctx, response, case)
    return verdict


def _reasons(body: dict[str, Any]) -> list[str]:
    fields = [error["description"] for error in body.get("fieldErrors", [])]
    # MessageMedia puts the path of a field before the reason.
    fields += [detail.partition(": ")[2] for detail in body.get("details", []) if isinstance(detail, str)]
    return fields or [body.get("description") or body["message"]]


def _is_listed(said: str) -> bool:
    return any(re.match(beginning, said) for beginning in BEYOND_OPENAPI)
