"""Deleting files and models, at services and here: asked for, then done, then recorded as done."""
