"""Two models on the same labelled rows: is the challenger worse? A room beside the nine stages: it reads
what they made, and makes nothing that they need."""
