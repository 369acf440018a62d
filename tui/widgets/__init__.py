"""The panels that screens are made of; each paints lines and repaints only cells that changed."""
