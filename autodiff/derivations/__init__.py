"""A recorded graph as mathematics: closed formulas, and derivatives link by link.

`formula` is in `closed_form`, `explain` in `derivation`.
"""
