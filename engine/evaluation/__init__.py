"""Evaluations: how good models' answers to a suite are, and how certain that is."""
