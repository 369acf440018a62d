"""Telling somebody outside ftlab that a job has ended, each end once.

What is owed is read from the log: the ends recorded since somebody wanted to be told, less those
that were claimed. So it does not matter which process recorded an end, nor where it was cut off.
"""
