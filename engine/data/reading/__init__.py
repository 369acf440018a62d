"""Rows out of files of any known format, one at a time: the memory used does not grow with them."""
