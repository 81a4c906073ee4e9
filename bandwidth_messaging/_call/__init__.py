"""The pure parts of a call: operations, parameters, what goes out and comes back, and time."""
