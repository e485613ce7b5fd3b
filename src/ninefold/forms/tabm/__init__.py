"""TabM: networks that share their weights, fitted by the library of that name."""
