"""Why a graph says what it says: methods that ask the graph itself, over raw columns."""
