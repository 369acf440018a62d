"""Dataset versions: recording them, and making one out of others."""
