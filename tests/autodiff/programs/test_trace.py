"""Tracing: what is an input, what is constant, what is recorded, and what is refused."""

import math
from collections import namedtuple

import numpy as np
import pytest

import autodiff as ad
import nn
from autodiff import Value, grad, gradients, maximum, no_grad, value_and_grad, where
from autodiff.programs import compile as compiled
from autodiff.programs.arguments import Signature, entered
from autodiff.programs.tracing.conditions import CONDITIONS
from autodiff.programs.tracing.trace import recorded_from

Point = namedtuple("Point", "x y")


def traced(f, *args, **kwargs):
    """The recording of one call."""
    arguments = entered(args, kwargs, Signature(f, ()))
    inputs = arguments.inputs()
    args, kwargs = arguments.filled(iter(inputs))
    return recorded_from(f, args, kwargs, inputs, absorbs=False)


def lines(recording, kind):
    return [line for line in recording.listing.lines if line.kind == kind]


# -- inputs and constants ----------------------------------------------------------------------


def test_inputs_bear_the_names_that_python_gives_them():
    def f(theta, scale, *more, at):
        return theta["w"][0] * scale + theta["b"] + at.x + at.y + more[0]

    recording = traced(f, {"w": [1.0, 2.0], "b": np.ones(3)}, 2.0, 5.0, at=Point(1.0, 2.0))
    names = [line.name for line in lines(recording, "input")]
    assert names == ["theta['w'][0]", "theta['w'][1]", "theta['b']", "scale", "more[0]", "at.x", "at.y"]


def test_values_that_f_closes_over_are_inputs_behind_the_arguments():
    w, b = Value(2.0, "w"), Value(np.ones(3), "b", constant=True)
    recording = traced(lambda x: b + w * x, 3.0)
    assert [line.name for line in lines(recording, "input")] == ["x", "w", "b"]
    assert recording.captured == (w, b)


def test_a_result_recorded_outside_is_an_input_and_not_looked_into():
    w = Value(2.0, "w")
    outside = w * w
    recording = traced(lambda x: outside * x, 3.0)
    assert recording.captured == (outside,)


def test_what_f_makes_of_plain_numbers_is_constant():
    recording = traced(lambda x: x * Value(4.0, "four") + 5.0, 3.0)
    assert [(line.name, line.data) for line in lines(recording, "constant")] == [("four", 4.0), (None, 5.0)]


def test_an_argument_that_is_returned_as_it_is_is_a_result():
    recording = traced(lambda x, y: (y, x), 1.0, 2.0)
    assert recording.listing.outputs == (1, 0)


def test_the_order_of_lines_is_the_same_at_each_trace():
    network = nn.MLP(3, [4, 2], seed=0)

    def f(x):
        return gradients(nn.squared_error(network(x), [[1.0, 2.0]]), network.parameters())

    first, second = (traced(f, np.ones((1, 3))).listing for _ in range(2))
    assert [(x.kind, x.operation, x.inputs) for x in first.lines] == [
        (x.kind, x.operation, x.inputs) for x in second.lines
    ]


def test_lines_do_not_keep_the_data_of_arrays_alive():
    recording = traced(lambda x: x * 2.0, np.ones((100, 100)))
    assert all(line.data.strides == (0, 0) for line in lines(recording, "computed"))


# -- origins -----------------------------------------------------------------------------------


def test_a_line_knows_the_users_code_that_it_comes_from():
    def f(x):
        y = ad.exp(x)
        return y * 3.0

    codes = [line.origin.code for line in lines(traced(f, 1.0), "computed")]
    assert codes == ["y = ad.exp(x)", "return y * 3.0"]
    assert all(line.origin.place.startswith("test_trace.py:") for line in lines(traced(f, 1.0), "computed"))


def test_a_line_of_a_derivative_knows_what_is_differentiated():
    def f(x):
        y = ad.exp(x)
        y.name = "y"
        return ad.sin(y)

    derived = [line.origin for line in lines(traced(grad(f), 1.0), "computed") if line.origin.of]
    assert {origin.of for origin in derived} == {"sin", "y"}
    assert {origin.code for origin in derived if origin.of == "y"} == {"y = ad.exp(x)"}


def test_code_of_this_project_is_not_the_users():
    layer = nn.Linear(2, 1, seed=0)

    def f(x):
        return layer(x)

    assert {line.origin.code for line in lines(traced(f, np.ones((3, 2))), "computed")} == {"return layer(x)"}


# -- roles -------------------------------------------------------------------------------------

ROLES = {
    "a constant against a variable": lambda x, y: grad(lambda a: maximum(a, y))(x),
    "two variables": lambda x, y: grad(lambda a, b: maximum(a, b), (0, 1))(x, y),
    "a plain derivative": lambda x, y: maximum(grad(lambda a: a * y)(x), y * y),
    "a derivative inside one": lambda x, y: grad(lambda a: a * grad(lambda b: maximum(a, b))(y))(x),
    "a detached variable": lambda x, y: grad(lambda a: maximum(a, (a * 1.0).detach()))(x),
    "no_grad": lambda x, y: grad(lambda a: a * quietly(a) + y)(x),
}


def quietly(a):
    with no_grad():
        return a * a


@pytest.mark.parametrize("f", ROLES.values(), ids=ROLES)
def test_roles_and_with_them_kinks_are_those_of_eager_code(f):
    program = compiled(f)
    for x, y in [(2.0, 3.0), (2.0, 2.0), (3.0, 2.0), (1.0, 1.0)]:
        assert program(x, y) == f(x, y)


def test_a_plain_gradient_is_no_variable():
    w = Value(2.0, "w")
    assert compiled(lambda x: gradients(w * w * x, w))(3.0) == 12.0
    assert compiled(lambda x: gradients(w * w * x, w, create_graph=True))(3.0).constant is False


# -- conditions --------------------------------------------------------------------------------

x0 = np.array([[1.0, -2.0, 0.0], [np.nan, np.inf, -0.0]])
x1 = np.array([[1.0, 2.0, -0.0], [1.0, -np.inf, 3.0]])

COMPARISONS = [
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "isclose", "allclose",
    "array_equal", "array_equiv",
]  # fmt: skip
TESTS = [
    "isnan", "isfinite", "isinf", "isposinf", "isneginf", "signbit", "logical_not", "argsort", "argmax",
    "argmin", "nanargmax", "nanargmin", "any", "all", "count_nonzero",
]  # fmt: skip


def compared(name):
    return lambda x, y: getattr(np, name)(x, y)


def joined(name):
    return lambda x, y: getattr(np, name)(x > 0.0, y > 0.0)


def asked(name):
    return lambda x, y: getattr(np, name)(x)


ASKED = {
    **{name: compared(name) for name in COMPARISONS},
    **{name: joined(name) for name in ("logical_and", "logical_or", "logical_xor")},
    **{name: asked(name) for name in TESTS},
    "operators": lambda x, y: ((x > 0.0) & (y < 1.0) | ~(x == y) ^ (x != 1.0)) & (x >= y) & (x <= 5.0),
    "plain": lambda x, y: (np.ones((2, 3), bool) & (x > 0.0)) | (y > 0.0) & True,
    "along an axis": lambda x, y: np.any(x > y, axis=1, keepdims=True),
    "methods": lambda x, y: (x > y).all(axis=0),
}  # fmt: skip


OF_ARRAYS = {
    "plain",
    "along an axis",
    "methods",
    "argsort",
    "nanargmax",
    "nanargmin",
}  # not of a number, or of nan


def test_constants_inside_lists_are_asked_as_they_are():
    program = compiled(lambda x: x * float(np.isclose(Value(1.0), [Value(1.0), 2.0]).sum()))
    assert program(2.0) == 2.0


def test_each_condition_has_a_test():
    assert CONDITIONS.keys() <= ASKED.keys()


@pytest.mark.parametrize("name", ASKED)
def test_a_condition_is_numpys_and_decided_at_each_call(name):
    f = ASKED[name]
    program = compiled(f)
    for x, y in [(x0, x1), (x1, x0), (x0, x0)]:
        result = program(x, y)
        np.testing.assert_array_equal(result, f(x, y))
        assert np.asarray(result).dtype == np.asarray(f(x, y)).dtype
    assert len(program.versions) == 1


@pytest.mark.parametrize("name", sorted(set(ASKED) - OF_ARRAYS))
def test_a_condition_of_numbers_is_one_number(name):
    f = ASKED[name]
    program = compiled(f)
    for x, y in [(1.0, 2.0), (2.0, 1.0), (0.0, -0.0), (math.nan, math.inf), (-math.inf, 0.0)]:
        result = program(x, y)
        assert result == np.asarray(f(np.array(x), np.array(y)))
        assert np.ndim(result) == 0


def test_a_condition_of_float32_keeps_the_dtype():
    x = np.array([1.0, -2.0], np.float32)
    result = compiled(grad(lambda v: ad.sum((v > 0.0) * v)))(x)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, [1.0, 0.0])


def test_shapes_are_those_of_all_calls():
    def f(x):
        return x * np.shape(x)[0] + np.ndim(x) + len(x) + np.zeros_like(x) + x.size

    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(compiled(f)(x), f(x))


def test_nothing_equals_none_or_a_string():
    assert compiled(lambda x: where(x is None, 0.0, x) + (x == None) + 2.0 * (x != "a"))(2.0) == 4.0  # noqa: E711


# -- what is refused ---------------------------------------------------------------------------


def assigned(x):
    w.data = 3.0
    return w * x


def written(x):
    buffer = np.zeros(3)
    buffer[0] = x
    return buffer


w = Value(2.0, "w")
network = nn.BatchNorm(1)

REFUSED = {
    "if": (lambda x: x if x > 0.0 else -x, r"bool\(\) of x > 0\.0 .* use where\(x > 0\.0, a, b\)"),
    "and": (lambda x: where((x > 0.0) and (x < 1.0), x, 0.0), r"bool\(\) of x > 0\.0"),
    "max": (lambda x: max(x, 2.0), r"maximum"),
    "while": (lambda x: [x for _ in iter(lambda: bool(x), True)], r"bool\(\) of 'x'"),
    "float": (lambda x: float(x), r"float\(\) of 'x' .* static"),
    "math": (lambda x: math.exp(x), r"float\(\) of 'x' .* autodiff\.exp"),
    "complex": (lambda x: complex(x), r"complex\(\) of 'x' .* autodiff\.exp"),
    "int": (lambda x: int(x), r"int\(\) of 'x' .* autodiff\.trunc, floor or ceil"),
    "floor": (lambda x: math.floor(x), r"math\.floor\(\) of 'x' .* floor"),
    "an element": (lambda x: written(x), r"^float\(\) of 'x' .*stack or where .* \.item\(\) outside of f"),
    "round": (lambda x: round(x), r"autodiff\.round"),
    "item": (lambda x: x.item(), r"\.item\(\) of 'x'"),
    "tolist": (lambda x: x.tolist(), r"\.tolist\(\) of 'x'"),
    "data": (lambda x: x.data, r"\.data of 'x'"),
    "data of a parameter": (lambda x: x * w.data, r"\.data of 'w'"),
    "array": (lambda x: np.asarray(x), r"does not become an array"),
    "an assignment": (assigned, r"assigning \.data of 'w' .* would be done once"),
    "a gradient": (lambda x: w.grad, r"\.grad of 'w'"),
    "backward": (lambda x: (x * w).backward(), r"backward\(\) inside a compiled function .* gradients\("),
    "unique": (lambda x: np.unique(x), r"numpy\.unique .* give the result as an argument"),
    "nonzero": (lambda x: np.nonzero(x), r"numpy\.nonzero"),
    "range": (lambda x: [range(x)], r"integer"),
    "an index": (lambda x: np.arange(3.0) * Value(np.arange(3.0))[x], r"known when a program is recorded"),
    "a mask": (lambda x: Value(np.arange(3.0))[x > 0.0], r"in place of a mask use where"),
    "anomalies": (lambda x: anomalies(x), r"put it around the call"),
    "running statistics": (lambda x: network(x * np.ones((3, 1))), r"inside a compiled function"),
}  # fmt: skip


def anomalies(x):
    with ad.detect_anomaly():
        return x * x


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_recorded_is_refused_with_advice(case):
    f, told = case
    with pytest.raises(TypeError, match=told):
        compiled(f)(2.0)
    assert w.data == 2.0
    assert (w * 2.0 > 1.0) is True  # tracing is over


def test_printing_is_no_reading():
    assert compiled(lambda x: x * len(f"{x}"))(2.0) == 2.0 * len("Value(2.0, name='x', constant=True)")


def test_what_f_made_of_plain_numbers_may_be_read():
    def f(x):
        half = Value(0.5)
        return x * half.data if half > 0.0 else x

    assert compiled(f)(3.0) == 1.5


def test_value_and_grad_of_a_function_that_looks_is_refused_too():
    with pytest.raises(TypeError, match=r"use where"):
        compiled(value_and_grad(lambda x: x * x if x > 0.0 else x))(2.0)
