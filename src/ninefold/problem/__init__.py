"""Stage 1, the problem: wishes are checked against a first look at the table."""
