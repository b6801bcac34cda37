"""A program over rows in chunks: one program per chunk, and one of the sums over all."""
