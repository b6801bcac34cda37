"""Loops as columns: parts of what f recorded that are alike, computed side by side as arrays."""
