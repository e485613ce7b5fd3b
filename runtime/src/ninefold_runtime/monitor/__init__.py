"""Watching a bundle at work: counts of what is asked and answered, what they say, and where they are kept."""
