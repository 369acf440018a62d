"""Making what the repository carries out of real runs."""
