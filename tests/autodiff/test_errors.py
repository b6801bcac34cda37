"""Bad input gets a clear error at the call that was wrong, and changes nothing."""

import decimal
from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, gradients

NUMBER: Any = 3.0
SUM: Any = ad.sum
RESHAPE: Any = ad.reshape
BOUNDED: Any = ad.ops.selection.bounded
INDEX: Any = Value(1.0)
W, X = Value(np.ones((3, 4)), "w1"), Value(np.ones((5, 2)), "x")

BAD = [
    ("complex data", lambda: Value(1j), TypeError, "complex128"),
    ("string data", lambda: Value("abc"), TypeError, "<U3"),
    ("object data", lambda: Value(decimal.Decimal(1)), TypeError, "object"),
    ("None", lambda: Value(None), TypeError, "object"),
    ("complex operand", lambda: W * 1j, TypeError, "complex128"),
    ("ragged data", lambda: Value([[1.0], [1.0, 2.0]]), ValueError, "regular array"),
    ("masked data", lambda: Value(np.ma.masked_array([1.0], [True])), TypeError, "mask"),
    ("a Value in a Value", lambda: Value(W), TypeError, r"detach\(\)"),
    ("a list of Values", lambda: Value([W, W]), TypeError, "stack"),
    ("shapes that do not broadcast", lambda: W + X, ValueError, r"add: got \(3, 4\) \+ \(5, 2\) for 'w1' and 'x'"),
    ("shapes that do not multiply", lambda: W @ X, ValueError, r"matmul.*\(3, 4\) @ \(5, 2\) for 'w1' and 'x'.*transpose"),
    ("backward of an array", lambda: W.backward(), ValueError, r"give a seed.*\.sum\(\)"),
    ("a seed of another shape", lambda: W.backward(np.ones(3)), ValueError, r"\(3, 4\), got \(3,\)"),
    ("gradients of no Value", lambda: gradients(NUMBER, W), TypeError, "must be a Value, got float"),
    ("gradients with respect to no Value", lambda: gradients(W.sum(), NUMBER), TypeError, "float"),
    ("float of an array", lambda: float(W), TypeError, r"\.item\(\)"),
    ("item of several", lambda: W.item(), ValueError, "size"),
    ("truth of an array", lambda: bool(W), ValueError, r"\.any\(\)"),
    ("an axis that does not exist", lambda: W.sum(axis=5), ValueError, r"sum.*'w1'.*axis 5"),
    ("a misspelt option", lambda: SUM(W, axes=1), TypeError, "no option 'axes'; its options: axis, keepdims"),
    ("out=", lambda: np.exp(W, out=np.ones((3, 4))), TypeError, "out= is not supported"),
    ("where=", lambda: np.add(W, 1.0, where=True), TypeError, "where= is not supported"),
    ("out= of a function", lambda: np.sum(W, out=np.ones(())), TypeError, "no option 'out'"),
    ("dtype=", lambda: np.sum(W, dtype=np.float32), TypeError, "no option 'dtype'"),
    ("ufunc.reduce", lambda: np.add.reduce(W), TypeError, r"numpy.add.reduce on Value.*sum"),
    ("ufunc.at", lambda: np.add.at(W, 0, 1.0), TypeError, r"numpy.add.at on Value"),
    ("not covered", lambda: np.fft.fft(W), TypeError, "^no implementation found for numpy"),
    ("what to write instead", lambda: np.ldexp(W, 2), TypeError, r"numpy.ldexp on Value; numpy.ldexp\(x, n\) is x \* 2\.0\*\*n"),
    ("an array of Values", lambda: np.array([W, W]), TypeError, r"\.data.*stack"),
    ("asarray", lambda: np.asarray(W), TypeError, r"\.data"),
    ("writing into a Value", lambda: W.__setitem__(0, 1.0), TypeError, "where, stack or concatenate"),
    ("iterating over a number", lambda: list(Value(1.0)), TypeError, "cannot iterate"),
    ("length of a number", lambda: len(Value(1.0)), TypeError, "takes an array"),
    ("data of another shape", lambda: setattr(Value([1.0], "p"), "data", [1.0, 2.0]), ValueError, r"'p'.*\(1,\), got \(2,\)"),
    ("data of a recorded node", lambda: setattr(W * 2, "data", np.ones((3, 4))), AttributeError, "detach"),
    ("a Value as data", lambda: setattr(Value(1.0), "data", Value(2.0)), TypeError, "value.data"),
    ("format of an array", lambda: f"{W:.2f}", TypeError, "index it first"),
    ("a Value as index", lambda: W[INDEX], TypeError, r"\.item\(\)"),
    ("an index out of range", lambda: W[7], IndexError, "getitem.*'w1'"),
    ("a singular matrix", lambda: ad.linalg.inv(Value(np.ones((2, 2)), "A")), np.linalg.LinAlgError, "inv.*'A'"),
    ("a reshape that does not fit", lambda: W.reshape(5, 5), ValueError, r"reshape.*'w1'"),
    ("too many arguments", lambda: SUM(W, 0, False, 3), TypeError, r"sum: takes \(x, axis, keepdims\)"),
    ("an option given twice", lambda: SUM(W, 0, axis=1, keepdims=True), TypeError, "sum: axis was given twice"),
    ("one of two options given twice", lambda: SUM(W, 0, True, keepdims=True), TypeError, "sum: keepdims was given twice"),
    ("too few arguments", lambda: BOUNDED(W, 1.0), TypeError, r"takes \(x, low, high\), got 2 arg"),
    ("a product of numbers", lambda: Value(2.0, "a") @ Value(3.0, "b"), ValueError, "matmul.*'a' and 'b'"),
    ("a norm of matrices of a vector", lambda: ad.norm(W, "fro", axis=1), ValueError, "'fro' is not a norm of vectors"),
    ("a shape that W is not stretched to", lambda: ad.broadcast_to(W, (2,)), ValueError, r"\(3, 4\) does not broadcast to \(2,\)"),
    ("no conditions", lambda: ad.select([], []), ValueError, "select: expected a choice for each condition, got 0 cond"),
    ("unequal parts", lambda: ad.split(W, 2), ValueError, "split: 3 entries do not make 2 equal parts; use array_split"),
    ("a sum to more axes", lambda: ad.ops.sum_to(W, (4, 3, 4)), ValueError, r"\(4, 3, 4\) does not broadcast to \(3, 4\)"),
    ("a sum to another size", lambda: ad.ops.sum_to(W, (2,)), ValueError, r"\(2,\) does not broadcast to \(3, 4\)"),
    ("a missing option", lambda: RESHAPE(W), TypeError, "reshape: missing shape$"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "act", "kind", "message"), BAD, ids=[entry[0] for entry in BAD])
def test_message(what, act, kind, message):
    before = W.data.copy()
    with pytest.raises(kind, match=message):
        act()
    np.testing.assert_array_equal(W.data, before)
    assert W.grad is None


def test_in_place_addition_of_a_value_to_an_array_is_refused():
    x = np.ones((3, 4))
    with pytest.raises(TypeError, match="out= is not supported"):
        x += W
    assert (x == 1.0).all()


def test_an_operation_without_rule_for_the_argument_asked():
    @ad.elementwise(dx=lambda y, x, scale: scale, dscale=None)
    def scaled(x, scale, /):
        return x * scale

    x, scale = Value(2.0, "x"), Value(3.0, "scale")
    assert gradients(scaled(x, scale), x) == 3.0
    with pytest.raises(ValueError, match="scaled has no derivative with respect to 'scale'"):
        gradients(scaled(x, scale), scale)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({}, "one rule per argument is needed, dx, dy .*; got none"),
        ({"dx": 1.0}, "got dx"),
        ({"dx": 1.0, "dz": 1.0}, "got dx, dz"),
        ({"dx": lambda x: 1.0, "dy": 1.0}, r"the rule dx must take \(y, x, y\)"),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused_at_import(rules, message):
    with pytest.raises(TypeError, match=message):

        @ad.elementwise(**rules)
        def wrong(x, y, /):
            return x
