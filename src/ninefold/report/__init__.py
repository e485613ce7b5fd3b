"""The report: the sections of a run as one HTML file."""
