"""Steps that turn blocks into features. One file, one step."""
