"""Text out of graphs that say which token comes next, or where the answer stands: beam search, translation, generation,
search among documents, answers."""
