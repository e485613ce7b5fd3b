"""Broken runs of nine stages that the reader mends: one file, one fault.

A file is read, never imported: its docstring is the story, its first function is the one to mend, functions that begin
with ``check_`` examine what it gives. FIX and each of WRONG are texts of that function with what they are replaced by.
"""
