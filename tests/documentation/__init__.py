"""The documentation: its pictures, its reference, and what MkDocs is told about both."""
