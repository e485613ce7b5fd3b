"""What making the graph may tell: one file, one finding. Rules look at a `Model`."""
