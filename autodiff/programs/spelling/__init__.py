"""Python source, read and written: names, numbers, operators, and the text of functions."""
