"""What making the graph may tell: one file, one finding, codes NF600 to NF699. Rules look at a `Model`."""
