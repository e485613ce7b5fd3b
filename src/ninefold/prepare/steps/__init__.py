"""Steps that make number blocks finite, complete and tame. One file, one step."""
