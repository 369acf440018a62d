"""Taking a hosted service's whole history in, before it goes."""
