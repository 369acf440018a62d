"""Markdown as lines of a terminal, whole or while it is still being written."""
