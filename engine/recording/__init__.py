"""Recording how a model answers, for when it can no longer be asked."""
