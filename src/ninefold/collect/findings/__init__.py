"""What reading a table may warn of: one file, one finding. Rules look at a `Dataset`."""
