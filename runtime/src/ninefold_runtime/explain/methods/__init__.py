"""One file, one method of explanation."""
