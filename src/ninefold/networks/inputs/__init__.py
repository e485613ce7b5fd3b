"""How a row of a view enters a network: one file, one view."""
