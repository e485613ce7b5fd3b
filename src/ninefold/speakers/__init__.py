"""One file, one speaker: whoever learns from texts to say the next token of one, or where in one the answer stands."""
