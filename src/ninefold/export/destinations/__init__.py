"""Destinations of exports, one file each, found by their file name."""
