"""The processes of a service: a supervisor that owns the listening socket, and workers that answer."""
