"""Loops of a listing: what need not be done in each step is done before or after, for all steps at once."""
