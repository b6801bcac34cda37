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

from _autodiff_hypothesis import register

try:
    from .data_set import DataSet, data_sets
    from .domains import POSITIVE, REAL, UNIT, Domain
    from .dtypes import dtypes
    from .edges import edge_arrays, edge_numbers
    from .expression import Drawable, Expression, expressions
    from .network import NetworkCase, networks
    from .same_derivative import assert_same_derivative
    from .strategies import arrays, broadcastable_arrays, numbers, values
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ImportError(
        "autodiff.testing needs hypothesis: pip install 'autodiff-lecture[testing]'", name="hypothesis"
    ) from error

register()  # for those who have autodiff on the path without having installed it

__all__ = [
    "POSITIVE",
    "REAL",
    "UNIT",
    "DataSet",
    "Domain",
    "Drawable",
    "Expression",
    "NetworkCase",
    "arrays",
    "assert_same_derivative",
    "broadcastable_arrays",
    "data_sets",
    "dtypes",
    "edge_arrays",
    "edge_numbers",
    "expressions",
    "networks",
    "numbers",
    "values",
]
