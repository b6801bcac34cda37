"""One idea a file: `python -m examples.NAME` prints it, and a test asserts the printed numbers."""
