"""What the monitor counts, tests and tells while rows come in."""
