"""How observations are given to formulas that take one value per feature, x₁, x₂, …"""

from __future__ import annotations

from collections.abc import Sequence

from autodiff import Value
from autodiff.values.data import Operand, shape_of

from .notation import indexed


def features(given: Sequence[Operand], count: int, reader: str) -> tuple[list[Value], bool]:
    """The arguments of a call as Values x₁ … x_count, and whether they came as a table.

    One number per feature, or one array per feature, all of one shape; as arguments, or in one list. Or one
    table with observations in rows. What is no Value becomes a constant with the name of its feature.

    >>> features([3.0, -2.0], 2, "Network")
    ([Value(3.0, name='x₁', constant=True), Value(-2.0, name='x₂', constant=True)], False)

    Raises ValueError for another number of features, and where columns differ in shape.
    """
    is_table = False
    if len(given) == 1:
        given, is_table = _opened(given[0], count)
    if len(given) != count:
        raise ValueError(_miscounted(given, is_table, count, reader))
    x = [
        entry if type(entry) is Value else Value(entry, indexed("x", k), constant=True)
        for k, entry in enumerate(given, 1)
    ]
    _check_shapes(x, reader)
    return x, is_table


def _opened(x: Operand, count: int) -> tuple[Sequence[Operand], bool]:
    """One argument as one entry per feature, and whether it is a table."""
    if isinstance(x, (list, tuple)) and not any(isinstance(entry, (list, tuple)) for entry in x):
        return x, False
    variable = x if type(x) is Value else Value(x, constant=True)
    if variable.ndim == 2:
        return list(x.T if type(x) is Value else variable.data.T), True
    if variable.ndim == 1 and count > 1:
        return list(x) if type(x) is Value else variable.tolist(), False
    return [x], False


def _check_shapes(x: Sequence[Value], reader: str) -> None:
    shapes = {entry.shape for entry in x} - {()}
    if len(shapes) > 1:
        told = ", ".join(f"{entry.name or indexed('x', k)} {entry.shape}" for k, entry in enumerate(x, 1))
        raise ValueError(f"{reader}: the columns of all features must have one shape, got {told}")


def _miscounted(given: Sequence[Operand], is_table: bool, count: int, reader: str) -> str:
    """The message for a wrong number of features; what looks transposed is told so."""
    got = f"{len(given)} column{'s' if len(given) > 1 else ''}" if is_table else f"{len(given)}"
    told = f"{reader}: expected {count} feature{'s' if count > 1 else ''}, got {got}"
    lengths = {_length(entry) for entry in given}
    if lengths == {None}:
        return f"{told}; a column is an array, np.array(x)" if count == 1 else told
    if lengths != {count}:
        return told
    if is_table:
        return f"{told} of {count}: the table looks transposed; observations are rows, so give X.T"
    return (
        f"{told} of length {count}: they look like rows; give the columns, network(*X.T), "
        "or the table, network(X)"
    )


def _length(entry: Operand) -> int | None:
    """How long a column is, or None for what is none."""
    if isinstance(entry, (list, tuple)):
        return len(entry)
    shape = shape_of(entry)
    return shape[0] if len(shape) == 1 else None
