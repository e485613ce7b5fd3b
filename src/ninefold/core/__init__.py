"""Nouns and protocols, what every room shares. Imports nothing of ours but the runtime's schema and wire."""
