"""What MkDocs is told: pages that are made of others, links, docstrings, formulas."""
