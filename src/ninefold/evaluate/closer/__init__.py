"""The sealed rows of images, texts and series that the graph gets most wrong, one by one, and what a network makes of
one: `looking` is the order; one kind of row, one file."""
