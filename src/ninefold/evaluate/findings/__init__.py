"""What an evaluation may warn of: one file, one finding, codes NF701 to NF799."""
