"""The configuration: what the user has settled, and where each of it was said."""
