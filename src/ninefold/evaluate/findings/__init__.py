"""What an evaluation may warn of: one file, one finding."""
