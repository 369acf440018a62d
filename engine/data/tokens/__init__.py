"""What examples come to in tokens, for the model that is to learn from them."""
