"""Sweeps: one recipe trained again and again, to see which settings, or how much data, matter."""
