"""What is said of the monitor's options. This module loads in a blink, as ``--help`` needs it."""

OFF = "off"
SECRET = "NINEFOLD_WEBHOOK_SECRET"  # noqa: S105  the name of a variable
MONITOR_HELP = "history of the monitor: a SQLite file, a postgresql:// URL, or off; else a file beside the bundle"
WEBHOOK_HELP = f"address that is told of drift by POST; signed where {SECRET} is set"
COMMAND_HELP = "program that is started on drift, with its arguments; the alert is in NINEFOLD_ALERT; no shell reads it"
