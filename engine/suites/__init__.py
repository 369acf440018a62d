"""Suites: the prompts that models are asked, recorded and compared by."""
