"""Stage 2, data: any table is read, its columns are given kinds, and rows are sealed for evaluation."""
