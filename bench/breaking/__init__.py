"""The experiments of `bench/faults.py`: what is done to runs, and what must hold afterwards."""
