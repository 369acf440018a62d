"""Curves of what was measured: which are drawn together, smoothed, and as a picture in a file."""
