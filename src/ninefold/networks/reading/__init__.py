"""Networks that read a question and a passage, and say where in it the answer begins and ends."""
