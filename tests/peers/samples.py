"""How each of NumPy's functions is called when the libraries are compared: one sensible sample per function.

The first array of floating-point numbers in it is the variable.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

X = np.array([0.6, 0.2, 0.9, 0.4])
Y = np.array([0.5, 0.7, 0.1, 0.3])
Z = np.array([1.6, 2.2, 1.9, 3.4])
A = np.array([[2.0, 0.5, 0.1], [0.4, 3.0, 0.2], [0.3, 0.6, 1.5]])
S = A + A.T
V = A[0]
T = np.arange(16.0).reshape(2, 2, 2, 2) % 5.0 + 0.5
SYSTEM = np.eye(4).reshape(2, 2, 2, 2) + 0.1 * T
MASK = np.array([True, False, True, False])
PLACES = np.array([0, 2])
ROWS = np.array([[0, 1, 2]])
CODES = np.array([0, 1, 2, 1])

NOT_ASKED = frozenset({
    "array2string", "array_repr", "array_str", "save", "savetxt", "savez", "savez_compressed",
    "busday_count", "busday_offset", "datetime_as_string", "is_busday", "isnat",
    "can_cast", "common_type", "min_scalar_type", "result_type", "may_share_memory", "shares_memory",
    "bitwise_and", "bitwise_count", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift",
    "gcd", "lcm", "packbits", "unpackbits",
    "diag_indices_from", "einsum_path", "ix_", "ravel_multi_index", "tril_indices_from", "triu_indices_from",
    "unravel_index",
})  # fmt: skip
"""What concerns text, files, dates, dtypes, memory, bits, whole numbers and indices."""

SAMPLES: dict[str, tuple[Any, ...]] = {
    "allclose": (A, A),
    "append": (X, Y),
    "apply_along_axis": (np.sum, 0, A),
    "apply_over_axes": (np.sum, A, [0, 1]),
    "arccosh": (Z,),
    "argpartition": (X, 2),
    "array_split": (X, 2),
    "astype": (X, np.float32),
    "atleast_1d": (X,),
    "atleast_2d": (X,),
    "atleast_3d": (X,),
    "bincount": (CODES, X),
    "block": ([A, A],),
    "broadcast_arrays": (X, A[:, :1]),
    "broadcast_to": (X, (3, 4)),
    "choose": (CODES, [X, Y, Z]),
    "clip": (X, 0.3, 0.7),
    "column_stack": ([X, Y],),
    "compress": (MASK, X),
    "concatenate": ([X, Y],),
    "convolve": (X, Y),
    "copyto": (X, Y),
    "correlate": (X, Y),
    "cross": (V, A[1]),
    "cumulative_prod": (X,),
    "cumulative_sum": (X,),
    "delete": (X, 1),
    "digitize": (X, np.sort(Y)),
    "dsplit": (T, 2),
    "dstack": ([X, Y],),
    "einsum": ("ij,jk->ik", A, A),
    "expand_dims": (X, 0),
    "extract": (MASK, X),
    "fill_diagonal": (A, X[0]),
    "full_like": (A, X[0]),
    "geomspace": (X, 2.0, 3),
    "heaviside": (X, 0.5),
    "histogram": (X, 4, (0.0, 1.0), None, Y),
    "histogram2d": (X, Y, 4),
    "histogramdd": (np.stack([X, Y], 1), 2),
    "hsplit": (X, 2),
    "hstack": ([X, Y],),
    "insert": (X, 1, 0.5),
    "interp": (X, np.sort(Y), Z),
    "isin": (X, Y),
    "ldexp": (X, 2),
    "lexsort": ((X, Y),),
    "linspace": (X, 2.0, 3),
    "logspace": (X, 2.0, 3),
    "matvec": (A, V),
    "median": (X,),
    "meshgrid": (X, Y),
    "moveaxis": (A, 0, 1),
    "outer": (X, Y),
    "pad": (X, 1),
    "partition": (X, 2),
    "percentile": (X, 30.0),
    "nanpercentile": (X, 30.0),
    "piecewise": (X, [MASK, ~MASK], [np.sin, np.cos]),
    "place": (X, MASK, Y),
    "poly": (X,),
    "polyadd": (X, V),
    "polyder": (X,),
    "polydiv": (X, V),
    "polyfit": (X, Y, 1),
    "polyint": (X,),
    "polymul": (X, V),
    "polysub": (X, V),
    "polyval": (X, V),
    "put": (X, PLACES, Y),
    "put_along_axis": (A, ROWS, V[None], 0),
    "putmask": (X, MASK, Y),
    "quantile": (X, 0.3),
    "nanquantile": (X, 0.3),
    "repeat": (X, 2),
    "reshape": (A, (9,)),
    "resize": (X, (2, 3)),
    "roll": (X, 1),
    "rollaxis": (A, 1),
    "roots": (X,),
    "searchsorted": (np.sort(X), Y),
    "select": ([MASK, ~MASK], [X, Y]),
    "sort": (X,),
    "sort_complex": (X,),
    "split": (X, 2),
    "stack": ([X, Y],),
    "swapaxes": (A, 0, 1),
    "take": (X, PLACES),
    "take_along_axis": (A, ROWS, 0),
    "tensordot": (A, A, 1),
    "tile": (X, 2),
    "trim_zeros": (X,),
    "unwrap": (4.0 * X,),
    "vander": (X, 3),
    "vecdot": (X, Y),
    "vecmat": (V, A),
    "vsplit": (np.stack([X, Y]), 2),
    "vstack": ([X, Y],),
    "where": (MASK, X, Y),
    "linalg.cholesky": (S,),
    "linalg.cross": (V, A[1]),
    "linalg.eigh": (S,),
    "linalg.eigvalsh": (S,),
    "linalg.lstsq": (A[:, :2], V),
    "linalg.matrix_power": (A, 3),
    "linalg.multi_dot": ([A, A],),
    "linalg.outer": (X, Y),
    "linalg.solve": (A, V),
    "linalg.tensorinv": (SYSTEM,),
    "linalg.tensorsolve": (SYSTEM, A[:2, :2]),
    "linalg.tensordot": (A, A),
    "linalg.vecdot": (X, Y),
}
"""By name, where a function is not given one array per argument that it must have."""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """NumPy's functions that other arrays may take over and that are asked, each once and by its own name."""
    seen: set[Any] = set()
    for prefix, module in (("", np), ("linalg.", np.linalg)):
        for name in sorted(module.__all__):
            function = getattr(module, name)
            taken = isinstance(function, np.ufunc) or hasattr(function, "_implementation")
            if taken and function not in seen and function.__name__ not in NOT_ASKED:
                seen.add(function)
                yield f"{prefix}{function.__name__}", function


def sample(name: str, function: Callable[..., Any]) -> tuple[Any, ...]:
    """The arguments with which every library is asked."""
    if name in SAMPLES:
        return SAMPLES[name]
    if isinstance(function, np.ufunc):
        return (A, A.T)[: function.nin] if name == "matmul" else (X, Y)[: function.nin]
    parameters = inspect.signature(function).parameters.values()
    required = sum(p.default is p.empty and p.kind is not p.VAR_POSITIONAL for p in parameters)
    return (A, A.T)[:required]


def is_variable(x: Any) -> bool:
    """Whether it is an array or number of floating-point numbers, which may be differentiated."""
    return getattr(x, "dtype", None) == np.float64


def variable(args: tuple[Any, ...]) -> Any:
    """The first array of floating-point numbers among the arguments, also within a sequence."""
    flat = (y for x in args for y in (x if isinstance(x, list | tuple) else [x]))
    return next(filter(is_variable, flat), None)


def with_variable(args: tuple[Any, ...], x: Any) -> tuple[Any, ...]:
    """The arguments with another array in place of the first of floating-point numbers."""
    old = variable(args)

    def put(y: Any) -> Any:
        return type(y)(map(put, y)) if isinstance(y, list | tuple) else x if y is old else y

    return tuple(map(put, args))
