"""How numbers, names and tables are written, and foreign text in each language."""
