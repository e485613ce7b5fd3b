"""Layers: one file, one layer."""
