"""Bandwidth's V2 messaging API."""
