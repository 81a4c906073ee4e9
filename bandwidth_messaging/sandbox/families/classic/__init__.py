"""Bandwidth's first messaging API."""
