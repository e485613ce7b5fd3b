"""The command line: one file, one command; typer and rich, and nothing heavy before a command needs it."""
