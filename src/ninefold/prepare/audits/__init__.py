"""What is not learned from: one file, one reason. Columns that are kept stay."""
