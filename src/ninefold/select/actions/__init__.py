"""Actions: one file, one thing the search does about what it has seen so far; found by file name."""
