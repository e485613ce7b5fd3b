"""What is wrong with a fit, in numbers: bias and variance, learning curves, the geometry of rows. Fits nothing itself."""
