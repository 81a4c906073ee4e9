"""The API families that the sandbox answers."""
