"""Fits: sums of squares, minimised by what is known of each residual."""

from .nonlinear_least_squares import least_squares
from .regression import Fit

__all__ = ["Fit", "least_squares"]
