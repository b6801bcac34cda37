"""Minimisation with Values. Nothing is here yet: `examples.lecture_network` descends by hand."""
