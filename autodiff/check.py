"""Checking derivatives against finite differences.

For outputs yₖ of f, fixed random seeds uₖ, and a random direction v in one argument x,

    Σₖ ⟨uₖ, yₖ(x + h·v) − yₖ(x − h·v)⟩ / 2h  →  ⟨ḡ, v⟩     as h → 0,

where ḡ is the gradient that the engine finds for the seeds. The next order is the same check of the
function (x, u) ↦ ḡ, recorded with `create_graph`.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from . import modes
from .data import Data, as_data, canonical, dtype_of, shape_of
from .difference import extrapolated, kink
from .engine import gradients
from .report import Comparison, GradientReport
from .value import Value

__all__ = ["check_gradients"]

Vector: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

EPSILON = float(np.finfo(np.float64).eps)


def check_gradients(
    f: Callable[..., Any],
    *xs: Any,
    order: int = 2,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
) -> GradientReport:
    """Compare the derivatives of f at xs, up to an order, with central differences.

    f takes Values and returns a Value of any shape, or a tuple of them; xs are numbers, arrays or
    Values. Each argument is checked along one random direction; the numbers reported are sums over
    directions and seeds; at order 1 the derivative itself, where argument and output are numbers. From
    order 2 on, the seed of the order below, the gradient that enters the rules, is an argument too.

    Steps and tolerances follow the dtype, ε its precision: `rtol` is ε^⅓ (6e-6 for float64, 5e-3 for
    float32), `atol` is ε^⅔ times the size of the output, at least 1; the uncertainty of the difference
    is allowed besides.

    A central difference sees the mean of the slopes on both sides, so a convention that takes the
    mean (abs at 0, a shared maximum) passes at order 1; its jump is found at order 2.

    Raises AssertionError, naming argument, entry, order and both numbers, where they differ, where a
    value or gradient is not finite, and where a rule gives plain and recorded gradients that differ.

    >>> check_gradients(lambda x, w: x * w, 2.0, 3.0, order=1).rows[1].passed
    True
    """
    if order < 1 or not xs:
        raise ValueError(f"check_gradients: an order ≥ 1 and an argument are needed, got {order} and {xs}")
    rng = np.random.default_rng(seed)
    point = [as_data(x.data if isinstance(x, Value) else x) for x in xs]
    level = _level(f, _names(f, len(xs)), point, 1, rng)
    rows = level.checked(rng, rtol, atol)
    for _ in range(1, order):
        level.nearby(rng).checked(rng, rtol, atol)
        level = level.next(rng)
        rows += level.checked(rng, rtol, atol)
    return GradientReport(tuple(rows))


def _names(f: Callable[..., Any], n: int) -> list[str]:
    """Names of the first n arguments of f; their positions where it has no signature."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:n]
    rest = [p.name for p in parameters if p.kind == p.VAR_POSITIONAL] or ["argument "]
    return names + [f"{rest[0]}[{i}]" for i in range(n - len(names))]


# -- functions of several arguments and outputs ------------------------------------------------


def _outputs(f: Callable[..., Any], xs: Sequence[Value]) -> tuple[Value, ...]:
    """The results of f as Values; plain numbers are constants."""
    with modes.differentiating():
        result = f(*xs)
    parts = tuple(result) if isinstance(result, (tuple, list)) else (result,)
    if not parts:
        raise TypeError("check_gradients: the function must return a Value or a tuple of Values, got ()")
    return tuple(y if isinstance(y, Value) else Value(y, constant=True) for y in parts)


def _pulled(outputs: Sequence[Value], xs: Sequence[Value], seeds: Sequence[Any], record: bool) -> list[Any]:
    """Gradients of Σₖ ⟨seedₖ, outputₖ⟩."""
    parts = [gradients(y, xs, u, create_graph=record) for y, u in zip(outputs, seeds, strict=True)]
    return [reduce(operator.add, each) for each in zip(*parts, strict=True)]


def _flat(parts: Sequence[Data]) -> Vector:
    return np.concatenate([np.ravel(part) for part in parts]).astype(np.float64)


def _random_like(x: Data, rng: np.random.Generator) -> Data:
    """Entries in ±[½, 1½], so that none hides an error by being small."""
    shape = shape_of(x)
    entries = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 1.5, shape)
    return canonical(np.asarray(entries, dtype_of(x)))


def _first_bad(data: Data) -> str | None:
    """Where data first are not finite, and what is there."""
    bad = np.argwhere(~np.isfinite(data))
    return f"{_entry(tuple(bad[0]))} is {np.asarray(data)[tuple(bad[0])]}" if len(bad) else None


def _entry(index: tuple[Any, ...]) -> str:
    return f" at entry {tuple(map(int, index))}" if index else ""


# -- one order ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Level:
    """A function to be checked at a point; of order n, the gradient function of that of order n − 1."""

    f: Callable[..., Any]
    names: list[str]
    point: list[Data]
    order: int
    seeds: list[Data]
    gradient: list[Data]
    values: Vector
    place: str = ""

    def nearby(self, rng: np.random.Generator) -> _Level:
        """The function a step away, where a rule that is right at the point alone is wrong."""
        h = self._epsilon ** (1 / 4)
        moved = [x + h * (_random_like(x, rng) * self._size(i)) for i, x in enumerate(self.point)]
        with np.errstate(all="ignore"):
            level = _level(self.f, self.names, moved, self.order, rng)
        finite = np.isfinite(level.values).all() and np.isfinite(_flat(level.gradient)).all()
        return replace(level, place=", a step away from the point") if finite else self

    def next(self, rng: np.random.Generator) -> _Level:
        """The gradient as a function of this level's arguments and seeds."""
        n = len(self.point)

        def gradient(*arguments: Value) -> tuple[Any, ...]:
            xs, seeds = arguments[:n], arguments[n:]
            with modes.differentiating():
                return tuple(_pulled(_outputs(self.f, xs), xs, seeds, record=True))

        f = "f" + "′" * (self.order - 1)
        indices = [f"[{k}]" for k in range(len(self.seeds))] if len(self.seeds) > 1 else [""]
        names = self.names + [f"seed of {f}{index}" for index in indices]
        level = _level(gradient, names, self.point + self.seeds, self.order + 1, rng)
        if not np.allclose(level.values, _flat(self.gradient), self._epsilon ** (1 / 3), self._floor):
            raise AssertionError(
                f"check_gradients: derivatives of order {self.order} differ between plain and recorded "
                f"passes: {_flat(self.gradient)} and {level.values}; a rule must do the same on both"
            )
        return level

    def checked(self, rng: np.random.Generator, rtol: float | None, atol: float | None) -> list[Comparison]:
        """A row for each argument. Raises AssertionError at the first that is wrong."""
        self._require_finite()
        rtol = self._epsilon ** (1 / 3) if rtol is None else rtol
        rows = []
        for i in range(len(self.point)):
            v = _random_like(self.point[i], rng) * self._size(i)
            rows.append(self._comparison(i, v, rtol, atol))
            if not rows[-1].passed:
                raise AssertionError(self._complaint(i, v, rows[-1], rtol, atol))
        return rows

    @property
    def _epsilon(self) -> float:
        """Precision of the coarsest dtype involved."""
        dtypes = [dtype_of(x) for x in (*self.point, *self.seeds)]
        return max(EPSILON, *(float(np.finfo(dtype).eps) for dtype in dtypes))

    @property
    def _floor(self) -> float:
        """Error to allow where a derivative is 0: rounding of the outputs over a step."""
        return self._magnitude * float(self._epsilon ** (2 / 3))

    @property
    def _magnitude(self) -> float:
        """Size of Σ ⟨seed, output⟩; at least 1, as what it was computed from may be larger than it."""
        return max(1.0, float(np.abs(_flat(self.seeds) * self.values).sum()))

    def _size(self, i: int) -> Data:
        """Scale of the steps, entry by entry, so that x ± h·v is rounded by little."""
        return canonical(np.maximum(np.abs(self.point[i]), dtype_of(self.point[i]).type(1.0)))

    def _change(self, i: int, step: Data) -> float:
        """Change of Σ ⟨seed, output⟩ as argument i makes a step; nan where f is not finite."""
        moved = [x + step if j == i else x for j, x in enumerate(self.point)]
        with np.errstate(all="ignore"):
            outputs = _outputs(self.f, [Value(x, name) for x, name in zip(moved, self.names, strict=True)])
            return float(np.dot(_flat([y.data for y in outputs]) - self.values, _flat(self.seeds)))

    def _unit(self, v: Data) -> float:
        """What to count in: the seed or step of what has one entry, to show derivatives themselves."""
        ones = [
            entries.sum() for entries in (_flat(self.seeds), _flat([v])) if np.count_nonzero(entries) == 1
        ]
        return float(np.prod(ones))

    def _comparison(self, i: int, v: Data, rtol: float, atol: float | None) -> Comparison:
        """Both derivatives along v in argument i."""
        unit = self._unit(v)
        terms = _flat([self.gradient[i]]) * _flat([v]) / unit
        analytic = float(terms.sum())
        atol = self._floor / abs(unit) if atol is None else atol
        numeric, doubt = extrapolated(
            lambda h: self._change(i, v * h) / unit,
            self._epsilon,
            self._magnitude / abs(unit),
            rtol,
            atol,
        )
        scale = max(float(np.abs(terms).sum()), abs(numeric))
        tolerance = atol + rtol * scale + min(10.0 * doubt, rtol**0.5 * scale)
        return Comparison(self.names[i], self.order, analytic, numeric, abs(analytic - numeric), tolerance)

    def _require_finite(self) -> None:
        if not np.isfinite(self.values).all():
            raise AssertionError(f"check_gradients: order {self.order}: the function is {self.values}")
        for name, g in zip(self.names, self.gradient, strict=True):
            if bad := _first_bad(g):
                raise AssertionError(
                    f"check_gradients: gradient of order {self.order} with respect to {name!r}{bad}"
                )

    # -- saying what is wrong ------------------------------------------------------------------

    def _complaint(self, i: int, v: Data, row: Comparison, rtol: float, atol: float | None) -> str:
        """The message for a failed row, told of the first wrong entry where there is one."""
        where = " along a random direction" if shape_of(self.point[i]) else ""
        for index, entry in self._entries(i):
            one = self._comparison(i, entry, rtol, atol)
            if not one.passed:
                row, v, where = one, entry, _entry(index)
                break
        where += self.place
        told = (
            f"check_gradients: derivative of order {self.order} with respect to {row.argument!r}{where}: "
            f"analytic {row.analytic:.9g}, numeric {row.numeric:.9g}, "
            f"error {row.error:.3g} exceeds {row.tolerance:.3g}"
        )
        if not np.isfinite(row.numeric):
            return f"{told}; the function is not finite at any step from the point, or has no limit"
        unit = self._unit(v)
        found = kink(lambda h: self._change(i, v * h) / unit, self._epsilon, row.tolerance)
        return f"{told}; {found}" if found else told

    def _entries(self, i: int) -> Iterator[tuple[tuple[int, ...], Data]]:
        """Each index of argument i, and a step in that entry alone."""
        sizes = np.asarray(self._size(i))
        for index in np.ndindex(sizes.shape):
            step = np.zeros_like(sizes)
            step[index] = sizes[index]
            yield index, canonical(step)


def _level(
    f: Callable[..., Any], names: list[str], point: list[Data], order: int, rng: np.random.Generator
) -> _Level:
    """The function with its values and gradient at the point."""
    xs = [Value(x, name) for x, name in zip(point, names, strict=True)]
    outputs = _outputs(f, xs)
    data = [y.data for y in outputs]
    seeds = [_random_like(y, rng) for y in data]
    return _Level(f, names, point, order, seeds, _pulled(outputs, xs, seeds, record=False), _flat(data))
