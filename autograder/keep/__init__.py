"""A course's life: begun from nothing, carried into the next term, kept safe and brought back."""
