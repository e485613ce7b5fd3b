"""Ways to split the training rows into folds. One file, one scheme; the file's name is the scheme's."""
