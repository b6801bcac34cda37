"""Whole matrices of derivatives: jacobian and hessian, by rows or by columns."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, Literal, overload

import numpy as np

from ..ops import stack
from ..values.data import Data, as_data, dtype_of, shape_of
from ..values.modes import differentiating
from ..values.value import Value
from .engine import along
from .evaluation import Arguments, Evaluation, Function, evaluated, records
from .functional import Gradient, grad, linear
from .sparsity import Colouring, coloured, pattern_of
from .structure import leaves, mapped, rebuilt

MANY = 16
"""Passes from which on it is found out whether some can be shared."""

COLUMN_COST = 2
"""A column walks the graph of the gradient, about twice the graph of f that a row walks."""


def jacobian(
    f: Function, argnums: Arguments = 0, create_graph: bool = False, has_aux: bool = False
) -> Function:
    """A function that returns all partial derivatives of f.

        J[i, j] = ∂fᵢ/∂xⱼ;   the shape is that of the output followed by that of the argument

    By rows, one vjp per entry of the output, or by columns, one jvp per entry of the arguments,
    whichever is cheaper. Rows, or columns, share one where they have no entry in common whatever the
    numbers are: a matrix of three diagonals takes three. A structure of outputs gives that structure, with
    that of the arguments inside it.
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
    variables = leaves(call.variables)
    entries, unknowns = math.prod(shape_of(output)), sum(variable.size for variable in variables)
    passes = min(entries, COLUMN_COST * unknowns)
    pattern = pattern_of(output, variables) if passes >= MANY and isinstance(output, Value) else None
    if pattern is not None:
        parts = np.split(pattern, np.cumsum([x.size for x in variables])[:-1], axis=1)
        rows = coloured(pattern, passes // 2)
        fewest = rows.count if rows else passes // 2
        columns = [coloured(part.T, fewest // COLUMN_COST) for part in parts]
        if all(columns) and sum(x.count for x in columns if x) * COLUMN_COST < fewest:
            return _columns(call, output, columns)
        if rows:
            return _rows(call, output, [rows.of(part) for part in parts])
    if entries <= COLUMN_COST * unknowns:
        return _rows(call, output, [None] * len(variables))
    return _columns(call, output, [None] * len(variables))


def _units(x: Any, colouring: Colouring | None) -> list[Data]:
    """Arrays like x: one for each entry, 1 there and 0 elsewhere, or for each colour of entries."""
    flat = np.eye(math.prod(shape_of(x))) if colouring is None else colouring.seeds
    return [as_data(row.reshape(shape_of(x)).astype(dtype_of(x))) for row in flat]


def _rows(call: Evaluation, output: Any, parts: Sequence[Colouring | None]) -> list[Any]:
    """By rows; `parts` have the colours of rows, with what each variable has of them."""
    rows = [call.gradient(output, unit) for unit in _units(output, next(iter(parts), None))]
    return [
        _assembled([row[k] for row in rows], colouring, shape_of(output) + variable.shape, variable)
        for k, (variable, colouring) in enumerate(zip(leaves(call.variables), parts, strict=True))
    ]


def _columns(call: Evaluation, output: Any, parts: Sequence[Colouring | None]) -> list[Any]:
    """By columns; `parts` have the colours of those of each variable."""
    seed, rows = linear(call, output)
    found = []
    for row, variable, colouring in zip(rows, leaves(call.variables), parts, strict=True):
        columns = [along(row, seed, unit, call.record) for unit in _units(variable, colouring)]
        turned = _assembled(columns, colouring, (variable.size, math.prod(seed.shape)), variable)
        turned = turned.T if shape_of(turned) else turned
        found.append(turned.reshape(seed.shape + variable.shape) if shape_of(turned) else turned)
    return found


def _assembled(rows: list[Any], colouring: Colouring | None, shape: tuple[int, ...], like: Value) -> Any:
    """Rows joined to an array of a shape; a number where the shape is ()."""
    if not rows:
        return np.zeros(shape, like.dtype)
    if not shape:
        return rows[0]
    together = stack(rows)
    return (together if colouring is None else colouring.apart(together.reshape(len(rows), -1))).reshape(
        shape
    )
