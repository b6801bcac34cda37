"""Hypothesis strategies for tests of functions of Values.

    from hypothesis import given
    from autodiff import check_gradients, tanh
    from autodiff.testing import arrays

    @given(arrays())
    def test_tanh(x):
        check_gradients(tanh, x)

Needs the extra `testing`.
"""

from __future__ import annotations

try:
    from .catalogue.drawable import Drawable
    from .drawing import expressions
    from .expression import Expression
    from .strategies import POSITIVE, REAL, UNIT, Domain, arrays, broadcastable_arrays, numbers, values
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ImportError(
        "autodiff.testing needs hypothesis: pip install 'autodiff-lecture[testing]'", name="hypothesis"
    ) from error

__all__ = [
    "POSITIVE",
    "REAL",
    "UNIT",
    "Domain",
    "Drawable",
    "Expression",
    "arrays",
    "broadcastable_arrays",
    "expressions",
    "numbers",
    "values",
]
