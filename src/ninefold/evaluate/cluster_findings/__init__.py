"""What an evaluation of clusters may warn of: one file, one finding."""
