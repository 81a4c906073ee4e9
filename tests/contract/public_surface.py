"""Every public name, used as a user uses it. mypy --strict and pyright judge the types; a test runs it.

`assert_type` fails in the type checkers where a type changes under the user's feet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from typing_extensions import assert_type

import bandwidth_messaging as bandwidth
from bandwidth_messaging import callbacks, models, segments
from bandwidth_messaging.classic import BridgeClient, MessagingClient, SendResult
from bandwidth_messaging.messagemedia import CancelScheduledMessageRequest, HmacAuth, MessageMediaMessagesClient
from bandwidth_messaging.messagemedia import models as messagemedia_models
from bandwidth_messaging.sandbox import Sandbox


class SteadyClock(bandwidth.Clock):
    random = staticmethod(lambda: 0.5)


def noted(repeat: bandwidth.Repeat) -> None:
    assert_type(repeat.operation, str)
    assert_type(repeat.attempt, int)
    assert_type(repeat.cause, bandwidth.ApiException)
    assert_type(repeat.wait, float)
    assert_type(repeat.elapsed, float)


def configured(sandbox: Sandbox) -> bandwidth.Configuration:
    configuration = bandwidth.Configuration(
        host=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        access_token_url=sandbox.access_token_url,
        retries=bandwidth.RetryPolicy(retries=1, on_repeat=noted),
    )
    configuration.read_timeout = 10.0
    assert_type(configuration.host, str)
    assert_type(bandwidth.Configuration.from_env(host=sandbox.url, access_token="t"), bandwidth.Configuration)
    assert_type(bandwidth.__version__, str)
    return configuration


def sent(api: bandwidth.MessagesApi, sandbox: Sandbox) -> bandwidth.Message:
    request = bandwidth.MessageRequest(
        application_id=sandbox.application_id,
        to=["+15552345678"],
        var_from="+15557654321",
        text="Hello",
        priority=bandwidth.PriorityEnum.HIGH,
    )
    options: bandwidth.CallOptions = {"_request_timeout": (1, 5.0), "_headers": {"X-Trace": "1"}}
    answer = api.create_message_with_http_info(sandbox.account_id, request, **options)
    assert_type(answer, bandwidth.ApiResponse[bandwidth.Message])
    assert_type(answer.headers, Mapping[str, str])
    with api.create_message_without_preload_content(sandbox.account_id, request.to_dict()) as raw:
        assert_type(raw, bandwidth.RawResponse)
        assert_type(raw.read(), bytes)
    message = api.create_message(sandbox.account_id, request)
    assert_type(message.time, datetime | None)
    assert_type(message.to, list[str] | None)
    assert_type(message.direction, bandwidth.MessageDirectionEnum | None)
    assert_type(segments.count(message.text or ""), int)
    assert_type(segments.explain("Hello").parts, tuple[str, ...])
    return message


def pictured(api: bandwidth.MediaApi, sandbox: Sandbox) -> list[bandwidth.Media]:
    shown: list[tuple[int, int]] = []
    api.upload_media(sandbox.account_id, "cat.png", b"cat", progress=lambda sent, total: shown.append((sent, total)))
    answer = api.upload_media_with_http_info(sandbox.account_id, "cat.png", b"cat", "image/png", "no-cache")
    assert_type(answer, bandwidth.ApiResponse[None])
    url = api.media_url(sandbox.account_id, "cat.png")
    assert_type(api.get_media(sandbox.account_id, url), bytes)
    with api.get_media_without_preload_content(sandbox.account_id, "cat.png") as raw:
        assert_type(raw.data, bytes)
    assert_type(next(api.iter_media(sandbox.account_id)), bandwidth.Media)
    return api.list_media(sandbox.account_id)


def listed(api: bandwidth.MessagesApi, sandbox: Sandbox) -> list[bandwidth.ListMessageItem]:
    page = api.list_messages(
        sandbox.account_id,
        message_status=bandwidth.MessageStatusEnum.RECEIVED,
        message_direction=bandwidth.ListMessageDirectionEnum.OUTBOUND,
        message_type=bandwidth.MessageTypeEnum.SMS,
        product=bandwidth.ProductTypeEnum.LOCAL_A2P,
        limit=10,
        _request_auth=bandwidth.BasicAuth(sandbox.username, sandbox.password),
    )
    assert_type(page, bandwidth.MessagesList)
    assert_type(page.page_info, bandwidth.PageInfo | None)
    assert_type(page.messages, list[bandwidth.ListMessageItem] | None)
    assert_type(page.to_dict(), dict[str, Any])
    assert_type(models.MessagesList.from_json(page.to_json()), bandwidth.MessagesList)
    assert_type(page.additional_properties, dict[str, Any])
    with api.list_messages_without_preload_content(sandbox.account_id, limit=1) as raw:
        assert_type(b"".join(raw), bytes)
    assert_type(next(api.iter_messages(sandbox.account_id, message_type="sms")), bandwidth.ListMessageItem)
    assert_type(next(api.iter_pages(sandbox.account_id, message_type="sms")), bandwidth.MessagesList)
    return api.list_messages_with_http_info(sandbox.account_id, limit=1).data.messages or []


def looked_up(api: bandwidth.MessagesApi, account_id: str, request: bandwidth.MessageRequest) -> str | None:
    failure = api.interrupted_send(account_id, request, datetime.now(timezone.utc))
    assert_type(failure, bandwidth.OutcomeUnknownException)
    outcome = api.look_up_outcome(failure, known_ids=[], settle_time=600, _request_timeout=5)
    assert_type(outcome, bandwidth.Outcome)
    assert_type(outcome.candidates, tuple[bandwidth.ListMessageItem, ...])
    return outcome.message_id if outcome.state == "found" else None


def refused(api: bandwidth.MessagesApi, sandbox: Sandbox) -> str:
    request = {"application_id": "unknown", "to": ["+15552345678"], "from_": "+15557654321", "text": "Hello"}
    auth = bandwidth.BearerAuth(lambda: "no-such-token")
    try:
        api.list_messages(sandbox.account_id, limit=1, _request_auth=auth)
    except bandwidth.UnauthorizedException as error:
        error_data: bandwidth.MessagingRequestError = error.data
        assert_type(error_data.description, str | None)
    try:
        api.create_message(sandbox.account_id, request)
    except bandwidth.exceptions.BadRequestException as error:
        assert_type(error.accepted, bool | None)
        data: bandwidth.CreateMessageRequestError = error.data
        assert_type(data.field_errors, list[bandwidth.FieldError] | None)
        return str(error)
    return ""


def received(body: bytes, headers: Mapping[str, str]) -> list[str]:
    if not callbacks.verify_basic_auth(headers, "callbacks", "s3cret"):
        return []
    events = callbacks.parse_callback(body)
    assert_type(events, list[callbacks.Callback])
    for event in events:
        assert_type(event.type, callbacks.CallbackTypeEnum | None)
        assert_type(event.message, callbacks.CallbackMessage | None)
        assert_type(event.message_id, str | None)
        if isinstance(event, callbacks.StatusCallback):
            assert_type(event.error_code, int | None)
    return [event.idempotency_key for event in events]


def what_to_do(error: bandwidth.ApiException | ValueError) -> str:
    """What became of a send that failed, by the class of its failure alone."""
    match error:
        case bandwidth.InvalidRequestException():
            assert_type(error.errors, tuple[tuple[str, str], ...])
            return "mend the message"
        case bandwidth.ConfigurationException():
            return "mend the configuration"
        case bandwidth.OutcomeUnknownException() | bandwidth.ServiceException() | bandwidth.RedirectException():
            return "look it up"
        case bandwidth.UnreadableAnswerException() | bandwidth.BrokenAnswerException() | bandwidth.TimeoutException():
            return "accepted, but its answer cannot be read"
        case bandwidth.ConnectException() | bandwidth.TokenException() | bandwidth.TooManyRequestsException():
            return "try again later"
        case bandwidth.UnauthorizedException() | bandwidth.ForbiddenException() | bandwidth.NotFoundException():
            return "mend the credentials or the account"
        case bandwidth.BadRequestException() | bandwidth.UnprocessableEntityException() | bandwidth.ConflictException():
            return "mend the message"
        case bandwidth.ClientException():
            return "report a bug"
        case _:
            return "unknown"


SDK_OR_GATEWAY_AT_FAULT: tuple[type[bandwidth.ApiException], ...] = (
    bandwidth.MethodNotAllowedException,
    bandwidth.NotAcceptableException,
    bandwidth.UnsupportedMediaTypeException,
)
LOOK_IT_UP: type[bandwidth.ServiceException] = bandwidth.InternalServerErrorException


def run(sandbox: Sandbox) -> tuple[bandwidth.Message, list[bandwidth.ListMessageItem], str]:
    with bandwidth.ApiClient(configured(sandbox), clock=SteadyClock()) as api_client:
        api = bandwidth.MessagesApi(api_client)
        unsent = bandwidth.MessageRequest(
            application_id=sandbox.application_id, to=["+15550009999"], var_from="+15557654321", text="Hello"
        )
        assert looked_up(api, sandbox.account_id, unsent) is None
        assert pictured(bandwidth.MediaApi(api_client), sandbox)[0].content_length == 3
        return sent(api, sandbox), listed(api, sandbox), refused(api, sandbox)


def the_classic_way(sandbox: Sandbox) -> list[str | None]:
    user = sandbox.classic
    with bandwidth.client(
        "messaging", user.user_id, user.api_token, user.api_secret, api_endpoint=sandbox.url
    ) as client:
        assert_type(client, MessagingClient)
        sent = client.send_message("+1234567980", "+1234567981", "x")
        assert_type(sent, str | None)
        results = client.send_messages([{"from": "+1234567980", "to": "+1234567981", "text": "x"}])
        assert_type(results, list[SendResult])
        assert_type(results[0].accepted, bool | None)
        assert_type(client.get_message(sent or ""), dict[str, Any])
        return [message["id"] for message in client.list_messages()]


def the_same_over_v2(sandbox: Sandbox) -> BridgeClient:
    client = bandwidth.client(
        "messaging-v2",
        sandbox.account_id,
        sandbox.client_id,
        sandbox.client_secret,
        application_id=sandbox.application_id,
        api_endpoint=sandbox.url,
        access_token_url=sandbox.access_token_url,
    )
    assert_type(client, BridgeClient)
    return client


def the_messagemedia_way(sandbox: Sandbox) -> list[str | None]:
    keys = sandbox.messagemedia
    with MessageMediaMessagesClient(keys.api_key, keys.api_secret, True, base_uri=sandbox.url) as client:
        sent = client.messages.send_messages(
            {"messages": [{"content": "x", "destination_number": "+61491570156", "scheduled": "2035-01-01T00:00:00Z"}]}
        )
        assert_type(sent, messagemedia_models.SendMessagesResponse)
        message_id = (sent.messages or [])[0].message_id or ""
        status = client.messages.get_message_status(message_id)
        assert_type(status, messagemedia_models.SubmittedMessage)
        assert_type(status.scheduled, datetime | None)
        assert_type(status.metadata, dict[str, str] | None)
        client.messages.cancel_scheduled_message(message_id, CancelScheduledMessageRequest())
        for report in client.delivery_reports.drain(_request_auth=HmacAuth(keys.api_key, keys.api_secret)):
            assert_type(report, messagemedia_models.DeliveryReport)
        contents = []
        for reply in client.replies.drain(batch_size=10):
            assert_type(reply, messagemedia_models.Reply)
            contents.append(reply.content)
        return contents
