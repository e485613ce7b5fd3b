"""What is asked of a bundle before anything in it is used: its files, its packing, its signature, its graphs."""
