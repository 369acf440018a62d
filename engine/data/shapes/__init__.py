"""The shapes in which people keep examples, and the one in which ftlab does."""
