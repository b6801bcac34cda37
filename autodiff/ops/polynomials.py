"""Polynomials by their coefficients, the highest power first, as NumPy's older functions take them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..values.data import Operand, shape_of
from ..values.declaration import composed
from .arithmetic import add, multiply
from .editing import unstack
from .plain import FUNCTIONS

__all__ = ["polyval"]


@composed
def polyval(p: Operand, x: Operand, /) -> Any:
    """Value of a polynomial, by Horner's scheme.   y = p₀·xⁿ⁻¹ + … + pₙ₋₂·x + pₙ₋₁.

        ∂y/∂x = (n − 1)·p₀·xⁿ⁻² + … + pₙ₋₂,  ∂y/∂pᵢ = xⁿ⁻¹⁻ⁱ

    Raises TypeError for a poly1d as x, which composes polynomials.

    >>> polyval([1.0, 0.0, 2.0], 3.0)
    11.0
    """
    if isinstance(x, np.poly1d):
        raise TypeError("polyval: x must be numbers, not a poly1d; numpy.polyval composes plain polynomials")
    first, *others = unstack(p) if shape_of(p)[:1] != (0,) else [0.0]
    y = add(first, multiply(FUNCTIONS["zeros_like"](x), 1.0)) if shape_of(x) else add(first, 0.0)
    for coefficient in others:
        y = add(multiply(y, x), coefficient)
    return y
