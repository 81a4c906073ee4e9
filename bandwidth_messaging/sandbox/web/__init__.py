"""What stands around every request: the server, its routes, who is let in, what is recorded, faults on purpose."""
