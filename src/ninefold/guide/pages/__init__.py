"""One file, one question: a marimo notebook that answers it, by the contract in docs/how-to/guide.md."""
