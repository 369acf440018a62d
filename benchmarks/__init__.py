"""Measurements of ftlab beside its peers: `python -m benchmarks`, no asserts on time."""
