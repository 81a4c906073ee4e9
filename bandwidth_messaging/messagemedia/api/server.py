"""The family's production server."""

__all__ = ["SERVER"]

SERVER = "https://api.messagemedia.com"
