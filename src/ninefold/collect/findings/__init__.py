"""What reading a table may warn of: one file, one finding, codes NF201 to NF299. Rules look at a `Dataset`."""
