"""Transformers that say the next token of a text: their torch module, their graphs, and what they learn from."""
