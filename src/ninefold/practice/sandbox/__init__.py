"""An answer in code is run in a process of its own, with limits: it guards against accidents, not against attackers."""
