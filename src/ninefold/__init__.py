"""From a table to a watched model in nine stages."""

__version__ = "0.1.0"
