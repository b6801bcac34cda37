"""A listing as steps: calls of Python and NumPy, and the memory that they write into."""
