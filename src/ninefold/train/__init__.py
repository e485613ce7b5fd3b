"""Stage 6: fit the ensemble's members on all training rows, and make the one graph with the proof that it is right."""
