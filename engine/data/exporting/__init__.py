"""Examples out of ftlab, in whatever shape somebody else takes them."""
