"""Stage 3: which columns to use, what was left out and why, and how numbers are made complete."""
