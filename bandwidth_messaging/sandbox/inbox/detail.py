"""Everything about one message, as the page shows it: text by segments, history, callbacks, the request as it came."""

import json
import shlex
import unicodedata
from typing import Any

from ... import segments
from ..messaging import magic_numbers as outcomes
from ..messaging.accounts import Account
from ..store.messages import Row, Store, unpacked

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

    Args:
        text: The text.

    Returns:
        Encoding, units, segments and parts. Each part is a list of runs, `{text, kind}`, where the kind is `plain`,
        `forced` (not in GSM-7, so that the whole text is UCS-2) or `double` (two units in GSM-7). `forced_by` names
        each character that forced UCS-2; `plain` says how many segments the text would take without typographic
        characters, or is None where that would change nothing.
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


def delivery(row: Row) -> dict[str, Any]:
    """Show what became of a message at one recipient.

    Args:
        row: The columns of the delivery.

    Returns:
        Recipient, status, history and the steps that are still to come.
    """
    return {
        "to": row["destination_tn"],
        "conversation": row["conversation"],
        "status": row["message_status"],
        "error_code": row["error_code"],
        "history": [_step(*step) for step in row["history"] or ()],
        "coming": [_step(*step) for step in row["plan"] or ()],
    }


def callbacks(store: Store, message_id: str) -> list[dict[str, Any]]:
    """Read what the application was told about a message.

    Args:
        store: Where it is.
        message_id: The message.

    Returns:
        The callbacks with every attempt, the oldest first.
    """
    sql = "SELECT * FROM callbacks WHERE message_id = ? ORDER BY callback_id"
    names = ("callback_id", "recipient", "type", "url", "headers", "body", "created", "state", "due", "attempts")
    return [{name: row[name] for name in names} for row in map(unpacked, store.select(sql, (message_id,)))]


def notices(store: Store, message_id: str) -> list[dict[str, Any]]:
    """Read the reports and replies that are kept for the application to fetch.

    Args:
        store: Where they are.
        message_id: The message.

    Returns:
        The notices, the oldest first.
    """
    sql = "SELECT kind, body, confirmed FROM notices WHERE message_id = ? ORDER BY position"
    found = store.select(sql, (message_id,))
    return [{"kind": row["kind"], "body": row["body"], "confirmed": bool(row["confirmed"])} for row in found]


def exchanges(store: Store, message_id: str) -> list[dict[str, Any]]:
    """Read the requests that made a message, as they came and were answered.

    Args:
        store: Where they are.
        message_id: The message.

    Returns:
        `{request, answer}` for each, the oldest first; the Authorization header was not kept.
    """
    sql = "SELECT request, answer FROM exchanges WHERE message_id = ? ORDER BY exchange_id"
    found = map(unpacked, store.select(sql, (message_id,)))
    return [{"request": row["request"], "answer": row["answer"]} for row in found]


def repeat(request: dict[str, Any], account: Account, family: str, url: str) -> dict[str, str]:
    """Say how to make a request again, with the sandbox's own credentials.

    Args:
        request: The request as it was kept.
        account: Whose request it was.
        family: The family that it spoke.
        url: The bare address of the sandbox.

    Returns:
        `curl`: a command for a POSIX shell. `python`: a program.
    """
    username, password = _credentials(account, family)
    target = url + request["path"] + (f"?{request['query']}" if request["query"] else "")
    headers = {name: request["headers"][name] for name in _REPEATED_HEADERS if name in request["headers"]}
    words = ["curl", "-i", "-X", request["method"], target, "--user", f"{username}:{password}"]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    words += ["--data-binary", request["body"]]
    return {
        "curl": shlex.join(words),
        "python": _sdk_program(request, account, url) if family == "v2" else _program(request, target, headers, words),
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
    why = outcomes.describe(error_code) if error_code else None
    return {"time": time, "status": status, "error_code": error_code, "why": why}


def _credentials(account: Account, family: str) -> tuple[str, str]:
    if family == "classic":
        return account.classic.api_token, account.classic.api_secret
    if family == "messagemedia":
        return account.messagemedia.api_key, account.messagemedia.api_secret
    return account.username, account.password


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
