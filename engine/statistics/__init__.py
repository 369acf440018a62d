"""Statistics of scores: how certain a figure is, and whether two models differ."""
