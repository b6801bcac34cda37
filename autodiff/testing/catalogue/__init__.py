"""The catalogue of what can be drawn: each operation with its domains, shapes, spellings and kinks."""
