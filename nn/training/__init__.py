"""Training: `fit`, what it reports, and what it keeps in files."""

from .checkpoint import load, save
from .fitting import fit
from .history import History
from .metrics import accuracy

__all__ = ["History", "accuracy", "fit", "load", "save"]
