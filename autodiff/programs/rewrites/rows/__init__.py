"""Many alike lines as one line on arrays, and where the rows of these arrays come from."""
