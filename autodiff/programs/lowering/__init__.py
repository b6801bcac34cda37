"""A listing as instructions: calls of Python and NumPy, and the memory that they write into."""
