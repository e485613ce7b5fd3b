"""The parts of bench/monitor.py, a file for each claim."""
