"""Stage 9: what training looked like, put into the bundle, and when to say that it no longer holds."""
