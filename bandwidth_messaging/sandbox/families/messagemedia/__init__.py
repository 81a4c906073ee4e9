"""The MessageMedia Messages API."""
