"""What an evaluation of clusters may warn of: one file, one finding, codes NF720 to NF729."""
