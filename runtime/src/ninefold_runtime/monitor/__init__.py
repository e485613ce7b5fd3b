"""The monitor: counts of new rows and answers over the cells of a bundle's sketches, and what they say."""
