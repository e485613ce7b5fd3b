"""Text out of graphs that say which token comes next: tokenizer, beam search, translation, generation."""
