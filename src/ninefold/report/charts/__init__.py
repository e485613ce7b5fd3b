"""Figures as static SVG: one file, one kind of chart; no script, no library, and no colour of its own.

Every mark carries a class (``c1`` fills, ``s1`` strokes, ``m0``… matrix shades) that the stylesheet colours, so that
one drawing serves light, dark and print. Series differ by dash, shape or place too, never by colour alone. User text
enters through ``Markup.format``, which escapes it.
"""
