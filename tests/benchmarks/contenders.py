"""Who is measured: for each a few lines of Python that send one message, and that list a page of them.

The lines run in the contender's own environment, with `url`, the server's. Each sends the same text from and to the
same numbers, with Basic authentication or what it has instead, and gets back what its users get: a typed model where
there is one. Whoever has a model for the request builds it in each call.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
OURS = ("--editable", str(_ROOT), "urllib3==2.8.0", "pydantic==2.14.3")
"""What pip installs for our own and for the floors, so that both sides have the same urllib3 and pydantic.

Editable, so that a change of the checkout counts at once in an environment that was kept.
"""


@dataclass(frozen=True)
class Contender:
    """One way to send a message.

    Attributes:
        name: What the tables call it.
        packages: What pip installs for it.
        setup: What is done once, the imports first.
        send: A function `send()` that sends one message.
        page_setup: What is done once to list messages, after `setup`.
        page: A function `page()` that lists 1,000 messages; empty if it has none.
    """

    name: str
    packages: tuple[str, ...]
    setup: str
    send: str
    page_setup: str = ""
    page: str = ""


_URLLIB3 = """
import json
import urllib3
headers = {"Authorization": "Basic dXNlcjpzZWNyZXQ=", "Content-Type": "application/json", "Accept": "application/json"}
pool = urllib3.PoolManager()
"""
_POOL = """
import json
import urllib3
headers = {"Authorization": "Basic dXNlcjpzZWNyZXQ=", "Content-Type": "application/json", "Accept": "application/json"}
pool = urllib3.connection_from_url(url)
"""
_HTTP_CLIENT = """
import http.client
import json
headers = {"Authorization": "Basic dXNlcjpzZWNyZXQ=", "Content-Type": "application/json", "Accept": "application/json"}
connection = http.client.HTTPConnection(url.removeprefix("http://"))
"""
_BODY = """
        {
            "applicationId": "93de2206-9669-4e07-948d-329f4b722ee2",
            "to": ["+15552345678"],
            "from": "+15557654321",
            "text": "Your code is 482913",
        }"""
_FIELDS = """
        application_id="93de2206-9669-4e07-948d-329f4b722ee2",
        to=["+15552345678"],
        var_from="+15557654321",
        text="Your code is 482913","""
_SEND = "/users/9900000/messages"
_LIST = "/users/9900000/messages?messageDirection=OUTBOUND&limit=1000"

FLOOR = Contender(
    "floor: PoolManager.request + json, untyped",
    OURS,
    _URLLIB3,
    f"""
def send():
    body = json.dumps({_BODY}).encode()
    return json.loads(pool.request("POST", url + "{_SEND}", body=body, headers=headers).data)
""",
    page=f"""
def page():
    return json.loads(pool.request("GET", url + "{_LIST}", headers=headers).data)
""",
)
TYPED_FLOOR = Contender(
    "floor, typed: the same, one pydantic model each way",
    OURS,
    f"""{_URLLIB3}
from pydantic import BaseModel
class Request(BaseModel):
    applicationId: str
    to: list[str]
    sender: str
    text: str | None = None
class Message(BaseModel):
    id: str | None = None
    owner: str | None = None
    applicationId: str | None = None
    time: str | None = None
    segmentCount: int | None = None
    direction: str | None = None
    to: list[str] | None = None
    media: list[str] | None = None
    text: str | None = None
    tag: str | None = None
    priority: str | None = None
    expiration: str | None = None
""",
    f"""
def send():
    request = Request(
        applicationId="93de2206-9669-4e07-948d-329f4b722ee2",
        to=["+15552345678"],
        sender="+15557654321",
        text="Your code is 482913",
    )
    body = request.model_dump_json().encode()
    return Message.model_validate_json(pool.request("POST", url + "{_SEND}", body=body, headers=headers).data)
""",
    page_setup="""
class Item(BaseModel):
    messageId: str | None = None
    accountId: str | None = None
    sourceTn: str | None = None
    destinationTn: str | None = None
    messageStatus: str | None = None
    messageDirection: str | None = None
    messageType: str | None = None
    segmentCount: int | None = None
    errorCode: int | None = None
    receiveTime: str | None = None
    carrierName: str | None = None
    messageSize: int | None = None
    messageLength: int | None = None
    attachmentCount: int | None = None
    recipientCount: int | None = None
    campaignClass: str | None = None
    campaignId: str | None = None
    bwLatency: int | None = None
    carrierLatency: int | None = None
    callingNumberCountryA3: str | None = None
    calledNumberCountryA3: str | None = None
    product: str | None = None
    location: str | None = None
class Page(BaseModel):
    totalCount: int | None = None
    messages: list[Item] | None = None
""",
    page=f"""
def page():
    return Page.model_validate_json(pool.request("GET", url + "{_LIST}", headers=headers).data)
""",
)
HTTP_CLIENT = Contender(
    "http.client alone + json",
    OURS,
    _HTTP_CLIENT,
    f"""
def send():
    body = json.dumps({_BODY}).encode()
    connection.request("POST", "{_SEND}", body, headers)
    return json.loads(connection.getresponse().read())
""",
    page=f"""
def page():
    connection.request("GET", "{_LIST}", headers=headers)
    return json.loads(connection.getresponse().read())
""",
)
URLOPEN = Contender(
    "HTTPConnectionPool.urlopen + json",
    OURS,
    _POOL,
    f"""
def send():
    body = json.dumps({_BODY}).encode()
    return json.loads(pool.urlopen("POST", "{_SEND}", body=body, headers=headers).data)
""",
    page=f"""
def page():
    return json.loads(pool.urlopen("GET", "{_LIST}", headers=headers).data)
""",
)
OUR_SDK = Contender(
    "bandwidth_messaging",
    OURS,
    """
import bandwidth_messaging
configuration = bandwidth_messaging.Configuration(host=url, username="user", password="secret")
messages = bandwidth_messaging.MessagesApi(bandwidth_messaging.ApiClient(configuration))
""",
    f"""
def send():
    request = bandwidth_messaging.MessageRequest({_FIELDS}
    )
    return messages.create_message("9900000", request)
""",
    page="""
def page():
    return messages.list_messages("9900000", message_direction="OUTBOUND", limit=1000)
""",
)
PEERS = [
    Contender(
        "bandwidth-sdk 23.3.1",
        ("bandwidth-sdk==23.3.1",),
        """
import bandwidth
configuration = bandwidth.Configuration(host=url, username="user", password="secret", ignore_operation_servers=True)
messages = bandwidth.MessagesApi(bandwidth.ApiClient(configuration))
""",
        f"""
def send():
    request = bandwidth.MessageRequest({_FIELDS}
    )
    return messages.create_message("9900000", request)
""",
        page="""
def page():
    return messages.list_messages("9900000", message_direction="OUTBOUND", limit=1000)
""",
    ),
    Contender(
        "twilio 9.13.0",
        ("twilio==9.13.0",),
        """
from twilio.rest import Client
client = Client("AC" + "0" * 32, "secret")
client.api.base_url = url
""",
        """
def send():
    return client.messages.create(to="+15552345678", from_="+15557654321", body="Your code is 482913")
""",
    ),
    Contender(
        "telnyx 4.189.0",
        ("telnyx==4.189.0",),
        """
import telnyx
client = telnyx.Telnyx(api_key="secret", base_url=url)
""",
        """
def send():
    return client.messages.send(to="+15552345678", from_="+15557654321", text="Your code is 482913")
""",
    ),
    Contender(
        "plivo 4.63.0",
        ("plivo==4.63.0",),
        """
import plivo
import plivo.rest.client
plivo.rest.client.PLIVO_API_BASE_URI = url + "/v1/Account"  # it has no setting for this
client = plivo.RestClient("MA" + "X" * 18, "secret")
""",
        """
def send():
    return client.messages.create(src="+15557654321", dst="+15552345678", text="Your code is 482913")
""",
    ),
    Contender(
        "messagemedia-messages-sdk 2.1.3",
        ("messagemedia-messages-sdk==2.1.3",),
        """
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient
from message_media_messages.models.message import Message
from message_media_messages.models.send_messages_request import SendMessagesRequest
client = MessageMediaMessagesClient("user", "secret", False)
client.config.base_uri = url
""",
        """
def send():
    message = Message(content="Your code is 482913", destination_number="+15552345678", source_number="+15557654321")
    return client.messages.send_messages(SendMessagesRequest([message]))
""",
    ),
]
"""The vendor's generated SDK, and those of other services; pinned, so that two runs compare the same."""
EVERYBODY = [FLOOR, TYPED_FLOOR, HTTP_CLIENT, URLOPEN, OUR_SDK, *PEERS]


def chosen(words: str) -> list[Contender]:
    """The contenders whose name has one of the words, which are separated by commas; "ours" is our own.

    Raises:
        ArgumentTypeError: A word is in no name.
    """
    found: list[Contender] = []
    for word in words.split(","):
        meant = [one for one in EVERYBODY if (one is OUR_SDK if word == "ours" else word in one.name)]
        if not meant:
            names = ", ".join(one.name for one in EVERYBODY)
            raise ArgumentTypeError(f"{word!r} is in none of the names: ours, {names}")
        found += [one for one in meant if one not in found]
    return found
