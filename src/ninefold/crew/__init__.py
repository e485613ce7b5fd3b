"""Worker processes that fit learners. They are asked in JSON lines, answer in JSON lines, and can be stopped."""
