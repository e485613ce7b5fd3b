"""What is right and wrong with a model, in numbers: answers beside the truth, intervals, parts of the rows, bias and
variance, learning curves, geometry of rows. Fits nothing itself."""
