"""What is no number, or too large a one, has NumPy's meaning or one clear error: no array of objects."""

import datetime
import decimal
import fractions
import inspect
import operator
from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, gradients
from autodiff.settings import any_number, positive
from tests.autodiff.test_operations import example, quiet
from tests.cases import CASES, COMPUTED, find

HUGE = 10**400

ODD = {
    "None": None,
    "str": "abc",
    "bytes": b"a",
    "object": object(),
    "Fraction": fractions.Fraction(1, 2),
    "Decimal": decimal.Decimal("0.5"),
    "date": datetime.date(2020, 1, 1),
    "datetime64": np.datetime64("2020-01-01"),
    "timedelta64": np.timedelta64(1, "D"),
    "dict": {0: 1.0},
    "empty dict": {},
    "set": {1.0},
    "type": float,
    "function": len,
    "Ellipsis": ...,
    "slice": slice(None),
    "complex": 1j,
    "False": False,
    "range": range(3),
    "huge": HUGE,
    "huge and negative": -HUGE,
    "a list of None": [None, 1.0],
    "a list of strings": ["a", "b"],
    "a list of a huge one": [HUGE],
    "a list of fractions": [fractions.Fraction(1, 2)],
    "ragged": [[1.0], [1.0, 2.0]],
    "ragged Values": ([Value(1.0)], Value(2.0)),
    "Values and None": [Value(1.0), None],
    "empty": [],
    "objects": np.array([None, 1.0], object),
    "strings": np.array(["a"]),
    "records": np.zeros(2, [("a", float)]),
    "masked": np.ma.masked_array([1.0, 2.0], [True, False]),
}

OPERATORS = (
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "add",
    "sub",
    "mul",
    "truediv",
    "pow",
    "mod",
    "and_",
    "or_",
    "xor",
)

INDEXED = (
    "compress", "delete", "extract", "getitem", "insert", "scatter_add", "take", "take_along_axis",
)  # fmt: skip
"""Operations of which NumPy's IndexError is the clear error."""


def sound(act, *args, indexed=False):
    """Whether a call gives numbers, or raises a TypeError or ValueError."""
    try:
        result = quiet(act, *args)
    except (TypeError, ValueError):
        return True
    except IndexError:
        return indexed
    parts = result if isinstance(result, (tuple, list)) else [result]
    data = [part.data if isinstance(part, Value) else part for part in parts]
    kinds = (bool, int, float, np.generic, np.ndarray, np.dtype, type(Ellipsis))
    return all(isinstance(x, kinds) and getattr(x, "dtype", None) != np.dtype(object) for x in data)


def positional(f):
    return sum(p.kind is p.POSITIONAL_ONLY for p in inspect.signature(f).parameters.values())


@pytest.mark.parametrize("odd", ODD)
def test_operands_of_operations(odd):
    for case in CASES:
        f, xs = find(ad, case.name), list(map(Value, example(case)))
        if case.name in (*COMPUTED, "stack", "partition"):
            continue  # these cases compute with the arguments themselves
        call = getattr(case, "call", lambda f, *xs: f(*xs))
        for i in range(len(xs)):
            given = [*xs[:i], ODD[odd], *xs[i + 1 :]]
            assert sound(call, f, *given, indexed=case.name in INDEXED), (case.name, i)
    for f in (ad.linalg.expm, *(getattr(ad, name) for name in COMPUTED if name.startswith("nan"))):
        assert sound(f, ODD[odd])
    for f in (ad.linalg.solve, ad.linalg.lstsq, ad.interp, ad.partition, ad.array, ad.select):
        assert sound(f, ODD[odd], np.eye(2)) or f is ad.array


OPTIONS = {
    "reshape": {"shape": (3, 2)}, "broadcast_to": {"shape": (2, 3)}, "sum_to": {"shape": (2, 3)},
    "swapaxes": {"axis1": 0, "axis2": 1}, "moveaxis": {"source": 0, "destination": 1},
    "expand_dims": {"axis": 0},
    "repeat": {"repeats": 2}, "tile": {"reps": 2}, "roll": {"shift": 1}, "astype": {"dtype": float},
    "on_diagonal": {"shape": (2, 3, 3)}, "getitem": {"index": 0},
    "scatter_add": {"index": 0, "shape": (2, 2, 3)},
    "take": {"indices": 0}, "pad": {"pad_width": 1}, "partition": {"kth": 1}, "rollaxis": {"axis": 1},
    "array_split": {"indices_or_sections": 1}, "split": {"indices_or_sections": 1},
    "vsplit": {"indices_or_sections": 1}, "hsplit": {"indices_or_sections": 1},
    "dsplit": {"indices_or_sections": 1},
    "take_along_axis": {"indices": np.zeros((2, 1), int)},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted({case.name for case in CASES} - {"std", "var"}))
def test_options_of_operations_and_their_gradients(name):
    f = find(ad, name)
    x = Value(np.eye(3) + 1.0 if name.startswith("linalg") else np.arange(1.0, 7.0).reshape(2, 3))
    options = [
        p.name
        for p in inspect.signature(f).parameters.values()
        if p.kind not in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL)
    ]

    def act(option, odd):
        y = f(*[x] * positional(f), **{**OPTIONS.get(name, {}), option: odd})
        if isinstance(y, Value):
            gradients(y, x, np.ones(y.shape))
        return y

    for option in options:
        for what, odd in ODD.items():
            assert sound(act, option, odd, indexed=name in INDEXED), (option, what)


@pytest.mark.parametrize("odd", ODD)
def test_operands_of_questions_and_operators(odd):
    other = ODD[odd]
    for x in (Value(1.0), Value([1.0, 2.0])):
        for name in ad.plain.FUNCTIONS:
            f = getattr(ad, name)
            for args in ((x, other), (other, x), (other,)):
                described = name in ("shape", "ndim", "size", "result_type")
                assert described or sound(f, *args), (name, args)
        for name in OPERATORS:
            f = getattr(operator, name)
            assert sound(f, x, other), name
            formatted = name == "mod" and isinstance(other, (str, bytes))
            assert formatted or sound(f, other, x), name


# -- examples ----------------------------------------------------------------------------------

EIGH: Any = ad.linalg.eigh
UNTYPED: Any = ad  # for calls that type checkers refuse
A = Value(np.arange(6.0).reshape(2, 3), "A")
X = Value([1.0, 2.0], "x")


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (lambda: Value(HUGE), "data"),
        (lambda: Value([1.0, HUGE]), "data"),
        (lambda: Value([[HUGE]]), "data"),
        (lambda: X + HUGE, "add"),
        (lambda: HUGE * X, "multiply"),
        (lambda: X**HUGE, "power"),
        (lambda: Value(1.0) ** HUGE, "power"),
        (lambda: X > HUGE, "greater"),
        (lambda: np.less(X, HUGE), "less"),
        (lambda: ad.exp(HUGE), "exp"),
        (lambda: ad.where(True, X, HUGE), "where"),
        (lambda: ad.stack([X, [1.0, HUGE]]), "stack"),
        (lambda: A.sum(axis=HUGE), "axis"),
        (lambda: ad.sum(np.ones(3), axis=HUGE), "axis"),
        (lambda: A.sum(axis=(0, HUGE)), "axis"),
        (lambda: ad.stack([X, X], axis=-HUGE), "axis"),
        (lambda: ad.concatenate([X, X], axis=HUGE), "axis"),
        (lambda: ad.take(X, 0, axis=HUGE), "axis"),
        (lambda: ad.diff(X, axis=HUGE), "axis"),
        (lambda: ad.norm(A, axis=HUGE), "axis"),
        (lambda: X.argmax(axis=HUGE), "argmax"),
        (lambda: ad.cumsum(X, axis=HUGE), "axis"),
        (lambda: ad.reshape(X, (HUGE,)), "shape"),
        (lambda: ad.repeat(X, HUGE), "repeats"),
        (lambda: ad.array_split(X, HUGE), "split"),
        (lambda: ad.round(X, HUGE), "decimals must be within 64 bits$"),
        (lambda: ad.norm(X, HUGE), "norm: ord"),
        (lambda: ad.gradient(X, HUGE), "gradient: the spacing"),
        (lambda: setattr(X, "grad", [HUGE, 1]), "grad of 'x'"),
        (lambda: setattr(X, "data", [HUGE, 1]), "data of 'x'"),
        (lambda: ad.compile(lambda x: x * x)(HUGE), "the argument x"),
        (lambda: ad.compile(lambda x: np.any(x, axis=HUGE) * x)(np.ones(2)), "axis"),
        (lambda: gradients(X.sum(), X, HUGE), "the seed"),
        (lambda: X.sum().backward(HUGE), "the seed"),
        (lambda: positive("SGD: rate", HUGE), "SGD: rate"),
        (lambda: any_number("SGD: rate", -HUGE), "SGD: rate"),
    ],
)
def test_numbers_that_are_too_large_are_refused_by_name(act, named):
    with pytest.raises(ValueError, match=named):
        act()


def test_numbers_that_numpy_keeps_as_pythons_are_numbers():
    assert Value([10**20, 1]).data.tolist() == [1e20, 1.0]
    assert (X * [fractions.Fraction(1, 2), 2]).data.tolist() == [0.5, 4.0]
    assert ad.diff(X, n=HUGE).shape == (0,)
    assert ad.roll(X, 10**30 + 1).data.tolist() == [2.0, 1.0]


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: ad.logical_or(X, None), r"logical_or: got \(2,\) and \(\): data must be real numbers, got"),
        (lambda: np.logical_and(Value(1.0), "a"), "logical_and: .*dtype <U1"),
        (lambda: ad.logical_xor(X, {}), "logical_xor: .*dtype object"),
        (lambda: ad.isnan([None]), "isnan: .*dtype object"),
        (lambda: ad.isnan(X, np.ones(2, bool)), "isnan: takes 1 argument"),
        (lambda: ad.isposinf(X, np.ones(2, bool)), "isposinf: takes 1 argument"),
        (lambda: X + None, "add: data must be real numbers, got dtype object"),
        (lambda: ad.exp({}), "exp: data must be real numbers, got dtype object"),
        (lambda: ad.tensordot(X, X, 5.5), "tensordot: .*'float' object cannot be interpreted"),
        (lambda: UNTYPED.on_diagonal(X, None), "on_diagonal: "),
        (lambda: UNTYPED.roll(X, 1.5), "roll: .*'float' object cannot be interpreted"),
        (lambda: UNTYPED.stack([X, X], axis="a"), "stack: an axis must be a whole number, got 'a'"),
        (lambda: ad.atleast_1d(np.array([None])), "reshape: data must be real numbers"),
        (lambda: EIGH(np.eye(2), None), "eigh: .*UPLO must be 'L' or 'U', got None"),
        (lambda: X < None, "'<' not supported"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_by_name(act, message):
    with pytest.raises(TypeError, match=message):
        act()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: ad.tensordot(Value(1.0), 5.5), "tensordot: .*expected axes from 0 to 0"),
        (lambda: ad.tensordot(X, X, ([0, 0],)), "tensordot: .*the axes of a and those of b"),
        (lambda: ad.tensordot(A, A, ([0, 1], [0])), "tensordot: .*as many axes of a as of b"),
        (lambda: ad.tensordot(A, A, ([0, 0], [0, 1])), "tensordot: .*an axis is repeated"),
        (lambda: UNTYPED.on_diagonal(X, {}), "on_diagonal: .*a shape of two axes or more"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_whatever_is_no_number_is_unequal():
    assert (operator.eq(Value(1.0), None), Value(1.0) != "a") == (False, True)
    assert operator.eq(X, None).tolist() == [False, False]


# -- what was refused, or failed, and is none --------------------------------------------------


def test_a_shift_may_be_a_truth_value():
    assert ad.roll(X, True).data.tolist() == [2.0, 1.0]
    assert gradients((ad.roll(X, True) * [1.0, 2.0]).sum(), X).tolist() == [2.0, 1.0]


@pytest.mark.parametrize("f", [ad.std, ad.var, ad.mean, ad.sum, ad.prod, ad.norm, ad.logsumexp])
@pytest.mark.parametrize(
    ("shape", "axis"), [((0,), None), ((0, 3), 0), ((0, 3), 1), ((3, 0), -1), ((2, 0), (0, 1))]
)
def test_no_entries_have_no_slopes(f, shape, axis):
    x = Value(np.ones(shape))
    y = quiet(lambda x: f(x, axis=axis), x)
    assert quiet(gradients, y, x, np.ones(y.shape)).shape == shape


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_nothing_repeated_no_times_has_a_gradient(axis):
    x = Value(np.ones((0,) if axis == 0 else (2, 0)))
    y = ad.repeat(x, [], axis)
    assert gradients(y.sum(), x).shape == x.shape


@pytest.mark.parametrize("name", ["tril", "broadcast_to", "tile"])
def test_an_option_of_dates_is_refused_by_the_name_of_the_operation(name):
    with pytest.raises(TypeError, match=f"^{name}: got \\(2,\\) for 'v': ufunc"):
        getattr(ad, name)(Value([1.0, 2.0], "v"), np.array(["2020-01-01"], "M8[D]"))
