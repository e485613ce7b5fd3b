"""What is claimed of networks: one file, one target, with ``main(arguments) -> exit code``."""
