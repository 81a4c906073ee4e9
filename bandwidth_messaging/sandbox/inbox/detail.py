"""Everything about one message, as the page shows it: text by segments, history, callbacks, the request as it came."""

import json
import shlex
import unicodedata
from typing import Any

from bandwidth_messaging import segments

from ..families.family import Family
from ..messaging import magic_numbers
from ..messaging.accounts import Account
from ..store.records import Delivery
from ..store.store import Store

# What a word processor puts in, and what GSM-7 has for it.
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "″": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "•": "*", "\t": " ",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\u00ad": "", "\ufeff": "",
    }
)  # fmt: skip
_REPEATED_HEADERS = ("content-type", "accept")


def text_in_segments(text: str) -> dict[str, Any]:
    """Explain how a text is sent.

    Each part is a list of runs, `{text, kind}`, where the kind is `plain`, `forced` (not in GSM-7, so that the whole
    text is UCS-2) or `double` (two units in GSM-7). `forced_by` names each character that forced UCS-2; `plain` says
    how many segments the text would take without typographic characters, or is None where that would change nothing.
    """
    explained = segments.explain(text)
    forced_by = list(dict.fromkeys(character for _, character in explained.forced_by))
    plain = segments.explain(text.translate(_PLAIN))
    return {
        "encoding": explained.encoding,
        "units": explained.units,
        "segments": explained.segments,
        "units_per_segment": explained.units_per_segment,
        "parts": [_runs(part, frozenset(forced_by)) for part in explained.parts],
        "forced_by": [_named(character) for character in forced_by],
        "plain": plain.segments if plain.segments < explained.segments else None,
    }


def delivery(row: Delivery) -> dict[str, Any]:
    """What became of a message at one recipient, and the steps that are still to come."""
    return {
        "to": row.destination_tn,
        "conversation": row.conversation,
        "status": row.message_status,
        "error_code": row.error_code,
        "history": [_step(*step) for step in row.history or ()],
        "coming": [_step(*step) for step in row.plan or ()],
    }


def callbacks(store: Store, message_id: str) -> list[dict[str, Any]]:
    """What the application was told about a message, with every attempt, the oldest first."""
    names = ("callback_id", "recipient", "type", "url", "headers", "body", "created", "state", "due", "attempts")
    found = store.callbacks.of_message(message_id)
    return [{name: getattr(callback, name) for name in names} for callback in found]


def notices(store: Store, message_id: str) -> list[dict[str, Any]]:
    """The reports and replies that are kept for the application to fetch, the oldest first."""
    found = store.notices.of_message(message_id)
    return [{"kind": notice.kind, "body": notice.body, "confirmed": notice.confirmed} for notice in found]


def exchanges(store: Store, message_id: str) -> list[dict[str, Any]]:
    """The requests that made a message and their answers, the oldest first; Authorization was not kept."""
    found = store.requests.of_message(message_id)
    return [{"request": exchange.request, "answer": exchange.answer} for exchange in found]


def repeat(request: dict[str, Any], account: Account, family: Family, url: str) -> dict[str, str]:
    """How to make a request again with the sandbox's own credentials: a command for a POSIX shell, and a program."""
    username, password = family.basic_credential(account)
    target = url + request["path"] + (f"?{request['query']}" if request["query"] else "")
    headers = {name: request["headers"][name] for name in _REPEATED_HEADERS if name in request["headers"]}
    words = ["curl", "-i", "-X", request["method"], target, "--user", f"{username}:{password}"]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    words += ["--data-binary", request["body"]]
    return {
        "curl": shlex.join(words),
        "python": _sdk_program(request, account, url)
        if family.name == "v2"
        else _program(request, target, headers, words),
    }


def _runs(part: str, forced: frozenset[str]) -> list[dict[str, str]]:
    runs: list[dict[str, str]] = []
    for character in part:
        kind = "forced" if character in forced else "plain"
        if kind == "plain" and not forced and segments.explain(character).units == 2:
            kind = "double"
        if runs and runs[-1]["kind"] == kind:
            runs[-1]["text"] += character
        else:
            runs.append({"text": character, "kind": kind})
    return runs


def _named(character: str) -> dict[str, str]:
    return {"character": character, "name": f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()}


def _step(time: int, status: str, error_code: int) -> dict[str, Any]:
    why = magic_numbers.describe(error_code) if error_code else None
    return {"time": time, "status": status, "error_code": error_code, "why": why}


def _sdk_program(request: dict[str, Any], account: Account, url: str) -> str:
    try:
        pretty = json.dumps(json.loads(request["body"]), ensure_ascii=True, indent=4)
    except ValueError:
        pretty = request["body"]
    return f"""\
import bandwidth_messaging

configuration = bandwidth_messaging.Configuration(
    host={url!r}, username={account.username!r}, password={account.password!r}
)
body = {_literal(pretty)}
with bandwidth_messaging.ApiClient(configuration) as api_client:
    api = bandwidth_messaging.MessagesApi(api_client)
    message = api.create_message({account.account_id!r}, bandwidth_messaging.MessageRequest.from_json(body))
print(message)
"""


def _program(request: dict[str, Any], target: str, headers: dict[str, str], words: list[str]) -> str:
    credential = words[words.index("--user") + 1]
    return f"""\
import urllib3

headers = {headers!r} | urllib3.make_headers(basic_auth={credential!r})
answer = urllib3.request({request["method"]!r}, {target!r}, headers=headers, body={request["body"]!r}.encode())
print(answer.status, answer.data.decode())
"""


def _literal(text: str) -> str:
    # A raw string, so that the JSON stands as it is; what could end it early goes as an ordinary one.
    return repr(text) if "'''" in text else f"r'''{text}'''"
