"""Talking to models, hosted and of this machine, one or several at once."""
