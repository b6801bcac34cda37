"""Leaving the graph is said aloud: what turns a variable into a plain number, and what refuses to."""

import array
import cmath
import math
import operator
import statistics
import struct

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, no_grad
from optim import least_squares, minimize

v, recorded, constant = Value(2.5, "v"), Value(2.5) * 1.0, Value(2.5, "c", constant=True)

CONVERSIONS = {
    "float": float,
    "complex": complex,
    "math.exp": math.exp,
    "math.pow": lambda x: math.pow(x, 2.0),
    "math.isnan": math.isnan,
    "math.isclose": lambda x: math.isclose(x, 2.5),
    "math.hypot": lambda x: math.hypot(x, x),
    "math.fsum": lambda x: math.fsum([x, x]),
    "math.dist": lambda x: math.dist([x], [0.0]),
    "cmath.exp": cmath.exp,
    "statistics.fmean": lambda x: statistics.fmean([x, x]),
    "an array of floats": lambda x: array.array("d", [x]),
    "formatting by %": lambda x: operator.mod("%.2f", x),
}
BY_ELEMENTS = {
    "an element": lambda x: np.zeros(3).__setitem__(0, x),
    "an element of float32": lambda x: np.zeros(3, np.float32).__setitem__(0, x),
    "an element of a matrix": lambda x: np.zeros((3, 3)).__setitem__((0, 1), x),
    "fill": lambda x: np.zeros(3).fill(x),
    "fromiter": lambda x: np.fromiter([x, x], float),
}
BY_ARRAYS = {
    "asarray": np.asarray,
    "array": lambda x: np.array([x, x]),
    "full": lambda x: np.full(3, x),
    "float64": np.float64,
    "int64": np.int64,
    "a slice": lambda x: np.zeros(3).__setitem__(slice(0, 2), x),
    "a random number": lambda x: np.random.default_rng(0).normal(x),
    "vectorize": lambda x: np.vectorize(lambda _: x)(np.ones(2)),
}


def cases(table):
    return pytest.mark.parametrize("convert", table.values(), ids=table)


@cases(CONVERSIONS)
@pytest.mark.parametrize("x", [v, recorded], ids=["leaf", "recorded"])
def test_a_variable_refuses_to_become_a_number(convert, x):
    with pytest.raises(TypeError, match=r"would cut the chain rule: .*autodiff\.exp.*\.item\(\) or \.data"):
        convert(x)


@cases(BY_ELEMENTS)
def test_the_cause_of_numpys_error_names_the_remedy(convert):
    with pytest.raises(ValueError, match="setting an array element with a sequence") as caught:
        convert(v)
    assert type(caught.value.__cause__) is TypeError
    for remedy in ("'v'", "stack", "where", ".item()"):
        assert remedy in str(caught.value.__cause__)


@cases(BY_ARRAYS)
def test_a_variable_refuses_to_become_an_array(convert):
    with pytest.raises(TypeError, match=r"'v' does not become an array.*stack and where.*\.item\(\)"):
        convert(v)


@cases(CONVERSIONS | BY_ELEMENTS | BY_ARRAYS)
def test_constants_convert_and_everything_inside_no_grad(convert):
    expected = repr(convert(2.5))
    assert repr(convert(constant)) == expected
    with no_grad():
        for x in (v, recorded, v * 1.0):
            assert repr(convert(x)) == expected


def test_what_no_grad_forgets_is_a_decision_of_the_function_that_is_differentiated():
    def f(x):
        with no_grad():
            scale = math.exp(x)
        return x * scale

    assert ad.grad(f)(1.0) == math.e
    with no_grad(), pytest.raises(TypeError, match="would cut the chain rule"):
        ad.grad(lambda x: x * float(x))(1.0)


@pytest.mark.parametrize("convert", [int, math.floor, math.ceil, math.trunc])
def test_whole_numbers_have_no_slope_and_convert_outside_of_derivatives(convert):
    for x in (2.5, -2.5):
        assert convert(Value(x)) == convert(Value(x) * 1.0) == convert(x)
    assert ad.grad(lambda x: x * convert(constant))(1.0) == convert(2.5)
    with pytest.raises(TypeError, match=r"(int|floor|ceil|trunc)\(\) of .*chain rule.*\.item\(\)"):
        ad.grad(lambda x: x * convert(x))(2.0)
    with pytest.raises(TypeError, match=r"takes a number, got 'w' of shape \(1,\)"):
        convert(Value([1.0], "w"))


def test_limits_where_others_choose_the_words():
    with pytest.raises(ValueError, match="Error setting single item of array"):
        np.zeros(3).flat[0] = v
    with pytest.raises(struct.error, match="required argument is not a float"):
        struct.pack("d", v)


def test_what_stays():
    w = Value(1.0, "w")
    assert (f"{v:.2f}", round(v, 1), v > 0, bool(v)) == ("2.50", 2.5, True, True)
    assert max(v, w) is v
    assert sorted([v, w]) == [w, v]
    assert [i for i in (v, w) if i > 2.0] == [v]
    assert ad.gradients(math.prod([v, w]), [v, w]) == [1.0, 2.5]
    assert ad.gradients(sum([v, w, w]), w) == 2.0


@pytest.mark.parametrize("convert", [float, complex, math.exp])
@pytest.mark.parametrize("constant", [False, True])
def test_an_array_is_no_number(convert, constant):
    with pytest.raises(
        TypeError, match=r"takes a number, got 'w' of shape \(1,\).*\.item\(\).*autodiff\.exp"
    ):
        convert(Value([1.0], "w", constant=constant))


def test_no_index_is_made_of_a_value():
    for act in (range, [1, 2, 3].__getitem__, lambda x: math.comb(x, 1)):
        with pytest.raises(TypeError):
            act(constant)


def test_a_copy_of_a_constant_is_an_array_of_its_own():
    c = Value([1.0, 2.0], constant=True)
    copied = np.asarray(c, np.float32)
    assert copied.dtype == np.float32
    np.asarray(c)[:] = 5.0
    assert c.data.tolist() == [1.0, 2.0]


# -- the cause itself ------------------------------------------------------------------------------


def by_elements(w):
    buffer = np.zeros(3)
    for i in range(3):
        buffer[i] = w * i
    return (buffer * w).sum()


def of_vectors(w):
    buffer = np.zeros(3)
    buffer[0] = w[0]
    return (buffer * w[1]).sum()


WRITING = {
    "grad": lambda: ad.grad(by_elements)(2.0),
    "value_and_grad": lambda: ad.value_and_grad(by_elements)(2.0),
    "derivative": lambda: ad.derivative(by_elements, 2)(2.0),
    "jacobian": lambda: ad.jacobian(of_vectors)([1.0, 2.0]),
    "hessian": lambda: ad.hessian(of_vectors)(np.ones(3)),
    "jvp": lambda: ad.jvp(by_elements, 2.0, 1.0),
    "vjp": lambda: ad.vjp(by_elements, 2.0),
    "hvp": lambda: ad.hvp(by_elements, 2.0, 1.0),
    "compile": lambda: ad.compile(by_elements)(2.0),
    "compile of grad": lambda: ad.compile(ad.grad(by_elements))(2.0),
    "minimize": lambda: minimize(by_elements, 2.0),
    "minimize of a Value": lambda: (lambda w: minimize(lambda: by_elements(w), [w]))(Value(2.0)),
    "least_squares": lambda: least_squares(lambda a: by_elements(a) * np.ones(3), 2.0),
    "check_gradients": lambda: ad.check_gradients(by_elements, 2.0),
}


@pytest.mark.parametrize("act", WRITING.values(), ids=WRITING)
def test_derivatives_programs_and_methods_raise_the_cause_itself(act):
    with pytest.raises(TypeError, match=r"^float\(\) of .*autodiff\.stack or where.*\.item\(\)") as caught:
        act()
    assert any("buffer[" in str(entry.statement) for entry in caught.traceback)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_other_errors_of_numpy_keep_their_words():
    def ragged(x):
        return np.array([[1.0, 2.0], [3.0]]) * x

    with pytest.raises(ValueError, match="inhomogeneous"):
        ad.grad(ragged)(1.0)


def test_a_buffer_of_values_is_stacked():
    stacked = ad.grad(lambda w: (ad.stack([w * i for i in range(3)]) * w).sum())
    assert stacked(2.0) == 12.0
    assert ad.grad(lambda x: x * ad.exp(x))(1.0) == pytest.approx(2.0 * math.e)
