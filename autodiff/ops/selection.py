"""Choices between numbers, and functions that are constant between jumps.

Conventions at the kinks: abs′(0) = 0; clip′ at its bounds is 0; where two variables tie in a
maximum or minimum, each has half the slope; jumps have slope 0.

A length and an angle have slope 0 at the origin by convention, but no second derivative. So their rules
divide by `ratio`, and that of |x| takes `_sign`: operations with a value at 0, and the slope nan there.
A `where` would not do, as it selects, and hides what is nan.
"""

from __future__ import annotations

import math

import numpy as np

from ..values.data import Data, Operand, dtype_of
from ..values.declaration import choosing, composed, elementwise, primitive
from ..values.value import Value

__all__ = [
    "absolute",
    "ceil",
    "clip",
    "fabs",
    "fix",
    "floor",
    "fmax",
    "fmin",
    "fmod",
    "maximum",
    "minimum",
    "nan_to_num",
    "rint",
    "round",
    "sign",
    "trunc",
    "where",
]


@choosing
@primitive(
    formula="x if condition else y",
    selecting=True,
    entrywise=True,
    dcondition=0.0,
    dx=lambda g, z, condition, x, y: where(condition, g, 0.0),
    dy=lambda g, z, condition, x, y: where(condition, 0.0, g),
)
def where(condition: Data, x: Data, y: Data, /) -> Data:
    """Choice, entry by entry.   z = x where the condition holds, else y.

    The gradient flows only to the branch taken: the other contributes nothing, not even where its slope is
    infinite or nan.
    """
    return np.where(condition, x, y)


@elementwise(
    symbol="/",
    formula="x/y",
    scalar=lambda x, y: x / y if y else 0.0,
    dx=lambda z, x, y: y / y / y,  # 1/y, and nan at 0
    dy=lambda z, x, y: -(z / y),
)
def ratio(x: Data, y: Data, /) -> Data:
    """Share of a length.   z = x/y, and 0 where y = 0;   ∂z/∂x = 1/y,  ∂z/∂y = −z/y, nan where y = 0."""
    nothing = np.equal(y, 0.0)
    return np.where(nothing, 0.0, x / np.where(nothing, 1.0, y))


@elementwise(
    symbol="abs",
    typeset="|{}|",
    kink="absolute′(0) = 0",
    nonnegative=True,
    scalar=abs,
    dx=lambda y, x: _sign(x),
)
def absolute(x: Data, /) -> Data:
    """Absolute value.   y = |x|;   dy/dx = sign x;   at 0 the second derivative is nan."""
    return np.absolute(x)


def _sign_of_number(x: float) -> float:
    return float((x > 0.0) - (x < 0.0)) if x == x else x


@elementwise(symbol="sign", scalar=_sign_of_number, dx=lambda y, x: 0.0 / absolute(x))
def _sign(x: Data, /) -> Data:
    """The slope of |x|.   y = sign x;   dy/dx = 0, and nan at 0."""
    return np.sign(x)


fabs = absolute


@elementwise(dx=0.0, scalar=_sign_of_number, kink="sign′(0) = 0")
def sign(x: Data, /) -> Data:
    """Sign: −1, 0 or 1.   dy/dx = 0."""
    return np.sign(x)


@elementwise(typeset="⌊{}⌋", dx=0.0, kink="floor′(1) = 0")
def floor(x: Data, /) -> Data:
    """Largest integer not above x.   dy/dx = 0."""
    return np.floor(x)


@elementwise(typeset="⌈{}⌉", dx=0.0, kink="ceil′(1) = 0")
def ceil(x: Data, /) -> Data:
    """Smallest integer not below x.   dy/dx = 0."""
    return np.ceil(x)


@elementwise(dx=0.0, kink="trunc′(1) = 0")
def trunc(x: Data, /) -> Data:
    """The nearest integer towards 0.   dy/dx = 0."""
    return np.trunc(x)


fix = trunc


@elementwise(dx=1.0, dy=lambda z, x, y: -trunc(x / y))
def fmod(x: Data, y: Data, /) -> Data:
    """Remainder with the sign of x.   z = x − y·trunc(x/y);   ∂z/∂x = 1,  ∂z/∂y = −trunc(x/y)."""
    return np.fmod(x, y)


@elementwise(dx=0.0, kink="rint′(0.5) = 0")
def rint(x: Data, /) -> Data:
    """The nearest integer, the even one of two.   dy/dx = 0."""
    return np.rint(x)


@elementwise(typeset="round{decimals:below}({})", dx=0.0, kink="round′(0.5) = 0")
def round(x: Data, /, decimals: int = 0) -> Data:
    """x rounded to decimals, halves to even.   dy/dx = 0."""
    return np.round(x, decimals)


@elementwise(
    selecting=True, kink="nan_to_num′(nan) = 0", dx=lambda y, x, copy, nan, posinf, neginf: np.isfinite(x)
)
def nan_to_num(
    x: Data, /, copy: bool = True, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Data:
    """x with nan and infinities replaced by numbers.   dy/dx = 1 where x is finite, else 0.

    `copy` is there for NumPy's order of arguments: the result is always a new array.
    """
    return np.nan_to_num(x, True, nan, posinf, neginf)


# -- bounds ------------------------------------------------------------------------------------


@elementwise(
    selecting=True,
    symbol="clip",
    kink="clip′(0, 0, 1) = 0",
    dx=lambda z, x, low, high: (((x > low) | (low == -np.inf)) & ((x < high) | (high == np.inf))) | (x != x),
    dlow=None,
    dhigh=None,
)
def bounded(x: Data, low: Data, high: Data, /) -> Data:
    """x brought between two constant bounds.   z = min(max(x, low), high)."""
    return np.minimum(np.maximum(x, low), high)


@composed
def clip(
    x: Operand,
    /,
    min: Operand = None,
    max: Operand = None,
    *,
    a_min: Operand = None,
    a_max: Operand = None,
) -> Operand:
    """x brought between two bounds, None where there is none.

        z = min(max(x, low), high);   ∂z/∂x = 1 strictly between the bounds, else 0

    Where x is held back its slope is 0 whatever x was computed from, also of infinite slope: 0·∞ = 0 there.
    A bound that is a variable has the slope where it holds x back, and its share of it where both tie, as
    in `maximum` and `minimum`. Bounds broadcast against x. `a_min` and `a_max` are NumPy's older names.
    Raises TypeError for a bound given under both names.

    >>> clip([1.0, 5.0, 9.0], 2.0, 6.0)
    array([2., 5., 6.])
    """
    low, high = _bound("min", min, a_min, -math.inf), _bound("max", max, a_max, math.inf)
    if _variable(low) or _variable(high):
        return minimum(maximum(x, low), high)
    return bounded(x, low, high)


def _bound(name: str, new: Operand, old: Operand, none: float) -> Operand:
    """A bound by either of its names; `none` where it was not given."""
    if new is not None and old is not None:
        raise TypeError(f"clip: {name} and a_{name} are one bound, and were both given; leave one out")
    given = old if new is None else new
    return none if given is None else given


@elementwise(typeset="[{} > {}]", dx=0.0, dy=0.0)
def preference(x: Data, y: Data, /) -> Data:
    """Share of x in the larger of two: 1 where x > y or y is nan, ½ where they tie, else 0."""
    ahead = np.greater(x, y) | np.isnan(y)
    dtype = np.result_type(dtype_of(x), dtype_of(y))
    return np.where(ahead, 1.0, np.where(np.equal(x, y), 0.5, 0.0)).astype(dtype)


@elementwise(
    selecting=True,
    symbol="max",
    kink="maximum′(1, 1) = ½",
    scalar=lambda x, y: x if x >= y or x != x else y,
    dx=lambda z, x, y: preference(0.0 - y, 0.0 - x),
    dy=lambda z, x, y: preference(0.0 - x, 0.0 - y),
)
def larger(x: Data, y: Data, /) -> Data:
    """The larger of two variables.   A tie shares the slope evenly."""
    return np.maximum(x, y)


@elementwise(
    selecting=True,
    symbol="min",
    kink="minimum′(1, 1) = ½",
    scalar=lambda x, y: x if x <= y or x != x else y,
    dx=lambda z, x, y: preference(y, x),
    dy=lambda z, x, y: preference(x, y),
)
def smaller(x: Data, y: Data, /) -> Data:
    """The smaller of two variables.   A tie shares the slope evenly."""
    return np.minimum(x, y)


def _variable(x: Operand) -> bool:
    if isinstance(x, (list, tuple)):
        return any(map(_variable, x))
    return isinstance(x, Value) and not x.constant


@composed
def maximum(x: Operand, y: Operand, /) -> Operand:
    """The larger of two.   z = max(x, y);   ∂z/∂x = 1 where x > y, ½ at a tie, else 0.

    Against a constant or a plain number it is `clip`, whose slope at the bound is 0.
    """
    if _variable(x) and not _variable(y):
        return bounded(x, y, math.inf)
    if _variable(y) and not _variable(x):
        return bounded(y, x, math.inf)
    return larger(x, y)


@composed
def minimum(x: Operand, y: Operand, /) -> Operand:
    """The smaller of two.   z = min(x, y);   ∂z/∂x = 1 where x < y, ½ at a tie, else 0.

    Against a constant or a plain number it is `clip`, whose slope at the bound is 0.
    """
    if _variable(x) and not _variable(y):
        return bounded(x, -math.inf, y)
    if _variable(y) and not _variable(x):
        return bounded(y, -math.inf, x)
    return smaller(x, y)


@elementwise(
    selecting=True,
    kink="fmax′(1, 1) = ½",
    dx=lambda z, x, y: preference(x, y),
    dy=lambda z, x, y: preference(y, x),
)
def fmax(x: Data, y: Data, /) -> Data:
    """The larger of two, ignoring nan.   A tie shares the slope evenly."""
    return np.fmax(x, y)


@elementwise(
    selecting=True,
    kink="fmin′(1, 1) = ½",
    dx=lambda z, x, y: preference(0.0 - x, 0.0 - y),
    dy=lambda z, x, y: preference(0.0 - y, 0.0 - x),
)
def fmin(x: Data, y: Data, /) -> Data:
    """The smaller of two, ignoring nan.   A tie shares the slope evenly."""
    return np.fmin(x, y)
