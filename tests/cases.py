"""THE table of operations: each with the domains of its arguments, its shapes and its metadata.

The tests of `tests/autodiff/test_operations.py` run over it, and fail where an operation has no case.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.linalg
from scipy import special

import autodiff as ad
from autodiff.testing import POSITIVE, REAL, Domain
from autodiff.testing.expression.catalogue import CATALOGUE
from autodiff.testing.expression.catalogue.elementwise import STEPS
from autodiff.values.data import dtype_of

AWAY = REAL.without(0.0)


@dataclass(frozen=True)
class Elementwise:
    """An operation on mutually broadcastable arrays, numbers among them."""

    name: str
    domains: tuple[Domain, ...] = ()
    """Those of the catalogue, away from kinks, if they are not given."""
    metadata: tuple[tuple[str, Any], ...] = ()
    reference: Callable[..., Any] | None = None
    """NumPy's function, where its name is another or it has none."""
    stable: bool = True
    """Whether value and gradient are finite at ±1000."""

    def __post_init__(self) -> None:
        if not self.domains:
            object.__setattr__(self, "domains", domains_of(self.name))

    def __str__(self) -> str:
        return "-".join([self.name, *(f"{k}={v}" for k, v in self.metadata)])

    def __call__(self, *xs: Any) -> Any:
        return find(ad, self.name)(*xs, **dict(self.metadata))

    def numpy(self, *xs: Any) -> Any:
        """The same by NumPy."""
        return (self.reference or getattr(np, self.name))(*xs, **dict(self.metadata))


@dataclass(frozen=True)
class Shaped:
    """An operation on arrays of given shapes, called in a given way."""

    name: str
    shapes: tuple[tuple[int, ...], ...]
    call: Callable[..., Any]
    """call(f, *arrays), with f the operation here or NumPy's."""
    domain: Domain = REAL
    prepare: Callable[[Any], Any] = lambda x: x
    """Makes each array fit: symmetric, positive definite, well-conditioned. Part of the function."""
    reference: Callable[..., Any] | None = None
    linear: bool = False
    unique: bool = False
    order: int = 2

    def __str__(self) -> str:
        return f"{self.name}-{'-'.join('x'.join(map(str, shape)) or 'number' for shape in self.shapes)}"

    def __call__(self, *xs: Any) -> Any:
        return self.call(find(ad, self.name), *map(self.prepare, xs))

    def numpy(self, *xs: Any) -> Any:
        """The same by NumPy."""
        return self.call(self.reference or find(np, self.name), *map(self.prepare, xs))


def find(package: Any, name: str) -> Any:
    """`linalg.inv` of NumPy or of autodiff."""
    for part in name.split("."):
        package = getattr(package, part)
    return package


def domains_of(name: str) -> tuple[Domain, ...]:
    """Where the catalogue draws the operands of an operation, as far as that is between −5 and 5."""
    entries = [entry for entry in CATALOGUE if entry.name == name]
    entry = max(entries, key=lambda entry: len(entry.domains))
    first, *others = (_moderate(domain) for domain in entry.domains)
    return (first.without(*entry.corners), *others)


def _moderate(domain: Domain) -> Domain:
    return replace(domain, low=max(domain.low, REAL.low), high=min(domain.high, REAL.high))


def sigmoid(x: Any) -> Any:
    """1/(1 + e⁻ˣ) in longer numbers."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(x, np.longdouble))), np.asarray(x).dtype)


def erf(x: Any) -> Any:
    """By the standard library."""
    return np.vectorize(math.erf, otypes=[float])(x)


def gelu(x: Any, approximate: str = "none") -> Any:
    """By definition."""
    tanh = np.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3))
    return 0.5 * x * (1.0 + (erf(x / math.sqrt(2.0)) if approximate == "none" else tanh))


def layer_norm(x: Any, *affine: Any, axis: Any = -1, eps: float = 1e-5) -> Any:
    """By definition."""
    given: list[Any] = [*affine, *[1.0, 0.0][len(affine) :]]
    weight, bias = given
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    return weight * deviation / np.sqrt(np.var(x, axis=axis, keepdims=True) + eps) + bias


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """By definition."""
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


ELEMENTWISE = [
    Elementwise("add"),
    Elementwise("subtract"),
    Elementwise("multiply"),
    Elementwise("divide"),
    Elementwise("floor_divide", (STEPS, Domain(1.0, 1.0))),
    Elementwise("mod", (STEPS, Domain(1.0, 1.0))),
    Elementwise("power", stable=False),
    Elementwise("negative"),
    Elementwise("positive"),
    Elementwise("absolute"),
    Elementwise("sign"),
    Elementwise("reciprocal"),
    Elementwise("square"),
    Elementwise("maximum", (Domain(-5.0, 1.0), Domain(1.5, 5.0))),
    Elementwise("minimum", (Domain(-5.0, 1.0), Domain(1.5, 5.0))),
    Elementwise("fmax", (Domain(-5.0, 1.0), Domain(1.5, 5.0))),
    Elementwise("fmin", (Domain(-5.0, 1.0), Domain(1.5, 5.0))),
    Elementwise("clip", (REAL.without(-1.0, 2.0),), (("min", -1.0), ("max", 2.0)), np.clip),
    Elementwise("clip", (Domain(0.0, 1.0), Domain(-3.0, -1.0), Domain(2.0, 5.0)), reference=np.clip),
    Elementwise("clip", (Domain(-5.0, -4.0), Domain(-3.0, -1.0), Domain(2.0, 5.0)), reference=np.clip),
    Elementwise("clip", (Domain(6.0, 7.0), Domain(-3.0, -1.0), Domain(2.0, 5.0)), reference=np.clip),
    Elementwise("fmod", (Domain(1.3, 1.45), Domain(0.5, 0.6)), stable=False),
    Elementwise("nan_to_num"),
    Elementwise("floor"),
    Elementwise("ceil"),
    Elementwise("trunc"),
    Elementwise("rint"),
    Elementwise("round", (Domain(-3.0, 3.0, tuple(np.arange(-3.0, 3.01, 0.05)), 0.01),), (("decimals", 1),)),
    Elementwise("exp", stable=False),
    Elementwise("exp2", stable=False),
    Elementwise("expm1", stable=False),
    Elementwise("log"),
    Elementwise("log2"),
    Elementwise("log10"),
    Elementwise("log1p"),
    Elementwise("logaddexp"),
    Elementwise("logaddexp2"),
    Elementwise("sqrt"),
    Elementwise("cbrt"),
    Elementwise("hypot", (AWAY, AWAY)),
    Elementwise("sin"),
    Elementwise("cos"),
    Elementwise("tan"),
    Elementwise("arcsin"),
    Elementwise("arccos"),
    Elementwise("arctan"),
    Elementwise("arctan2"),
    Elementwise("deg2rad"),
    Elementwise("rad2deg"),
    Elementwise("sinh", stable=False),
    Elementwise("cosh", stable=False),
    Elementwise("tanh"),
    Elementwise("arcsinh"),
    Elementwise("arccosh"),
    Elementwise("arctanh"),
    Elementwise("sinc"),
    Elementwise("sigmoid", reference=sigmoid),
    Elementwise("relu", reference=lambda x: np.maximum(x, 0.0)),
    Elementwise("softplus", reference=lambda x: np.logaddexp(x, 0.0)),
    Elementwise("log_sigmoid", reference=lambda x: -np.logaddexp(-x, 0.0)),
    Elementwise("erf", reference=erf),
    Elementwise("gelu", reference=gelu),
    Elementwise("gelu", (Domain(-1.0, 5.0),), (("approximate", "tanh"),), gelu),
    Elementwise("xlogy", reference=lambda x, y: x * np.log(y), stable=False),
    Elementwise("xlog1py", reference=lambda x, y: x * np.log1p(y), stable=False),
    Elementwise("entr", reference=lambda x: -x * np.log(x)),
]

INSIDE = Domain(0.05, 0.95)


def _of_scipy(name: str, *domains: Domain, stable: bool = False) -> Elementwise:
    return Elementwise(f"ops.of_scipy.{name}", domains, reference=getattr(special, name), stable=stable)


OF_SCIPY = [
    Elementwise(
        "ops.of_scipy.polygamma",
        (POSITIVE,),
        (("order", 2),),
        lambda x, order: special.polygamma(order, x),
        stable=False,
    ),
    _of_scipy("digamma", POSITIVE, stable=True),
    _of_scipy("digamma", Domain(-0.8, -0.2)),
    _of_scipy("gamma", POSITIVE),
    _of_scipy("gammaln", POSITIVE, stable=True),
    _of_scipy("gammaln", Domain(-0.8, -0.2)),
    _of_scipy("loggamma", POSITIVE, stable=True),
    _of_scipy("beta", POSITIVE, POSITIVE),
    _of_scipy("betaln", POSITIVE, POSITIVE, stable=True),
    _of_scipy("erfc", REAL, stable=True),
    _of_scipy("erfinv", Domain(-0.95, 0.95)),
    _of_scipy("erfcinv", Domain(0.05, 1.95)),
    _of_scipy("ndtr", REAL, stable=True),
    _of_scipy("ndtri", INSIDE),
    _of_scipy("log_ndtr", REAL, stable=True),
    Elementwise(
        "ops.of_scipy.log_ndtr_slope",
        (REAL,),
        reference=lambda x: math.sqrt(2.0 / math.pi) / special.erfcx(-math.sqrt(0.5) * x),
    ),
    _of_scipy("logit", INSIDE),
    _of_scipy("rel_entr", POSITIVE, POSITIVE, stable=True),
    _of_scipy("kl_div", POSITIVE, POSITIVE, stable=True),
    _of_scipy("exp10", Domain(-3.0, 3.0)),
]
ELEMENTWISE += OF_SCIPY

ALIASES = {
    "conj": "positive",
    "conjugate": "positive",
    "degrees": "rad2deg",
    "fabs": "absolute",
    "fix": "trunc",
    "float_power": "power",
    "radians": "deg2rad",
    "real": "positive",
}


def symmetric(x: Any) -> Any:
    """½(A + Aᵀ) plus a diagonal that keeps eigenvalues apart."""
    n = x.shape[-1]
    return 0.05 * (x + ad.swapaxes(x, -1, -2)) + np.diag(np.arange(1.0, n + 1.0)).astype(x.dtype)


def regular(x: Any) -> Any:
    """A well-conditioned matrix with distinct singular values."""
    n, m = x.shape[-2:]
    return 0.05 * x + np.eye(n, m, dtype=x.dtype) * np.arange(1.0, m + 1.0, dtype=x.dtype)


SQUARE = ((3, 3),)
BATCH = ((2, 3, 3),)


def one(f: Any, x: Any) -> Any:
    """f(x)."""
    return f(x)


def two(f: Any, x: Any, y: Any) -> Any:
    """f(x, y)."""
    return f(x, y)


def holey(x: Any) -> Any:
    """The numbers of an array of at least four columns, and nan among them."""
    hole = np.arange(x.shape[-1]) == 2
    return np.where(hole, np.array(np.nan, dtype_of(x)), x)


def joined(*xs: Any) -> Any:
    """Several results as one array, by NumPy's functions, so that a case has one output."""
    return np.concatenate([np.reshape(x, (-1,)) for x in xs])


def _reductions() -> list[Shaped]:
    cases: list[Shaped] = []
    options: dict[str, Any]
    for name in ("sum", "mean", "prod", "max", "min", "var", "std"):
        unique = name in ("max", "min", "var", "std")
        linear = name == "sum"
        for shape, options in (
            ((), {}),
            ((4,), {}),
            ((2, 3), {"axis": 1}),
            ((2, 3), {"axis": -2, "keepdims": True}),
            ((2, 1, 3), {"axis": (0, -1)}),
            ((2, 3, 2), {"axis": (-1, 1), "keepdims": True}),
            ((2, 3), {"axis": ()}),
        ):
            if name in ("std", "var") and (shape == () or options == {"axis": ()}):
                continue
            cases.append(
                Shaped(name, (shape,), lambda f, x, o=options: f(x, **o), unique=unique, linear=linear)
            )
    cases += [
        Shaped("var", ((2, 4),), lambda f, x: f(x, axis=1, ddof=1)),
        Shaped("std", ((4, 2),), lambda f, x: f(x, axis=0, ddof=1), unique=True),
    ]
    for options in ({}, {"axis": 0}, {"axis": (0, -1)}, {"axis": 1, "keepdims": True}):
        cases.append(Shaped("logsumexp", ((2, 3),), lambda f, x, o=options: f(x, **o), reference=logsumexp))
    for options in ({}, {"axis": 0}, {"axis": (0, 1)}):

        def share(x: Any, axis: Any = -1) -> Any:
            return np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)

        def log_share(x: Any, axis: Any = -1, share: Any = share) -> Any:
            return np.log(share(x, axis))

        cases.append(Shaped("softmax", ((2, 3),), lambda f, x, o=options: f(x, **o), reference=share))
        cases.append(Shaped("log_softmax", ((2, 3),), lambda f, x, o=options: f(x, **o), reference=log_share))
    for shapes, options in (
        (((2, 3),), {}),
        (((4, 2),), {"axis": 0, "eps": 0.1}),
        (((2, 3), (3,)), {}),
        (((2, 3), (3,), (3,)), {}),
        (((2, 3, 2), (3, 1), (3, 1)), {"axis": (0, -1)}),
        (((2, 2, 3), (2, 3), ()), {"axis": (-2, -1)}),
    ):
        cases.append(
            Shaped("layer_norm", shapes, lambda f, *xs, o=options: f(*xs, **o), reference=layer_norm)
        )
    for name in ("cumsum", "cumprod"):
        for options in ({}, {"axis": 0}, {"axis": -1}):
            cases.append(Shaped(name, ((2, 3),), lambda f, x, o=options: f(x, **o), linear=name == "cumsum"))
    for name in ("linalg.norm", "norm"):
        for shape, options in (
            ((3,), {}),
            ((2, 3), {}),
            ((2, 3), {"axis": 1}),
            ((2, 3), {"axis": -1, "keepdims": True, "ord": 1}),
            ((2, 3), {"axis": 0, "ord": 3}),
            ((2, 3), {"axis": 0, "ord": np.inf}),
            ((2, 3), {"ord": "fro"}),
            ((2, 2, 3), {"axis": (1, 2)}),
            ((2, 3), {"ord": 2}),
            ((2, 3), {"ord": "nuc"}),
        ):
            cases.append(
                Shaped(
                    name,
                    (shape,),
                    lambda f, x, o=options: f(x, **o),
                    AWAY,
                    regular if options.get("ord") in (2, "nuc") else lambda x: x,
                    reference=np.linalg.norm,
                    unique=True,
                )
            )
    return cases


def _linear(name: str, *shapes: tuple[int, ...], call: Callable[..., Any] = one, **more: Any) -> Shaped:
    return Shaped(name, shapes, call, linear=True, **more)


ROWS = np.array([1, 0, 1])
MASK = np.array([[True, False, True], [False, True, True]])
KNOTS = np.array([-3.0, -1.5, 0.2, 1.0, 2.5])


def knots(x: Any) -> Any:
    """Points that ascend, in the precision of x."""
    return KNOTS.astype(dtype_of(x))


INDICES: list[Any] = [
    0, -1, slice(None), slice(1, None), slice(None, None, -2), None, Ellipsis, (slice(None), 1),
    (Ellipsis, 0, None), ROWS, [0, 0, 1], MASK, (ROWS, [2, 0, 2]), (slice(None), ROWS),
    (slice(None, None, -1), [0, 1]),
]  # fmt: skip

SHAPING = [
    _linear("reshape", (2, 3), call=lambda f, x: f(x, (3, -1))),
    _linear("reshape", (), call=lambda f, x: f(x, (1, 1))),
    _linear("ravel", (2, 3)),
    _linear("transpose", (2, 3)),
    _linear("transpose", (2, 3, 4), call=lambda f, x: f(x, (1, 2, 0))),
    _linear("transpose", (2, 3, 4), call=lambda f, x: f(x, (-1, 0, 1))),
    _linear("swapaxes", (2, 3, 4), call=lambda f, x: f(x, 0, -1)),
    _linear("moveaxis", (2, 3, 4), call=lambda f, x: f(x, 0, -1)),
    _linear("moveaxis", (2, 3, 4), call=lambda f, x: f(x, (0, 1), (-1, 0))),
    _linear("rollaxis", (2, 3, 4), call=lambda f, x: f(x, 2)),
    _linear("expand_dims", (2, 3), call=lambda f, x: f(x, 1)),
    _linear("expand_dims", (2, 3), call=lambda f, x: f(x, (0, -1))),
    _linear("squeeze", (1, 2, 1)),
    _linear("squeeze", (1, 2, 1), call=lambda f, x: f(x, -1)),
    _linear("broadcast_to", (3, 1), call=lambda f, x: f(x, (2, 3, 4))),
    _linear("broadcast_to", (), call=lambda f, x: f(x, (2, 3))),
    _linear(
        "sum_to", (2, 3, 4), call=lambda f, x: f(x, (3, 1)),
        reference=lambda x, shape: x.sum((0, 2)).reshape(shape),
    ),
    _linear("sum_to", (2, 3), call=lambda f, x: f(x, ()), reference=lambda x, shape: x.sum()),
    _linear("concatenate", (2, 3), (1, 3), call=lambda f, x, y: f([x, y])),
    _linear("concatenate", (2, 3), (2, 1), call=lambda f, x, y: f((x, y, x), axis=-1)),
    _linear("concatenate", (2, 3), (2,), call=lambda f, x, y: f([x, y], axis=None)),
    _linear("array", (), (), call=lambda f, x, y: f([[x, y], [2.0 * y, x]])),
    _linear("array", (2, 3), (3,), call=lambda f, x, y: f([x, [y, 0.5 * y]])),
    _linear("stack", (2, 3), (2, 3), call=lambda f, x, y: f([x, y], axis=1)),
    _linear("stack", (), (), call=lambda f, x, y: f([x, y, 2.0 * x])),
    _linear("vstack", (3,), (2, 3), call=lambda f, x, y: f([x, y])),
    _linear("hstack", (2, 3), (2, 1), call=lambda f, x, y: f([x, y])),
    _linear("dstack", (2, 3), (2, 3), call=lambda f, x, y: f([x, y])),
    _linear("column_stack", (2,), (2, 3), call=lambda f, x, y: f([x, y])),
    _linear("append", (2, 3), (1, 3), call=lambda f, x, y: f(x, y, axis=0)),
    _linear("append", (2, 3), (), call=lambda f, x, y: f(x, y)),
    _linear("split", (4, 3), call=lambda f, x: joined(f(x, 2)[1], 2.0 * f(x, [1, 3])[1])),
    _linear("split", (2, 4), call=lambda f, x: joined(*f(x, 2, axis=1)[::-1])),
    _linear("array_split", (5, 2), call=lambda f, x: joined(*f(x, 3)[::-1])),
    _linear("vsplit", (4, 2), call=lambda f, x: f(x, 2)[1]),
    _linear("hsplit", (2, 4), call=lambda f, x: f(x, 2)[1]),
    _linear("dsplit", (2, 2, 4), call=lambda f, x: f(x, 2)[1]),
    *(
        _linear("getitem", (2, 3), call=lambda f, x, i=i: f(x, i), reference=lambda x, i: x[i])
        for i in INDICES
    ),
    _linear(
        "scatter_add", (3, 2), call=lambda f, g: f(g, np.array([1, 0, 1]), (2, 2)),
        reference=lambda g, i, shape: np.stack([g[1], g[0] + g[2]]),
    ),
    _linear("take", (2, 3), call=lambda f, x: f(x, [5, 0, 0])),
    _linear("take", (2, 3), call=lambda f, x: f(x, [[2, 0], [0, 1]], axis=1)),
    _linear("repeat", (2, 3), call=lambda f, x: f(x, 2)),
    _linear("repeat", (2, 3), call=lambda f, x: f(x, [1, 3], axis=0)),
    _linear("tile", (2, 3), call=lambda f, x: f(x, (2, 1, 2))),
    _linear("tile", (3,), call=lambda f, x: f(x, 2)),
    _linear("flip", (2, 3)),
    _linear("flip", (2, 3), call=lambda f, x: f(x, axis=-1)),
    _linear("flipud", (2, 3)),
    _linear("fliplr", (2, 3)),
    *(_linear("rot90", (2, 3), call=lambda f, x, k=k: f(x, k)) for k in range(-1, 6)),
    _linear("roll", (2, 3), call=lambda f, x: f(x, 2)),
    _linear("roll", (2, 3), call=lambda f, x: f(x, (1, -2), axis=(0, 1))),
    _linear("pad", (2, 3), call=lambda f, x: f(x, ((1, 0), (2, 1)))),
    _linear("pad", (2, 3), call=lambda f, x: f(x, 1, mode="reflect")),
    _linear("pad", (2, 3), call=lambda f, x: f(x, 1, mode="edge")),
    _linear("diag", (3,)),
    _linear("diag", (3, 3), call=lambda f, x: f(x, 1)),
    _linear("diag", (2,), call=lambda f, x: f(x, -1)),
    _linear("diagonal", (2, 3, 4), call=lambda f, x: f(x, 1, -1, 0)),
    _linear(
        "on_diagonal", (2,), call=lambda f, x: f(x, (2, 3), 1, 0, 1),
        reference=lambda x, *_: np.diag(x, 1)[:2],
    ),
    _linear("unique", (2, 3), unique=True),
    _linear("unique", (3, 2), call=lambda f, x: f(x, return_index=True, axis=0)[0], unique=True),
    _linear("bincount", (4,), call=lambda f, x: f([0, 2, 0, 1], x, 5)),
    _linear("histogram", (4,), call=lambda f, x: f([0.1, 0.9, 0.2, 0.4], 3, (0.0, 1.0), weights=x)[0]),
    _linear("full_like", (), call=lambda f, x: f(np.ones((2, 3), dtype_of(x)), x)),
    _linear("take_along_axis", (2, 3), call=lambda f, x: f(x, np.array([[0, 0], [2, 1]]), axis=1)),
    _linear("trace", (3, 3)),
    _linear("trace", (2, 3, 4), call=lambda f, x: f(x, 1, 1, 2)),
    _linear("tril", (3, 3), call=lambda f, x: f(x, 1)),
    _linear("triu", (2, 3, 3)),
    _linear("sort", (2, 3), unique=True),
    _linear("sort", (2, 3), call=lambda f, x: f(x, axis=None), unique=True),
    _linear("partition", (2, 4), call=lambda f, x: np.max(f(x, 1)[:, :2], axis=1), unique=True),
    _linear("select", (3,), (3,), call=lambda f, x, y: f([MASK[0], MASK[1]], [x, y], 0.0)),
    _linear("where", (3,), (2, 3), call=lambda f, x, y: f(MASK, x, y)),
    _linear("where", (), (), call=lambda f, x, y: f(True, x, y)),
    _linear("diff", (2, 4), call=lambda f, x: f(x, 2)),
    _linear("diff", (4, 2), call=lambda f, x: f(x, axis=0)),
    _linear("gradient", (5,), call=lambda f, x: f(x, 0.5)),
    _linear("gradient", (3, 4), call=lambda f, x: joined(*f(x))),
    Shaped("gradient", ((4,),), lambda f, x: f(x, np.array([0.0, 1.0, 3.0, 3.5]), edge_order=2)),
    _linear("copy", (2, 3)),
    _linear("compress", (2, 3), call=lambda f, x: f([True, False, True], x, axis=1)),
    _linear("compress", (2, 3), call=lambda f, x: f([0, 1, 1], x)),
    _linear("extract", (2, 3), call=lambda f, x: f(MASK, x)),
    _linear("delete", (2, 4), call=lambda f, x: f(x, [0, -1], axis=1)),
    _linear("delete", (2, 3), call=lambda f, x: f(x, slice(None, None, 2))),
    _linear("delete", (3, 2), call=lambda f, x: f(x, np.array([True, False, False]), axis=0)),
    _linear("insert", (2, 3), (2,), call=lambda f, x, y: f(x, 1, y, axis=1)),
    _linear("insert", (2, 3), (2, 2), call=lambda f, x, y: f(x, [0, 3], y, axis=-1)),
    _linear("insert", (4,), (), call=lambda f, x, y: f(x, [1, 1, -1], y)),
    _linear("insert", (4,), (3,), call=lambda f, x, y: f(x, 2, y)),
    _linear("insert", (4,), (2,), call=lambda f, x, y: f(x, slice(0, 4, 3), y)),
    _linear("ediff1d", (2, 3), call=lambda f, x: f(x)),
    _linear("ediff1d", (4,), (2,), (), call=lambda f, x, y, z: f(x, y, z)),
    _linear("diagflat", (2, 2), call=lambda f, x: f(x, 1)),
    _linear("unstack", (2, 3), call=lambda f, x: joined(*f(x, axis=1))),
    _linear("broadcast_arrays", (3,), (2, 1), call=lambda f, x, y: joined(*f(x, y))),
    _linear("meshgrid", (3,), (2,), call=lambda f, x, y: joined(*f(x, y))),
    _linear("meshgrid", (3,), (2,), (2,), call=lambda f, x, y, z: joined(*f(x, y, z))),
    _linear("meshgrid", (3,), (2,), call=lambda f, x, y: joined(*f(x, y, indexing="ij", sparse=True))),
    _linear("block", (2, 2), (2,), (), call=lambda f, x, y, z: f([[x, x], [y, y], [z, z, z, z]])),
    _linear("block", (3,), (), call=lambda f, x, y: f([x, y])),
    _linear("block", (2, 3), call=lambda f, x: f(x)),
    Shaped("linspace", ((2, 1), (3,)), lambda f, x, y: f(x, y, 4, axis=1)),
    Shaped("linspace", ((), ()), lambda f, x, y: f(x, y, 5, endpoint=False)),
    Shaped("linspace", ((), (2,)), lambda f, x, y: f(x, y, 1)),
    Shaped("logspace", ((2, 1), (3,)), lambda f, x, y: f(0.3 * x, 0.3 * y, 4, axis=1)),
    Shaped("logspace", ((), (), ()), lambda f, x, y, b: f(x, y, 3, base=b), domain=POSITIVE),
    Shaped("geomspace", ((2, 1), (3,)), lambda f, x, y: f(x, y, 4, axis=1), domain=POSITIVE),
    Shaped("geomspace", ((), ()), lambda f, x, y: f(x, y, 3, endpoint=False), domain=POSITIVE),
    Shaped("modf", ((2, 3),), lambda f, x: joined(*f(x)), domain=STEPS),
    _linear("real_if_close", (2, 3)),
    _linear("matrix_transpose", (2, 3, 4)),
    Shaped("copysign", ((2, 3), (3,)), two),
    Shaped("heaviside", ((2, 3), (3,)), two),
    _linear("cumulative_sum", (2, 3), call=lambda f, x: f(x, axis=1, include_initial=True)),
    _linear("cumulative_sum", (3,)),
    Shaped("cumulative_prod", ((2, 3),), lambda f, x: f(x, axis=0, include_initial=True)),
    _linear("trapezoid", (2, 4), call=lambda f, x: f(x, dx=0.5)),
    Shaped("trapezoid", ((4, 2), (4,)), lambda f, y, x: f(y, x, axis=0)),
    Shaped("trapezoid", ((2, 4), (2, 4)), two),
    _linear("average", (2, 3), call=lambda f, x: f(x, axis=0)),
    Shaped("average", ((2, 3), (3,)), lambda f, x, w: f(x, 1, w), domain=POSITIVE),
    Shaped("average", ((2, 3),) * 2, lambda f, x, w: joined(*f(x, None, w, returned=True)), domain=POSITIVE),
    Shaped("ptp", ((2, 3),), lambda f, x: f(x, axis=1), unique=True),
    Shaped("divmod", ((2, 3),), lambda f, x: joined(*f(x, 1.5)), domain=STEPS),
    Shaped("median", ((5,),), one, unique=True),
    Shaped("median", ((2, 4),), lambda f, x: f(x, axis=1, keepdims=True), unique=True),
    Shaped("quantile", ((3, 4), (2,)), lambda f, x, q: f(x, 0.1 * q + 0.5, axis=1), unique=True),
    Shaped("quantile", ((6,), ()), lambda f, x, q: f(x, 0.05 * q + 0.5, method="hazen"), unique=True),
    Shaped("quantile", ((2, 3, 2),), lambda f, x: f(x, [0.3, 0.7], axis=(0, 2)), unique=True),
    Shaped("percentile", ((5,),), lambda f, x: f(x, 33.0), unique=True),
    Shaped("nanmedian", ((2, 5),), lambda f, x: f(holey(x), axis=1), unique=True),
    Shaped("nanquantile", ((2, 5),), lambda f, x: f(holey(x), [0.3, 0.55], axis=1), unique=True),
    Shaped("nanpercentile", ((5,),), lambda f, x: f(x, 70.0, method="weibull"), unique=True),
    *(
        Shaped(name, ((2, 5),), lambda f, x, o=options: f(holey(x), **o), unique=True)
        for name in ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin")
        for options in ({}, {"axis": 1}, {"axis": (0, 1), "keepdims": True})
    ),
    Shaped("nanvar", ((2, 5),), lambda f, x: f(holey(x), axis=1, ddof=1)),
    Shaped("nanstd", ((2, 5),), lambda f, x: f(holey(x), axis=1, ddof=1), unique=True),
    *(Shaped(name, ((2, 5),), lambda f, x: f(holey(x), axis=1)) for name in ("nancumsum", "nancumprod")),
    Shaped("interp", ((2, 3), (5,)), lambda f, x, y: f(x, knots(x), y)),
    Shaped("interp", ((4,), (5,), (5,)), lambda f, x, xp, fp: f(x, 0.1 * xp + knots(x), fp)),
    Shaped("interp", ((3,), (5,), (), ()), lambda f, x, y, a, b: f(2.0 * x, knots(x), y, left=a, right=b)),
    Shaped("interp", ((3,), (5,)), lambda f, x, y: f(x, knots(x), y, period=3.0)),
    Shaped("polyval", ((4,), (2, 3)), two),
    Shaped("polyval", ((3,), ()), two),
    Shaped("vander", ((4,),), one),
    Shaped("vander", ((3,),), lambda f, x: f(x, 2, increasing=True)),
    _linear("polyder", (4,)),
    _linear("polyder", (4,), call=lambda f, x: f(x, 2)),
    _linear("polyint", (3,)),
    Shaped("polyint", ((3,), (2,)), lambda f, x, k: f(x, 2, k)),
    _linear("polyadd", (2,), (4,), call=two),
    _linear("polysub", (2,), (4,), call=two),
    Shaped("polymul", ((2,), (4,)), two),
    _linear("apply_along_axis", (2, 3, 2), call=lambda f, x: f(np.sum, 1, x)),
    _linear("apply_along_axis", (2, 3), call=lambda f, x: f(np.diag, 0, x)),
    Shaped("apply_along_axis", ((2, 3),), lambda f, x: f(np.prod, -1, x, keepdims=True)),
    _linear("apply_over_axes", (2, 3, 2), call=lambda f, x: f(np.sum, x, [0, 2])),
    _linear("choose", (3,), (2, 1), call=lambda f, x, y: f(ROWS, [x, y])),
    _linear("choose", (3,), (3,), call=lambda f, x, y: f([-1, 0, 4], [x, y], mode="wrap")),
    Shaped("unwrap", ((2, 4),), lambda f, x: f(3.0 * x)),
    Shaped("unwrap", ((4, 2),), lambda f, x: f(x, 2.0, axis=0, period=3.0)),
    Shaped("cov", ((3, 4),), one),
    Shaped("cov", ((4, 2), (4, 1)), lambda f, x, y: f(x, y, rowvar=False, bias=True)),
    Shaped("cov", ((4,),), one),
    Shaped(
        "cov", ((2, 4), (4,)), lambda f, x, w: f(x, None, fweights=[1, 2, 1, 3], aweights=w), domain=POSITIVE
    ),
    Shaped("corrcoef", ((3, 5),), one),
    Shaped("corrcoef", ((5,), (5,)), two),
    *(
        Shaped(name, shapes, lambda f, x, y, mode=mode: f(x, y, mode))
        for name in ("convolve", "correlate")
        for mode in ("full", "same", "valid")
        for shapes in (((5,), (3,)), ((2,), (5,)), ((4,), (4,)))
    ),
    _linear("atleast_1d", ()),
    _linear("atleast_2d", (3,)),
    _linear("atleast_3d", (2, 3)),
    _linear("astype", (2, 3), call=lambda f, x: f(x, np.float64), reference=lambda x, t: x.astype(t)),
]  # fmt: skip

PRODUCTS = [
    Shaped("matmul", shapes, two)
    for shapes in (
        ((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 2, 3), (3, 2)),
        ((2, 2, 3), (2, 3, 1)), ((2, 3), (4, 3, 2)), ((3,), (2, 3, 2)), ((2, 2, 3), (3,)),
        ((1, 2, 3), (2, 3, 2)),
    )
]  # fmt: skip
PRODUCTS += [
    Shaped("dot", shapes, two)
    for shapes in (((3,), (3,)), ((2, 3), (3, 2)), ((2, 3), (3,)), ((), (3,)), ((2, 2, 3), (2, 3, 2)))
]
PRODUCTS += [
    Shaped("vdot", ((2, 3), (6,)), two),
    Shaped("inner", ((3,), (3,)), two),
    Shaped("inner", ((2, 3), (4, 3)), two),
    Shaped("inner", ((), (3,)), two),
    Shaped("inner", ((2, 3), ()), two),
    Shaped("vecdot", ((2, 3), (3,)), two),
    Shaped("vecdot", ((3, 2), (3, 1)), lambda f, x, y: f(x, y, axis=0)),
    Shaped("matvec", ((2, 2, 3), (3,)), two),
    Shaped("vecmat", ((2, 3), (3, 2)), two),
    Shaped("outer", ((2,), (3,)), two),
    Shaped("outer", ((2, 2), (3,)), two),
    Shaped("tensordot", ((2, 3, 4), (3, 4, 2)), two),
    Shaped("tensordot", ((2, 3), (3, 2)), lambda f, x, y: f(x, y, axes=1)),
    Shaped("tensordot", ((2, 3), (2, 4)), lambda f, x, y: f(x, y, axes=([0], [0]))),
    Shaped("tensordot", ((2,), (3,)), lambda f, x, y: f(x, y, axes=0)),
    Shaped("kron", ((2, 2), (1, 3)), two),
    Shaped("kron", ((2,), (3,)), two),
    Shaped("cross", ((3,), (3,)), two),
    Shaped("cross", ((2, 3), (3,)), two),
    Shaped("cross", ((3, 2), (2, 3)), lambda f, x, y: f(x, y, axisa=0)),
    Shaped("cross", ((2, 3), (3, 2)), lambda f, x, y: f(x, y, axisb=0, axisc=0)),
    Shaped("cross", ((3, 2), (3, 2)), lambda f, x, y: f(x, y, axis=0)),
    Shaped("einsum", ((2, 3), (3, 4)), lambda f, x, y: f("ij,jk->ik", x, y)),
    Shaped("einsum", ((2, 3), (3, 2)), lambda f, x, y: f("ij,ji", x, y)),
    Shaped("einsum", ((3, 3),), lambda f, x: f("ii->i", x), linear=True),
    Shaped("einsum", ((3, 3),), lambda f, x: f("ii", x), linear=True),
    Shaped("einsum", ((2, 3),), lambda f, x: f("ij->j", x), linear=True),
    Shaped("einsum", ((2, 3, 4), (4, 2)), lambda f, x, y: f("...ij,jk->...ik", x, y)),
    Shaped("einsum", ((2,), (2, 3), (3,)), lambda f, x, y, z: f("i,ij,j", x, y, z)),
]

LINALG = [
    Shaped("linalg.solve", ((3, 3), (3,)), lambda f, a, b: f(regular(a), b)),
    Shaped("linalg.solve", ((3, 3), (3, 2)), lambda f, a, b: f(regular(a), b)),
    Shaped("linalg.solve", ((2, 3, 3), (3, 2)), lambda f, a, b: f(regular(a), b)),
    *(
        Shaped(name, shapes, one, prepare=prepare)
        for shapes in (SQUARE, BATCH)
        for name, prepare in (
            ("linalg.inv", regular),
            ("linalg.det", regular),
            ("linalg.cholesky", symmetric),
            ("linalg.pinv", regular),
        )
    ),
    Shaped("linalg.pinv", ((3, 2),), one, prepare=regular),
    *(Shaped("linalg.slogdet", shapes, lambda f, x: f(x)[1], prepare=regular) for shapes in (SQUARE, BATCH)),
    *(
        Shaped(
            "linalg.eigh",
            shapes,
            lambda f, x: joined(f(x)[0], np.square(f(x)[1])),
            prepare=symmetric,
        )
        for shapes in (SQUARE, BATCH)
    ),
    *(
        Shaped(
            "linalg.svd",
            shapes,
            lambda f, x: (lambda u, s, v: joined(s, np.matmul(u, v)))(*f(x, full_matrices=False)),
            prepare=regular,
        )
        for shapes in (((3, 2),), ((2, 3),), BATCH)
    ),
    Shaped("linalg.svd", ((3, 2),), lambda f, x: f(x, compute_uv=False), prepare=regular),
]

LINALG += [
    _linear("linalg.trace", (2, 3, 4), call=lambda f, x: f(x, offset=1)),
    _linear("linalg.diagonal", (2, 3, 4), call=lambda f, x: f(x, offset=-1)),
    _linear("linalg.matrix_transpose", (2, 3)),
    Shaped("linalg.matmul", ((2, 3), (3, 2)), two),
    Shaped("linalg.tensordot", ((2, 3), (3, 2)), lambda f, x, y: f(x, y, axes=1)),
    Shaped("linalg.vecdot", ((2, 3), (2, 3)), two),
    Shaped("linalg.outer", ((2,), (3,)), two),
    Shaped("linalg.cross", ((3, 2), (3, 2)), lambda f, x, y: f(x, y, axis=0)),
    Shaped("linalg.multi_dot", ((2, 3), (3, 4), (4, 2)), lambda f, x, y, z: f([x, y, z])),
    Shaped("linalg.multi_dot", ((3,), (3, 4), (4,)), lambda f, x, y, z: f([x, y, z])),
    Shaped("linalg.multi_dot", ((4, 1), (1, 4)), lambda f, x, y: f([x, y, x, y])),
    *(
        Shaped("linalg.matrix_power", ((2, 2),), lambda f, x, n=n: f(x, n), prepare=regular)
        for n in (-2, 0, 1, 5)
    ),
    *(Shaped("linalg.cond", BATCH, lambda f, x, p=p: f(x, p), prepare=regular) for p in (None, -2, "fro")),
    Shaped("linalg.cond", SQUARE, one, prepare=regular),
    Shaped("linalg.tensorinv", ((4, 4),), lambda f, x: f(np.reshape(regular(x), (2, 2, 4)))),
    Shaped("linalg.tensorinv", ((3, 3),), lambda f, x: f(x, ind=1), prepare=regular),
    Shaped("linalg.tensorsolve", ((4, 4), (2, 2)), lambda f, x, b: f(np.reshape(regular(x), (2, 2, 4)), b)),
    Shaped(
        "linalg.tensorsolve",
        ((4, 4), (4,)),
        lambda f, x, b: f(np.reshape(regular(x), (2, 4, 2)), b, axes=(0, 2)),
    ),
    Shaped("linalg.svdvals", ((3, 2),), one, prepare=regular),
    Shaped("linalg.eigvalsh", SQUARE, one, prepare=symmetric),
    Shaped("linalg.vector_norm", ((2, 3),), one),
    Shaped("linalg.vector_norm", ((2, 3, 2),), lambda f, x: f(x, axis=(0, 2), keepdims=True, ord=3)),
    Shaped("linalg.matrix_norm", ((2, 3, 2),), one),
    Shaped("linalg.matrix_norm", ((2, 3),), lambda f, x: f(x, keepdims=True, ord="nuc")),
]


def by_scipy(name: str) -> Callable[..., Any]:
    """The function of scipy.linalg, which NumPy lacks."""
    return lambda *given: getattr(scipy.linalg, name)(*given)


def triangle(x: Any) -> Any:
    """A matrix of which both triangles are well-conditioned."""
    return 0.3 * x + 3.0 * np.eye(x.shape[-1], dtype=x.dtype)


LINALG += [
    Shaped("linalg.lstsq", ((4, 2), (4,)), lambda f, a, b: joined(*f(regular(a), b)[:2]), domain=REAL),
    Shaped("linalg.lstsq", ((2, 4), (2, 3)), lambda f, a, b: f(regular(a), b)[0]),
    Shaped("linalg.lstsq", ((3, 3), (3, 2)), lambda f, a, b: joined(*f(regular(a), b)[::3])),
    *(
        Shaped(
            "linalg.solve_triangular", ((3, 3), shape), lambda f, a, b, o=options: f(triangle(a), b, *o),
            reference=by_scipy("solve_triangular"),
        )
        for shape, options in (((3,), ()), ((3, 2), (1,)), ((3,), (0, True)), ((3, 2), ("T", True, True)))
    ),
    *(
        Shaped("linalg.expm", (shape,), lambda f, a: f(0.4 * a), reference=by_scipy("expm"))
        for shape in ((3, 3), (2, 2, 2))
    ),
    *(
        Shaped("linalg.qr", (shape,), lambda f, a: joined(*f(a)), prepare=regular)
        for shape in ((4, 2), (3, 3), (2, 3), (2, 3, 2))
    ),
    Shaped("linalg.qr", ((3, 3),), lambda f, a: f(a, mode="r"), prepare=regular),
    Shaped("linalg.qr", ((2, 3),), lambda f, a: joined(*f(a, mode="complete")), prepare=regular),
]  # fmt: skip

SHAPED = [*_reductions(), *SHAPING, *PRODUCTS, *LINALG]

CASES: list[Elementwise | Shaped] = [*ELEMENTWISE, *SHAPED]

COMPUTED = (
    "array", "interp", "linalg.expm", "linalg.lstsq", "linalg.solve", "linalg.solve_triangular",
    "linalg.tensorinv", "linalg.tensorsolve", "logspace", "quantile", "unwrap",
    "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin", "nanprod", "nanquantile", "nanstd",
    "nansum", "nanvar",
)  # fmt: skip
"""Operations whose cases compute with what they are given, before they are called."""
