"""What is wrong with a fit, in numbers: bias and variance, learning curves, geometry of rows. Fits nothing itself."""
