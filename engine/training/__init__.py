"""The training process and its account of itself: files in a run folder, nothing of the store."""
