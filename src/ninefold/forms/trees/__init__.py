"""Readers: one file per library whose trees become a `ninefold.forms.forest.Forest`."""
