"""Comparing jobs and models."""
