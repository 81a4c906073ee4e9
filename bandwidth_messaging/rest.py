"""The exceptions and the unread answer, under the module name that users of generated SDKs import them from."""

from ._transport.raw_response import RawResponse as RawResponse  # noqa: PLC0414 - the alias makes it public for type checkers
from .exceptions import *  # noqa: F403 - all of them, under the names that they have there
