"""How much a bundle may hold. Beyond these a file is refused before it is read, or before it is parsed."""

from __future__ import annotations

MOST_FILES = 64
LARGEST_FILE, LARGEST_ALL = 1 << 30, 1 << 31
"""Bytes of a file, and of all files."""
LARGEST_JSON, MOST_ELEMENTS = 64 << 20, 2_000_000
"""Bytes of a JSON file, and commas in it: an element of three bytes takes twenty times as much once it is parsed."""
LARGEST_MANIFEST, LARGEST_SIGNATURE = 1 << 20, 1 << 12
MOST_RATIO, SMALL = 20, 1 << 20
"""Bytes that a packed byte may become, in files that are not small."""
