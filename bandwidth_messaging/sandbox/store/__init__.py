"""What the sandbox keeps, in SQLite: the records, and the only SQL."""
