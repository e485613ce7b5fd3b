"""The doors of the service: one file for each protocol by which it can be asked."""
