"""What the columns and rows that are learned from may warn of: one file, one finding."""
