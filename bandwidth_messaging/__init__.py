"""Text and picture messaging in Python.

```python
import bandwidth_messaging

configuration = bandwidth_messaging.Configuration(client_id="...", client_secret="...")
with bandwidth_messaging.ApiClient(configuration) as api_client:
    messages = bandwidth_messaging.MessagesApi(api_client)
    messages.create_message(
        "9900000", {"application_id": "...", "to": ["+15551234567"], "from": "+15557654321", "text": "Hello"}
    )
```

Every public name loads its module when it is first used, so importing the package costs next to nothing.
"""

from ._lazy import lazy_names
from ._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import api as api
    from . import callbacks as callbacks
    from . import classic as classic
    from . import exceptions as exceptions
    from . import messagemedia as messagemedia
    from . import models as models
    from . import outbox as outbox
    from . import rest as rest
    from . import sandbox as sandbox
    from . import segments as segments
    from ._call.clock import Clock as Clock
    from .api.media_api import MediaApi as MediaApi
    from .api.messages_api import MessagesApi as MessagesApi
    from .api.outcomes import Outcome as Outcome
    from .api_client import ApiClient as ApiClient
    from .api_client import CallOptions as CallOptions
    from .api_response import ApiResponse as ApiResponse
    from .auth import BasicAuth as BasicAuth
    from .auth import BearerAuth as BearerAuth
    from .classic.entry import client as client
    from .configuration import Configuration as Configuration
    from .exceptions import ApiAttributeError as ApiAttributeError
    from .exceptions import ApiException as ApiException
    from .exceptions import ApiKeyError as ApiKeyError
    from .exceptions import ApiTypeError as ApiTypeError
    from .exceptions import ApiValueError as ApiValueError
    from .exceptions import BadRequestException as BadRequestException
    from .exceptions import BrokenAnswerException as BrokenAnswerException
    from .exceptions import ClientException as ClientException
    from .exceptions import ConfigurationException as ConfigurationException
    from .exceptions import ConflictException as ConflictException
    from .exceptions import ConnectException as ConnectException
    from .exceptions import ForbiddenException as ForbiddenException
    from .exceptions import InternalServerErrorException as InternalServerErrorException
    from .exceptions import InvalidRequestException as InvalidRequestException
    from .exceptions import MethodNotAllowedException as MethodNotAllowedException
    from .exceptions import NotAcceptableException as NotAcceptableException
    from .exceptions import NotFoundException as NotFoundException
    from .exceptions import OpenApiException as OpenApiException
    from .exceptions import OutcomeUnknownException as OutcomeUnknownException
    from .exceptions import RedirectException as RedirectException
    from .exceptions import ServiceException as ServiceException
    from .exceptions import TimeoutException as TimeoutException
    from .exceptions import TokenException as TokenException
    from .exceptions import TooManyRequestsException as TooManyRequestsException
    from .exceptions import UnauthorizedException as UnauthorizedException
    from .exceptions import UnprocessableEntityException as UnprocessableEntityException
    from .exceptions import UnreadableAnswerException as UnreadableAnswerException
    from .exceptions import UnsupportedMediaTypeException as UnsupportedMediaTypeException
    from .models.callback import Callback as Callback
    from .models.create_message_request_error import CreateMessageRequestError as CreateMessageRequestError
    from .models.field_error import FieldError as FieldError
    from .models.inbound_callback import InboundCallback as InboundCallback
    from .models.inbound_callback_message import InboundCallbackMessage as InboundCallbackMessage
    from .models.inbound_callback_type_enum import InboundCallbackTypeEnum as InboundCallbackTypeEnum
    from .models.list_message_direction_enum import ListMessageDirectionEnum as ListMessageDirectionEnum
    from .models.list_message_item import ListMessageItem as ListMessageItem
    from .models.media import Media as Media
    from .models.message import Message as Message
    from .models.message_direction_enum import MessageDirectionEnum as MessageDirectionEnum
    from .models.message_request import MessageRequest as MessageRequest
    from .models.message_status_enum import MessageStatusEnum as MessageStatusEnum
    from .models.message_type_enum import MessageTypeEnum as MessageTypeEnum
    from .models.messages_list import MessagesList as MessagesList
    from .models.messaging_request_error import MessagingRequestError as MessagingRequestError
    from .models.multi_channel_message_channel_enum import (
        MultiChannelMessageChannelEnum as MultiChannelMessageChannelEnum,
    )
    from .models.multi_channel_message_content import MultiChannelMessageContent as MultiChannelMessageContent
    from .models.page_info import PageInfo as PageInfo
    from .models.priority_enum import PriorityEnum as PriorityEnum
    from .models.product_type_enum import ProductTypeEnum as ProductTypeEnum
    from .models.rbm_location_response import RbmLocationResponse as RbmLocationResponse
    from .models.rbm_message_content_file import RbmMessageContentFile as RbmMessageContentFile
    from .models.rbm_suggestion_response import RbmSuggestionResponse as RbmSuggestionResponse
    from .models.status_callback import StatusCallback as StatusCallback
    from .models.status_callback_message import StatusCallbackMessage as StatusCallbackMessage
    from .models.status_callback_type_enum import StatusCallbackTypeEnum as StatusCallbackTypeEnum
    from .rest import RawResponse as RawResponse
    from .retry import Repeat as Repeat
    from .retry import RetryPolicy as RetryPolicy

__all__ = [
    "ApiClient",
    "ApiException",
    "ApiResponse",
    "BadRequestException",
    "BasicAuth",
    "BearerAuth",
    "BrokenAnswerException",
    "CallOptions",
    "ClientException",
    "Clock",
    "Configuration",
    "ConfigurationException",
    "ConflictException",
    "ConnectException",
    "CreateMessageRequestError",
    "FieldError",
    "ForbiddenException",
    "InternalServerErrorException",
    "InvalidRequestException",
    "ListMessageDirectionEnum",
    "ListMessageItem",
    "Media",
    "MediaApi",
    "Message",
    "MessageDirectionEnum",
    "MessageRequest",
    "MessageStatusEnum",
    "MessageTypeEnum",
    "MessagesApi",
    "MessagesList",
    "MessagingRequestError",
    "MethodNotAllowedException",
    "NotAcceptableException",
    "NotFoundException",
    "Outcome",
    "OutcomeUnknownException",
    "PageInfo",
    "PriorityEnum",
    "ProductTypeEnum",
    "RawResponse",
    "RedirectException",
    "Repeat",
    "RetryPolicy",
    "ServiceException",
    "TimeoutException",
    "TokenException",
    "TooManyRequestsException",
    "UnauthorizedException",
    "UnprocessableEntityException",
    "UnreadableAnswerException",
    "UnsupportedMediaTypeException",
    "__version__",
    "callbacks",
    "client",
    "exceptions",
    "models",
    "segments",
]

_MODULES = {
    "ApiClient": "api_client",
    "ApiException": "exceptions",
    "ApiResponse": "api_response",
    "BadRequestException": "exceptions",
    "BasicAuth": "auth",
    "BearerAuth": "auth",
    "BrokenAnswerException": "exceptions",
    "ClientException": "exceptions",
    "CallOptions": "api_client",
    "Clock": "_call.clock",
    "Configuration": "configuration",
    "ConfigurationException": "exceptions",
    "ConflictException": "exceptions",
    "ConnectException": "exceptions",
    "CreateMessageRequestError": "models.create_message_request_error",
    "FieldError": "models.field_error",
    "ForbiddenException": "exceptions",
    "InternalServerErrorException": "exceptions",
    "InvalidRequestException": "exceptions",
    "ListMessageDirectionEnum": "models.list_message_direction_enum",
    "ListMessageItem": "models.list_message_item",
    "Media": "models.media",
    "MediaApi": "api.media_api",
    "Message": "models.message",
    "MessageDirectionEnum": "models.message_direction_enum",
    "MessageRequest": "models.message_request",
    "MessageStatusEnum": "models.message_status_enum",
    "MessageTypeEnum": "models.message_type_enum",
    "MessagesApi": "api.messages_api",
    "MessagesList": "models.messages_list",
    "MessagingRequestError": "models.messaging_request_error",
    "MethodNotAllowedException": "exceptions",
    "NotAcceptableException": "exceptions",
    "NotFoundException": "exceptions",
    "Outcome": "api.outcomes",
    "OutcomeUnknownException": "exceptions",
    "PageInfo": "models.page_info",
    "PriorityEnum": "models.priority_enum",
    "ProductTypeEnum": "models.product_type_enum",
    "RawResponse": "rest",
    "RedirectException": "exceptions",
    "Repeat": "retry",
    "RetryPolicy": "retry",
    "ServiceException": "exceptions",
    "TimeoutException": "exceptions",
    "TokenException": "exceptions",
    "TooManyRequestsException": "exceptions",
    "UnauthorizedException": "exceptions",
    "UnprocessableEntityException": "exceptions",
    "UnreadableAnswerException": "exceptions",
    "UnsupportedMediaTypeException": "exceptions",
    "callbacks": "",
    "client": "classic.entry",
    "exceptions": "",
    "models": "",
    "segments": "",
}

# Reached by their names too, but not by `import *`: one of them needs an extra.
_FURTHER = {
    "api": "",
    "classic": "",
    "messagemedia": "",
    "outbox": "",
    "rest": "",
    "sandbox": "",
    # Of generated SDKs, for code that catches them.
    "ApiAttributeError": "exceptions",
    "ApiKeyError": "exceptions",
    "ApiTypeError": "exceptions",
    "ApiValueError": "exceptions",
    "OpenApiException": "exceptions",
    # `bandwidth_messaging.callbacks` is where they are described; the generated SDK has them here.
    "Callback": "models.callback",
    "InboundCallback": "models.inbound_callback",
    "InboundCallbackMessage": "models.inbound_callback_message",
    "InboundCallbackTypeEnum": "models.inbound_callback_type_enum",
    "MultiChannelMessageChannelEnum": "models.multi_channel_message_channel_enum",
    "MultiChannelMessageContent": "models.multi_channel_message_content",
    "RbmLocationResponse": "models.rbm_location_response",
    "RbmMessageContentFile": "models.rbm_message_content_file",
    "RbmSuggestionResponse": "models.rbm_suggestion_response",
    "StatusCallback": "models.status_callback",
    "StatusCallbackMessage": "models.status_callback_message",
    "StatusCallbackTypeEnum": "models.status_callback_type_enum",
}

_GUIDE = "; docs/moving-over.md says what of the generated SDK is left out"

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, {**_MODULES, **_FURTHER}, _GUIDE)
