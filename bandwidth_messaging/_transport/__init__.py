"""The only place that knows urllib3."""
