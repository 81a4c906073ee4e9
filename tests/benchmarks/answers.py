"""What the static server answers: made beforehand for a sent message, generated for a long list."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs

PAGE_SIZE = 1_000
DEEPEST = 10_000
NEWEST = datetime(2025, 11, 20, 12, tzinfo=timezone.utc)  # before any clock that asks: a walk starts at the present
SHARE_AN_INSTANT = 3  # messages; not a divisor of 10,000, so that a window ends in the midst of some

_STATUSES = ("DELIVERED", "DELIVERED", "DELIVERED", "SENT", "FAILED")
_CARRIERS = ("Verizon", "AT&T", "T-Mobile", "US Cellular")
_ITEM = (
    '{"messageId":"1732104000%09drxkgdkxlkb3ji8mp","accountId":"9900000","sourceTn":"+15557654321",'
    '"destinationTn":"+1555%07d","messageStatus":"%s","messageDirection":"OUTBOUND","messageType":"sms",'
    '"segmentCount":%d,"errorCode":%d,"receiveTime":"%s","carrierName":"%s","messageSize":%d,"messageLength":%d,'
    '"attachmentCount":0,"recipientCount":1,"campaignClass":"MIXED","campaignId":"CJEUMDK","bwLatency":%d,'
    '"carrierLatency":%d,"callingNumberCountryA3":"USA","calledNumberCountryA3":"USA","product":"LOCAL_A2P",'
    '"location":"8c0f54e4-7a9b-4a11-9c1e-0f5b5f9a2d11"}'
)
_SENT = {
    "id": "1732104000000rxkgdkxlkb3ji8mp",
    "owner": "+15557654321",
    "applicationId": "93de2206-9669-4e07-948d-329f4b722ee2",
    "time": "2026-11-20T12:00:00.000Z",
    "segmentCount": 1,
    "direction": "out",
    "to": ["+15552345678"],
    "from": "+15557654321",
    "text": "Your code is 482913",
    "priority": "default",
}
_TWILIO: dict[str, Any] = {
    "sid": "SM" + "0" * 32,
    "account_sid": "AC" + "0" * 32,
    "api_version": "2010-04-01",
    "body": "Your code is 482913",
    "date_created": "Fri, 20 Nov 2026 12:00:00 +0000",
    "date_sent": None,
    "date_updated": "Fri, 20 Nov 2026 12:00:00 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": "+15557654321",
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "status": "queued",
    "subresource_uris": {},
    "to": "+15552345678",
    "uri": "/2010-04-01/Accounts/AC/Messages/SM.json",
}
_TELNYX = {
    "data": {
        "id": "40385f64-5717-4562-b3fc-2c963f66afa6",
        "record_type": "message",
        "direction": "outbound",
        "type": "SMS",
        "encoding": "GSM-7",
        "parts": 1,
        "from": {"phone_number": "+15557654321", "carrier": "", "line_type": ""},
        "to": [{"phone_number": "+15552345678", "status": "queued", "carrier": "", "line_type": ""}],
        "text": "Your code is 482913",
        "received_at": "2026-11-20T12:00:00.000+00:00",
        "errors": [],
        "media": [],
        "tags": [],
    }
}
_PLIVO = {
    "api_id": "db342550-7c9a-11e6-aa2a-0e3a2a0e1f11",
    "message": "message(s) queued",
    "message_uuid": ["db3ce55a-7f1d-11e1-8ea7-1231380bc196"],
}
_MESSAGEMEDIA = {
    "messages": [
        {
            "message_id": "04fe9a97-a579-43c5-bb1a-58ed29bf0a6a",
            "status": "queued",
            "content": "Your code is 482913",
            "destination_number": "+15552345678",
            "delivery_report": False,
            "format": "SMS",
        }
    ]
}
_SENT_BY_PATH = {
    "/2010-04-01/": (201, _TWILIO),
    "/v1/Account/": (202, _PLIVO),
    "/v1/messages": (202, _MESSAGEMEDIA),
    "/users/": (202, _SENT),
    "/messages": (200, _TELNYX),
}


def sent() -> dict[str, bytes]:
    """The answer to each service's sent message, by a part of the path that only it has; to be tried in this order."""
    return {part: response(status, json.dumps(body).encode()) for part, (status, body) in _SENT_BY_PATH.items()}


def full_page() -> bytes:
    """The answer to a list of messages: a page, and no more than that."""
    return response(200, _page(0, PAGE_SIZE, PAGE_SIZE, None))


def listing(query: str, total: int) -> tuple[int, bytes]:
    """The page of a list of so many messages, the newest first, that a query asks for.

    It honours `limit`, `pageToken`, `fromDateTime` and `toDateTime`, and refuses what the service refuses: to page past
    the 10,000th record. It refuses `sort` by anything else than the order in which it has them, too.

    Returns:
        The HTTP status and the body.
    """
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    limit, after = int(asked.get("limit", "100")), int(asked.get("pageToken", "0"))
    if limit + after > DEEPEST:
        return 400, b'{"type":"request-validation","description":"limit and after are more than 10000 together"}'
    if asked.get("sort", "receiveTime:desc") != "receiveTime:desc":
        return 400, b'{"type":"request-validation","description":"sort: only receiveTime:desc"}'
    newest, oldest = 0, total
    if "toDateTime" in asked:
        newest = max(math.ceil(_age(asked["toDateTime"])) * SHARE_AN_INSTANT, 0)
    if "fromDateTime" in asked:
        oldest = min((math.floor(_age(asked["fromDateTime"])) + 1) * SHARE_AN_INSTANT, total)
    first = newest + after
    count = max(min(limit, oldest - first), 0)
    token = str(after + count) if first + count < oldest else None
    return 200, _page(first, count, max(min(oldest - newest, DEEPEST), 0), token)


def _age(given: str) -> float:
    """Seconds from an ISO 8601 time to the newest message."""
    return (NEWEST - datetime.fromisoformat(given.replace("Z", "+00:00"))).total_seconds()


def _page(first: int, count: int, total: int, token: str | None) -> bytes:
    information = {"nextPageToken": token} if token else {}
    listed = ",".join(map(_item, range(first, first + count)))
    return f'{{"totalCount":{total},"pageInfo":{json.dumps(information)},"messages":[{listed}]}}'.encode()


def _item(index: int) -> str:
    """The message at this place of the list, 0 the newest; a few share each instant."""
    at = NEWEST - timedelta(seconds=index // SHARE_AN_INSTANT)
    status = _STATUSES[index % 5]
    return _ITEM % (
        index,
        index % 10_000_000,
        status,
        1 + index % 3,
        4720 if status == "FAILED" else 0,
        at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        _CARRIERS[index % 4],
        40 + index % 120,
        20 + index % 120,
        index % 5,
        index % 30,
    )


def response(status: int, body: bytes) -> bytes:
    """The bytes of an answer."""
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
