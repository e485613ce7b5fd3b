"""Practice: cards made from the guide's pages, when each is due again, and answers in code held against hidden
checks."""
