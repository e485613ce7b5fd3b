"""What is not learned from: one file, one reason, codes NF300 to NF307. Columns that are kept stay."""
