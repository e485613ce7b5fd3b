"""The one training loop. Its modules load torch: import them inside functions only."""
