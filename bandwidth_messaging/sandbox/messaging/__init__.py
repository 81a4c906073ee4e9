"""The life of a message, without HTTP."""
