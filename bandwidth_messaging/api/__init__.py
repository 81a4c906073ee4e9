"""The API classes, one module each."""

from .messages_api import MessagesApi

__all__ = ["MessagesApi"]
