# mypy: ignore-errors
# ruff: noqa: UP031, UP032 - it runs on old Pythons too
"""Runs in the peer's environment: each call of MessageMedia's own SDK once, and what came of it, as JSON lines.

Arguments: the sandbox's URL, the API key, the API secret, and `basic` or `hmac`. After each line it waits for one on
its input. It knows the names of both generations of that SDK, and runs on every Python 3 that they run on.
"""

import json
import sys

from message_media_messages.message_media_messages_client import (  # pyright: ignore[reportMissingImports]
    MessageMediaMessagesClient,
)

MESSAGE = {
    "content": "From the peer: Gr\u00fc\u00dfe",
    "destination_number": "+61491570156",
    "source_number": "+61491570157",
    "delivery_report": True,
    "metadata": {"key1": "value1"},
}
LATER = {"content": "Later", "destination_number": "+61491570156", "scheduled": "2035-01-01T00:00:00.000Z"}


def report(name, call):
    """Make a call, say what came of it, and wait until the other side has done its part."""
    result, ok = None, True
    try:
        result = call()
        said = type(result).__name__
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        body = getattr(getattr(getattr(error, "context", None), "response", None), "raw_body", "")
        ok, said = False, "{}: {} {}".format(type(error).__name__, error, body)
    print(json.dumps({"call": name, "ok": ok, "said": said}), flush=True)
    return result, sys.stdin.readline().strip()


def items(answer, name):
    return [each if isinstance(each, dict) else vars(each) for each in getattr(answer, name, None) or []]


def one_of(controller, *names):
    return next(getattr(controller, name) for name in names if hasattr(controller, name))


def main(url, api_key, api_secret, way):
    MessageMediaMessagesClient.config.base_uri = url
    client = MessageMediaMessagesClient(api_key, api_secret, way == "hmac")
    send = one_of(client.messages, "send_messages", "create_send_messages")
    cancel = one_of(client.messages, "cancel_scheduled_message", "update_cancel_scheduled_message")
    sent, _ = report("send", lambda: send({"messages": [MESSAGE, MESSAGE]}))
    if sent is None:
        return
    message_id = items(sent, "messages")[0]["message_id"]
    report("get_message_status", lambda: client.messages.get_message_status(message_id))
    report("get_message_status, unknown id", lambda: client.messages.get_message_status("unknown"))
    report("send, wrong number", lambda: send({"messages": [dict(MESSAGE, destination_number="049")]}))
    # The other side says the id: not every release can read it.
    _, later_id = report("send, scheduled", lambda: send({"messages": [LATER]}))
    report("cancel", lambda: cancel(later_id, {"status": "cancelled"}))
    for name, kind in (("delivery_report", "delivery_reports"), ("reply", "replies")):
        controller = getattr(client, kind)
        check = one_of(controller, "check_" + kind, "get_check_" + kind)
        confirm = one_of(controller, "confirm_%s_as_received" % kind, "create_confirm_%s_as_received" % kind)
        waiting, _ = report("check " + kind, check)
        ids = [each[name + "_id"] for each in items(waiting, kind)]
        report("confirm %d %s" % (len(ids), kind), lambda: confirm({name + "_ids": ids}))  # noqa: B023 - called at once
        report("%d %s are left" % (len(items(check(), kind)), kind), lambda: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
