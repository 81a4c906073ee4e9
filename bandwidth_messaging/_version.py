"""The version, said once: the build, `__version__` and the User-Agent read it here."""

__version__ = "0.1.0"
USER_AGENT = f"bandwidth-messaging/{__version__} (Python)"
