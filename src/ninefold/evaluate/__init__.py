"""Stage 7: the graph that ships is asked about the sealed rows, once, and everything known about its worth is told.

`stage` is the order; one idea per file: `answers` (what the graph says), `intervals` (how far a number can be
trusted), `scores`, `calibration`, `curves`, `importance`, `slices`, `verdict`, and `findings`, one file each.
"""
