"""A program gives what eager code gives: every operation, special values, random expressions."""

import operator
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, grad, gradients, hessian, hvp, jvp, value_and_grad, where
from autodiff.differentiation.structure import leaves, mapped
from autodiff.programs import compile as compiled
from autodiff.testing import edge_numbers, expressions, numbers
from autodiff.testing.expression.offers import offered
from autodiff.values.data import canonical, dtype_of
from tests.autodiff.test_operations import edge_points, example, quiet
from tests.cases import CASES, ELEMENTWISE


def agree(found, wanted, rtol=1e-12):
    """Equal shapes and dtypes, and numbers equal up to the order of summation."""
    for x, y in zip(leaves(found), map(canonical, leaves(wanted)), strict=True):
        assert (type(x), np.shape(x), dtype_of(x)) == (type(y), np.shape(y), dtype_of(y))
        tolerance = rtol if np.asarray(y).dtype == np.float64 else 1e-5
        scale = float(np.max(np.abs(y)[np.isfinite(y)], initial=0.0))
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance * scale)


def as_exact(found, wanted, exact):
    """Float32 results that are no further from those of float64 than eager code's are, rounding aside."""
    for x, y, z in zip(leaves(found), map(canonical, leaves(wanted)), leaves(exact), strict=True):
        assert (type(x), np.shape(x), dtype_of(x)) == (type(y), np.shape(y), dtype_of(y))
        scale = float(np.max(np.abs(z), initial=0.0))
        assert np.max(np.abs(x - z), initial=0.0) <= 4.0 * np.max(np.abs(y - z), initial=0.0) + 1e-6 * scale


def equal(found, wanted):
    for x, y in zip(leaves(found), leaves(wanted), strict=True):
        np.testing.assert_array_equal(x, y)
        assert (type(x), np.shape(x), getattr(x, "dtype", None)) == (
            type(y),
            np.shape(y),
            getattr(y, "dtype", None),
        )


def weighted(y):
    """One number that depends on all entries of a result, or of several, in different ways."""
    total = 0.0
    for part in leaves(y):
        if np.shape(part):
            total = total + ad.sum(
                part * np.cos(1.0 + np.arange(float(np.size(part))).reshape(np.shape(part)))
            )
        else:
            total = total + part * 0.7
    return total


def through(case, n):
    """Value, gradient, and second order of an operation."""
    both = value_and_grad(lambda *xs: weighted(case(*xs)), tuple(range(n)))
    yield case
    yield both
    if getattr(case, "order", 2) > 1:
        yield value_and_grad(lambda *xs: weighted([g * g for g in both(*xs)[1]]), tuple(range(n)))


RECORDED = [case for case in CASES if case.name != "unique"]
"""All but that of which the shape depends on the numbers, which is refused by name."""


@pytest.mark.parametrize("case", RECORDED, ids=str)
def test_every_operation_is_that_of_eager_code(case):
    xs = example(case)
    for f in through(case, len(xs)):
        agree(compiled(f)(*xs), f(*xs), rtol=1e-11)


@pytest.mark.parametrize("case", RECORDED, ids=str)
def test_every_operation_of_float32_is_as_exact_as_eager_code(case):
    xs = example(case, np.float32)
    for f in through(case, len(xs)):
        as_exact(compiled(f)(*xs), f(*xs), f(*[canonical(np.float64(x)) for x in xs]))


@pytest.mark.parametrize("case", ELEMENTWISE, ids=str)
def test_an_elementwise_operation_of_numbers_is_that_of_eager_code_at_the_edges(case):
    n = len(case.domains)
    f = value_and_grad(lambda *xs: case(*xs), tuple(range(n)))
    program = compiled(f)
    for xs in zip(*map(np.ndarray.tolist, edge_points(n)), strict=True):
        equal(program(*xs), f(*xs))


@pytest.mark.parametrize("case", [case for case in ELEMENTWISE if len(case.domains) < 3], ids=str)
def test_an_elementwise_operation_of_arrays_is_that_of_eager_code_at_the_edges(case):
    n = len(case.domains)
    f = grad(lambda *xs: ad.sum(case(*xs)), tuple(range(n)))
    columns = edge_points(n)
    equal(quiet(compiled(f), *columns), quiet(f, *columns))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: 1.0 / x, 0.0),
        (lambda x: 1.0 // x, 0.0),
        (lambda x: 1.0 % x, 0.0),
        (lambda x: x**-1.0, 0.0),
        (lambda x: x**-3.0, -0.0),
        (lambda x: x**3.0, 1e200),
        (lambda x: x**0.5, -1.0),
    ],
)
def test_an_operator_alone_that_python_refuses_gives_what_numpy_has(f, x):
    equal(compiled(f)(x), f(Value(x)).data)
    # beside an array, too
    y = np.ones(2)
    equal(quiet(compiled(lambda x, y: f(x) * y), x, y), quiet(lambda: f(Value(x)).data * y))


@pytest.mark.parametrize("exponents", [[0.0, 1.0], [2.0, 3.0, 0.5], [[1.0, -1.0]]], ids=str)
def test_what_depends_on_constants_alone_stays_as_it_is(exponents):
    f = value_and_grad(lambda x: ad.sum(x ** np.array(exponents)))
    program = compiled(f)
    for x in (2.0, 0.5, 3.0):
        agree(program(x), f(x))


# -- random expressions ------------------------------------------------------------------------


def root_or_nothing(x):
    return where(x > 0.0, ad.sqrt(x), 0.0)


def counted(x):
    return x + (x == 1.0)


def larger_or_product(x, y):
    return where(x > y, x * y, y)


def less_nothing(x, y):
    return x * 1.0 - y * 0.0


OPERATIONS: list[Any] = [
    "elementwise", "selection", root_or_nothing, counted, larger_or_product, less_nothing,
]  # fmt: skip
TO_THE_LAST_BIT = [drawable for drawable in offered(OPERATIONS, (), False, False) if drawable.name != "power"]
"""In a program of numbers x·x, whose last digit is not that of Python's x**2 for one in a thousand."""

POINTS = st.tuples(*[edge_numbers() | numbers()] * 2)


def of_two_numbers(operations):
    return expressions(operations, arrays=False, inputs=[(), ()], max_operations=12)


def scaled(factor, *xs):
    return tuple(x * factor for x in xs)


@given(f=of_two_numbers(TO_THE_LAST_BIT), points=st.lists(POINTS, min_size=1, max_size=4))
@settings(max_examples=60)
def test_a_random_expression_of_numbers_is_that_of_eager_code(f, points):
    eager = value_and_grad(f, (0, 1))
    program = compiled(eager)
    for point in points:
        equal(program(*point), eager(*point))


@given(f=expressions([*OPERATIONS, "sum", "transpose", "reshape"]), more=st.data())
@settings(max_examples=60)
def test_a_random_expression_of_arrays_is_that_of_eager_code(f, more):
    xs = f.inputs
    eager = value_and_grad(f, tuple(range(len(xs))))
    program = compiled(eager)
    for _ in range(2):
        agree(program(*xs), quiet(eager, *xs))
        factor = more.draw(st.sampled_from([-1.0, 0.0, 2.0, np.inf]))
        xs = quiet(scaled, factor, *xs)
    assert len(program.versions) == 1


@given(f=of_two_numbers(OPERATIONS), x=st.floats(0.25, 2.0), y=st.floats(0.25, 2.0))
@settings(max_examples=30)
def test_second_derivatives_of_a_random_expression_are_those_of_eager_code(f, x, y):
    eager = hessian(f, (0, 1))
    agree(compiled(eager)(x, y), eager(x, y))


# -- 0·∞ ---------------------------------------------------------------------------------------

ABSORBED = {
    "a branch not taken": lambda x: where(x > 0.0, ad.sqrt(x), 0.0),
    "a saturated sigmoid": lambda x: 1.0 / (1.0 + ad.exp(-x)),
    "a length": lambda x: ad.sqrt(x * x),
    "a square of a root": lambda x: ad.sqrt(x) ** 2,
    "a matrix": lambda x: ad.sum(ad.reshape(x, (-1, 1)) @ np.array([[np.inf, 1.0]]) * np.array([[0.0, 1.0]])),
    "a division by a branch": lambda x: 1.0 / where(x > 0.0, ad.sqrt(x), 0.0),
    "nan of the value": lambda x: ad.log(x) * 0.0,
}


@pytest.mark.parametrize("f", ABSORBED.values(), ids=ABSORBED)
def test_zero_times_infinity_is_that_of_eager_code(f):
    eager = value_and_grad(lambda x: ad.sum(f(x)))
    program = compiled(eager)
    for x in (4.0, 0.0, -1000.0, 1000.0, np.inf, np.array([0.0, 4.0, -1.0]), np.array([-1000.0, 0.0, 2.0])):
        equal(quiet(program, x), quiet(eager, x))


def test_zero_times_infinity_that_the_result_hides_is_absorbed():
    slope = grad(lambda x: where(x > 0.0, ad.sqrt(x), 0.0))
    f = lambda x: where(slope(x) == 0.0, 1.0, 2.0)  # noqa: E731
    program = compiled(f)
    assert [program(4.0), program(0.0)] == [f(4.0), f(0.0)] == [2.0, 1.0]


# -- derivatives of all kinds ------------------------------------------------------------------


def rosenbrock(x):
    return ad.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


DERIVATIVES = {
    "grad": grad(rosenbrock),
    "hessian": hessian(rosenbrock),
    "jacobian": ad.jacobian(grad(rosenbrock)),
    "hvp": lambda x: hvp(rosenbrock, x, np.arange(float(len(x)))),
    "jvp": lambda x: jvp(grad(rosenbrock), (x,), (np.ones(len(x)),)),
    "vjp": lambda x: ad.vjp(grad(rosenbrock), x)[1](x),
    "third": lambda x: hvp(lambda y: ad.sum(hvp(rosenbrock, y, np.ones(len(x)))), x, np.ones(len(x))),
    "derivative": lambda x: ad.derivative(lambda t: rosenbrock(x * t), 3)(1.0),
}


@pytest.mark.parametrize("f", DERIVATIVES.values(), ids=DERIVATIVES)
def test_derivatives_of_all_kinds_are_those_of_eager_code(f):
    program = compiled(f)
    for x in (np.linspace(-1.0, 2.0, 5), np.zeros(5)):
        agree(program(x), f(x))


# -- networks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ["squared_error", "cross_entropy", "hinge", "binary_cross_entropy", "huber"])
def test_gradients_of_a_network_with_data_as_arguments_are_those_of_eager_code(name, dtype):
    model = nn.MLP(4, [5, 3], activation="tanh", seed=0, dtype=dtype)
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(6, 4)).astype(dtype), rng.integers(3, size=6)
    target = labels if name in ("cross_entropy", "hinge") else np.eye(3)[labels]

    def step(X, y):
        return gradients(getattr(nn, name)(model(X), y), model.parameters())

    agree(compiled(step)(X, target), step(X, target))


def test_a_convolutional_network_is_that_of_eager_code():
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, seed=0),
        nn.relu,
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.LayerNorm(8),
        nn.Linear(8, 2, seed=1),
    )
    X, y = np.random.default_rng(0).normal(size=(3, 1, 6, 6)), np.array([0, 1, 1])

    def step(X, y):
        loss = nn.cross_entropy(model(X), y)
        return [loss.detach(), gradients(loss, model.parameters())]

    found, wanted = compiled(step)(X, y), step(X, y)
    agree(found[0], wanted[0].data)
    agree(found[1], wanted[1])


def test_predictions_can_be_compiled():
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.BatchNorm(3), nn.Dropout(0.5), nn.tanh)
    X = np.random.default_rng(0).normal(size=(5, 2))
    agree(compiled(model.predict)(X), model.predict(X))


def test_scalar_code_is_that_of_eager_code():
    network = nn.lecture.network()

    def step():
        loss = nn.lecture.loss(network)
        return loss.detach(), gradients(loss, network.parameters())

    found, wanted = compiled(step)(), step()
    assert found[0] == wanted[0].data
    assert found[1] == wanted[1]
    assert all(type(g) is float for g in found[1])


def test_values_as_arguments_are_variables_where_they_are():
    x, y = Value(np.arange(3.0), "x"), Value(2.0, "y", constant=True)
    program = compiled(lambda x, y: ad.sum(ad.maximum(x, y) * x))
    assert gradients(program(x, y), x).tolist() == gradients(ad.sum(ad.maximum(x, y) * x), x).tolist()
    assert program(x.detach(), y) == 6.0


# -- numbers out of arrays ---------------------------------------------------------------------

NUMBERS = [
    operator.neg, abs, ad.exp, ad.log, ad.sqrt, ad.tanh, ad.sigmoid, ad.sign, ad.square, ad.floor, ad.arcsin,
    lambda x: x**2, lambda x: x**-1, lambda x: x**0.5, lambda x: x**-2.5, lambda x: 2.0**x,
    lambda x: 1.0 / x, lambda x: x % 0.0, lambda x: x // 0.0, lambda x: 7 // x, lambda x: x % 3,
    lambda x: where(x > 0.0, x, 1.0 / x), lambda x: (-2.0) ** x,
]  # fmt: skip
PAIRS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.mod, operator.floordiv, operator.pow,
    ad.maximum, ad.minimum, ad.hypot, ad.arctan2, ad.logaddexp,
]  # fmt: skip
EDGE = edge_numbers()

Pair = namedtuple("Pair", "first second")

STRUCTURES = {
    "alone": lambda x, y, z: z,
    "a list": lambda x, y, z: [z, y],
    "a dict of tuples": lambda x, y, z: {"z": z, "rest": (x, [y])},
    "a named tuple": lambda x, y, z: Pair(z, (x, y)),
    "conditions": lambda x, y, z: (z > y, z == z, ad.sum(x), np.all(x > y)),
}


@st.composite
def functions_of_entries(draw):
    """A function of an array: operations on numbers taken out of it, captured ones, and constants."""
    codes = st.tuples(st.sampled_from([*NUMBERS, *PAIRS, *PAIRS]), st.integers(0, 99), st.integers(0, 99))
    steps, captured, constant = draw(st.lists(codes, min_size=1, max_size=6)), draw(EDGE), draw(EDGE)
    built = draw(st.sampled_from(list(STRUCTURES.values())))

    def f(x):
        known = [*[x[i] for i in range(len(x))], ad.sum(x), Value(constant, constant=True)]
        known.append(known[0] + captured)
        for operation, i, j in steps:
            a, b = known[-1 - i % len(known)], known[-1 - j % len(known)]
            known.append(operation(a) if operation in NUMBERS else operation(a, b))
        return built(x, known[-2], known[-1])

    return f


def outcome(f, x):
    """What a call gives, as plain data; or the type of what it raises."""
    try:
        return mapped(lambda y: y.data if isinstance(y, Value) else y, quiet(f, x))
    except Exception as error:
        return type(error)


def alike(found, wanted):
    """Equal structures, types, dtypes, and numbers up to rounding; truth values are Python's."""
    wanted = bool(wanted) if isinstance(wanted, np.bool_) else wanted
    assert type(found) is type(wanted)
    if isinstance(wanted, (list, tuple)):
        for x, y in zip(found, wanted, strict=True):
            alike(x, y)
    elif isinstance(wanted, dict):
        alike([*found.items()], [*wanted.items()])
    elif not isinstance(wanted, (str, type)):
        assert (np.shape(found), dtype_of(found)) == (np.shape(wanted), dtype_of(wanted))
        np.testing.assert_allclose(found, wanted, rtol=1e-9 if dtype_of(wanted) == np.float64 else 1e-3)
    else:
        assert found == wanted


@given(
    f=functions_of_entries(),
    rows=st.integers(2, 3).flatmap(
        lambda n: st.lists(st.lists(EDGE, min_size=n, max_size=n), min_size=2, max_size=3)
    ),
    dtype=st.sampled_from([np.float64, np.float64, np.float32]),
)
@settings(max_examples=100, deadline=None)
def test_numbers_out_of_arrays_are_those_of_eager_code_in_value_type_and_error(f, rows, dtype):
    program = compiled(f)
    for row in rows:
        x = quiet(np.array, row, dtype)
        alike(outcome(program, x), outcome(lambda x: f(Value(x, constant=True)), x))


CONDITIONS_SIDE_BY_SIDE = {
    "all": lambda x: sum(where(np.all(row > 0), row.sum(), (row**2).sum()) for row in x),
    "any": lambda x: sum(where(np.any(row > 2), 0.0, row.sum()) for row in x),
    "not": lambda x: sum(where(np.logical_not(np.all(row > 0)), row.sum(), 2.0) for row in x),
    "as numbers": lambda x: sum(np.any(row > 0) * row.sum() for row in x),
    "of arrays": lambda x: sum(where(np.any(row > 0), row, -row) for row in x),
    "returned": lambda x: [np.all(row > 0) for row in x],
}


@pytest.mark.parametrize("n", [3, 16, 20])
@pytest.mark.parametrize("f", CONDITIONS_SIDE_BY_SIDE.values(), ids=CONDITIONS_SIDE_BY_SIDE)
def test_many_conditions_are_those_of_eager_code(f, n):
    program, rng = compiled(f), np.random.default_rng(0)
    for x in (np.ones((n, 3)), rng.normal(size=(n, 3)), rng.normal(size=(n, 3)) + 1.0):
        wanted = mapped(lambda y: y.data if isinstance(y, Value) else y, f(Value(x, constant=True)))
        alike(program(x), wanted)


@pytest.mark.parametrize("scale", [1.0, 1e200, np.inf])
def test_hessians_of_what_overflows_are_computed(scale):
    def demonstration(x):
        return x[0] ** 4 * x[1] ** 2 + (x[0] - 1) ** 2 * (x[1] - 1) ** 4

    for f in (demonstration, rosenbrock):
        program, x = compiled(hessian(f)), np.array([1.0, 2.0]) * scale
        assert quiet(program, x).shape == (2, 2)


@pytest.mark.parametrize("shape", [(2,), (3,), (2, 3)])
def test_an_empty_part_of_what_is_repeated_is_not_written_into(shape):
    x = Value(np.arange(np.prod(shape)).reshape(shape) ** 2.0, "x")

    def f(x):
        return ad.sum(np.gradient(x, axis=0))

    np.testing.assert_array_equal(gradients(compiled(f)(x), x), gradients(f(x), x))


def test_a_gradient_of_a_part_of_what_is_repeated_goes_to_all_of_it():
    def f(x):
        u = x[0]
        return (u + u) * np.sum(x, keepdims=True)[0]

    x, eager = np.array([1.0, 2.0]), value_and_grad(f)
    (value, slopes), (wanted, wanted_slopes) = compiled(eager)(x), eager(x)
    assert value == wanted
    np.testing.assert_array_equal(slopes, wanted_slopes)


OF_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "grad": grad(lambda x: (x * x).sum()),
    "value and grad": value_and_grad(lambda x: ad.sin(x).sum()),
    "hessian": hessian(lambda x: (x**3).sum()),
    "jacobian": ad.jacobian(lambda x: x * 2.0),
    "hvp": lambda x: ad.hvp(lambda y: (y**3).sum(), x, np.ones(3)),
    "jvp": lambda x: ad.jvp(lambda y: y * 2.0, x, np.ones(3)),
    "jvp along a mask": lambda x: ad.jvp(lambda y: y * 2.0, np.ones(3), x),
    "vjp": lambda x: ad.vjp(lambda y: y * y, x)[1](np.ones(3)),
    "vjp of a mask": lambda x: ad.vjp(lambda y: y * 2.0, np.ones(3))[1](x),
}


@pytest.mark.parametrize("name", OF_FUNCTIONS)
def test_a_derivative_at_a_mask_takes_it_as_numbers(name):
    f = OF_FUNCTIONS[name]
    program = compiled(f)
    for mask in (np.array([True, False, True]), np.array([False, False, True])):
        found, wanted = program(mask), f(mask)
        pairs = zip(found, wanted, strict=True) if isinstance(wanted, tuple) else [(found, wanted)]
        for a, b in pairs:
            assert type(a) is type(b)
            np.testing.assert_array_equal(a, b)
