"""How groups fare, in numbers: who is in which group, rates and their differences, thresholds that make them even."""
