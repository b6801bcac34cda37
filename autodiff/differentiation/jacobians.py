"""Whole matrices of derivatives: jacobian and hessian, by rows or by columns."""

from __future__ import annotations

import functools
import math
from typing import Any, Literal, overload

import numpy as np

from ..ops import stack
from ..values.data import Data, as_data, dtype_of, shape_of
from ..values.modes import differentiating
from ..values.value import Value
from .engine import gradients
from .functional import Arguments, Evaluation, Function, Gradient, evaluated, grad, linear, records
from .structure import leaves, mapped, rebuilt

COLUMN_COST = 2
"""A column walks the graph of the gradient, about twice the graph of f that a row walks."""


def jacobian(
    f: Function, argnums: Arguments = 0, create_graph: bool = False, has_aux: bool = False
) -> Function:
    """A function that returns all partial derivatives of f.

        J[i, j] = ∂fᵢ/∂xⱼ;   the shape is that of the output followed by that of the argument

    By rows, one vjp per entry of the output, or by columns, one jvp per entry of the arguments,
    whichever is cheaper. A structure of outputs gives that structure, with that of the arguments inside it.
    With `has_aux`, f returns a pair (output, aux), and the result is (jacobian, aux).

    >>> import numpy as np
    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    @functools.wraps(f)
    def apply(*args: Any, **kwargs: Any) -> Any:
        record = records(args, create_graph)
        with differentiating():
            call = evaluated(f, args, argnums, record, kwargs, has_aux)
            whole = mapped(lambda y: rebuilt(call.variables, iter(matrices(call, y))), call.output)
        return (whole, call.plain(call.aux)) if has_aux else whole

    return apply


@overload
def hessian(f: Function, argnums: Literal[0] = 0) -> Gradient: ...
@overload
def hessian(f: Function, argnums: Arguments = 0, has_aux: bool = False) -> Function: ...
def hessian(f: Function, argnums: Arguments = 0, has_aux: bool = False) -> Function:
    """A function that returns all second derivatives of f, which returns one number.

        H[i, j] = ∂²f/∂xᵢ∂xⱼ;   the shape is that of the argument, twice

    With `has_aux`, f returns a pair (number, aux), and the result is (hessian, aux).

    >>> hessian(lambda x: x**3)(2.0)
    12.0
    """
    return jacobian(grad(f, argnums, has_aux=has_aux), argnums, has_aux=has_aux)


def matrices(call: Evaluation, output: Any) -> list[Any]:
    """The Jacobian of one number or array of the output, for each variable."""
    entries = math.prod(shape_of(output))
    unknowns = sum(variable.size for variable in leaves(call.variables))
    if entries <= COLUMN_COST * unknowns:
        return _rows(call, output)
    return _columns(call, output)


def _units(x: Any) -> list[Data]:
    """One array for each entry of x, 1 there and 0 elsewhere."""
    flat = np.eye(math.prod(shape_of(x)), dtype=dtype_of(x))
    return [as_data(row.reshape(shape_of(x))) for row in flat]


def _rows(call: Evaluation, output: Any) -> list[Any]:
    rows = [call.gradient(output, unit) for unit in _units(output)]
    return [
        _assembled([row[k] for row in rows], shape_of(output) + variable.shape, variable)
        for k, variable in enumerate(leaves(call.variables))
    ]


def _columns(call: Evaluation, output: Any) -> list[Any]:
    seed, rows = linear(call, output)
    found = []
    for row, variable in zip(rows, leaves(call.variables), strict=True):
        columns = [gradients(row, seed, unit, call.record) for unit in _units(variable)]
        turned = _assembled(columns, (variable.size, math.prod(seed.shape)), variable)
        turned = turned.T if shape_of(turned) else turned
        found.append(turned.reshape(seed.shape + variable.shape) if shape_of(turned) else turned)
    return found


def _assembled(rows: list[Any], shape: tuple[int, ...], like: Value) -> Any:
    """Rows joined to an array of a shape; a number where the shape is ()."""
    if not rows:
        return np.zeros(shape, like.dtype)
    if not shape:
        return rows[0]
    return stack(rows).reshape(shape)
