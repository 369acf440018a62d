"""Scoring answers: by what is hoped for, by their form, by what they cost."""
