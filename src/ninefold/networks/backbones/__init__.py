"""Networks that have learned from other images: read from folders and files, fetched where a user names a place."""
