"""The contract from both sides."""
