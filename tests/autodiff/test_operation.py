"""Operations that users declare: what is converted, what is refused, and in which words."""

import functools
import typing

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, check_gradients, elementwise, gradients, primitive
from autodiff.checking.replay import Replay
from autodiff.values.keeping import kept_by
from autodiff.values.operation import metadata_of
from autodiff.values.recording import recorded


def test_results_of_other_dtypes_become_floats():
    @elementwise(dx=0.0)
    def step(x, /):
        return x > 0

    h = step(Value([3.0, -1.0]))
    assert h.dtype == np.float64
    assert (h + h).data.tolist() == [2.0, 0.0]
    assert type(step(Value(3.0)).data) is float


@pytest.mark.parametrize(
    ("scalar", "expected"), [(lambda x: x**0.5, np.nan), (lambda x: 1 if x > 0 else 0, np.nan)]
)
def test_a_scalar_form_that_returns_no_float_is_evaluated_by_the_body(scalar, expected):
    @elementwise(scalar=scalar, dx=lambda y, x: 0.5 / y)
    def root(x, /):
        return np.sqrt(x)

    np.testing.assert_equal(root(Value(-4.0)).data, expected)


def test_several_results_of_two_arguments():
    @primitive(da=lambda g, y, a, b: g[0], db=lambda g, y, a, b: g[1])
    def pair(a, b, /):
        return a + b, a - b

    for x, y in ((1.0, 2.0), (np.ones(2), np.ones(2))):
        total, difference = pair(Value(x), Value(y))
        np.testing.assert_array_equal(total.data, x + y)
        np.testing.assert_array_equal(difference.data, x - y)


def test_a_rule_of_the_wrong_shape_is_named():
    @primitive(dx=lambda g, y, x: 1.0)
    def total(x, /):
        return np.sum(x)

    x = Value([1.0, 2.0], "x")
    with pytest.raises(ValueError, match=r"rule of total.*'x' of shape \(2,\).*returned shape \(\)"):
        total(x).backward()

    @primitive(dx=lambda g, y, x: None)
    def forgotten(x, /):
        return np.sum(x)

    with pytest.raises(TypeError, match="rule of forgotten returned None"):
        forgotten(x).backward()


def test_gradients_of_numbers_are_floats_whatever_a_rule_returns():
    @elementwise(dx=lambda y, x: np.float64(2.0))
    def twice(x, /):
        return 2.0 * x

    @elementwise(dx=lambda z, x, y: np.float64(1.0), dy=lambda z, x, y: np.full((), 3.0))
    def mixed(x, y, /):
        return x + 3.0 * y

    for beside in (Value(1.0), Value([1.0, 2.0]).sum()):  # numbers alone, and with an array
        x = Value(1.0)
        first, second = x * 1.0, x * 1.0
        (mixed(twice(first), second) + beside).backward()
        assert [type(value.grad) for value in (first, second, x)] == [float] * 3
        assert (first.grad, second.grad, x.grad) == (2.0, 3.0, 5.0)


@pytest.mark.parametrize(
    ("slope", "expected"),
    [
        (lambda x: (x - 4.0) ** 0.5, np.nan),  # complex, as Python has it
        (lambda x: 1.0 / (x - 1.0), np.inf),  # ZeroDivisionError
        (lambda x: (1e200 * x) ** 2, np.inf),  # OverflowError
    ],
    ids=["complex", "by zero", "overflow"],
)
def test_a_slope_that_python_refuses_is_that_of_numpy(slope, expected):
    @elementwise(dx=lambda y, x: slope(x))
    def one(x, /):
        return x + 1.0

    @elementwise(dx=lambda z, x, y: slope(x), dy=lambda z, x, y: slope(y))
    def two(x, y, /):
        return x + y

    @elementwise(
        dx=lambda z, x, y, w: slope(x), dy=lambda z, x, y, w: slope(y), dw=lambda z, x, y, w: slope(w)
    )
    def three(x, y, w, /):
        return x + y + w

    @primitive(da=lambda g, z, a, b: g * slope(a), db=lambda g, z, a, b: g * slope(b))
    def pair(a, b, /):
        return a + b

    for f, count in ((one, 1), (two, 2), (three, 3), (pair, 2)):
        for position in range(count):
            numbers = [Value(1.0 if i == position else 5.0) for i in range(count)]
            x = numbers[position]
            assert gradients(f(*numbers), x) == pytest.approx(expected, nan_ok=True)
            f(*numbers).backward()
            assert x.grad == pytest.approx(expected, nan_ok=True)


def test_constant_rules_may_be_any_number():
    @elementwise(dx=2)
    def double(x, /):
        return 2 * x

    assert gradients(double(Value(3.0)), x := Value(3.0)) == 0.0
    assert gradients(double(x), x) == 2.0


def test_rules_need_not_be_plain_functions():
    @elementwise(dx=functools.partial(lambda k, y, x: k * x, 2.0))
    def squared(x, /):
        return x * x

    x = Value(3.0)
    assert gradients(squared(x), x) == 6.0


def test_declarations_that_cannot_work():
    with pytest.raises(TypeError, match="decorate a function written in Python"):
        elementwise(dx=1.0)(np.tanh)
    with pytest.raises(TypeError, match="before the /"):

        @elementwise(dx=1.0)
        def missing_slash(x):
            return x


def test_a_value_is_no_metadata():
    with pytest.raises(TypeError, match=r"var: the option 'ddof' is not differentiated; pass value.data"):
        Value([1.0, 2.0]).var(ddof=Value(1.0))

    @elementwise(dx=lambda y, x, k: k * x ** (k - 1))
    def raised(x, /, k=2):
        return x**k

    with pytest.raises(TypeError, match="raised: the option 'k' is not differentiated"):
        raised(Value(2.0), k=Value(3.0))


@pytest.mark.parametrize("other", [None, "a", 1j])
def test_an_operand_that_is_no_number_is_named_with_the_operation(other):
    with pytest.raises(TypeError, match="add: data must be real numbers, got dtype"):
        Value(1.0) + other


def test_shapes_that_do_not_broadcast_come_with_a_remedy():
    with pytest.raises(ValueError, match="from the last axis on"):
        Value([1.0, 2.0]) + Value([1.0, 2.0, 3.0])


def test_numpys_names_of_data_arguments():
    a, v = Value(np.eye(2) * 2.0), Value([1.0, 2.0])
    np.testing.assert_array_equal(np.linalg.solve(a, b=v).data, [0.5, 1.0])
    assert np.dot(v, b=v).data == 5.0
    assert np.outer(a=v, b=v).shape == (2, 2)
    np.testing.assert_array_equal(np.nan_to_num(Value([np.nan, 1.0]), True, 5.0).data, [5.0, 1.0])


def test_empty_softmax():
    assert ad.softmax(Value(np.zeros((0, 3))), 0).shape == (0, 3)
    assert ad.logsumexp(Value(np.zeros((0, 3))), 0).data.tolist() == [-np.inf] * 3


def test_raw_integers_count_as_numbers():
    assert ad.reciprocal(np.array([2, 4])).tolist() == [0.5, 0.25]
    assert ad.power(np.array([2]), np.array([-1])).tolist() == [0.5]
    assert ad.exp([True, False]).dtype == np.float64
    assert ad.square(np.array([100], np.int8)).tolist() == [10000.0]
    with pytest.raises(TypeError, match="dtype <U1"):
        ad.add(np.array(["a"]), 1.0)


@pytest.mark.parametrize(
    ("dx", "dy", "expected"),
    [
        (lambda z, x, y: y, lambda z, x, y: x, (5.0, 3.0)),
        (lambda z, x, y: x, lambda z, x, y: z, (3.0, 15.0)),
        (lambda z, *operands: operands[1], lambda *given: given[1], (5.0, 3.0)),
    ],
)
def test_rules_that_return_what_they_were_given(dx, dy, expected):
    @elementwise(dx=dx, dy=dy)
    def product(x, y, /):
        return x * y

    x, y = Value(3.0), Value(5.0)
    assert tuple(gradients(product(x, y), [x, y])) == expected
    product(x, y).backward()
    assert (x.grad, y.grad) == expected


def test_a_number_is_no_rule_of_an_operation_that_is_not_elementwise():
    with pytest.raises(TypeError, match=r"the rule dx must take \(g, y, x\) .* got 3\.0; .* @elementwise"):
        primitive(dx=3.0)(lambda x, /: 5.0 * x)
    x = Value([1.0, 2.0])
    unmoved = primitive(dx=0.0)(lambda x, /: np.round(x))
    np.testing.assert_array_equal(gradients(unmoved(x).sum(), x), [0.0, 0.0])


@pytest.mark.parametrize("name", [*ad.ops.NAMES, *(f"linalg.{name}" for name in ad.linalg.__all__)])
def test_type_hints_of_operations_can_be_read(name):
    function = functools.reduce(getattr, name.split("."), ad)
    names = {"DTypeLike": typing.Any}  # numpy.typing is imported for checkers alone
    if callable(function):
        assert "return" in typing.get_type_hints(function, localns=names)


def test_what_rules_have_in_common_is_computed_once_a_pass():
    computed = []

    def rules(g, y, a, b):
        computed.append(y)
        return lambda: g * b, lambda: g * a

    @primitive(together=rules)
    def product(a, b, /):
        return a * b

    a, b = Value([2.0, 3.0]), Value([5.0, 7.0])
    da, db = gradients(product(a, b).sum(), [a, b])
    assert len(computed) == 1
    np.testing.assert_array_equal([da, db], [b.data, a.data])
    second = gradients((gradients(product(a, b).sum(), a, create_graph=True) ** 2).sum(), b)
    np.testing.assert_array_equal(second, 2.0 * b.data)


def rooted():
    """√x, which keeps it for its rule, and what the rule was given."""
    given = []

    def dx(g, y, x, kept=None):
        given.append(kept)
        return 0.5 * g / (np.sqrt(x) if kept is None else kept[0])

    def keeping(x):
        y = np.sqrt(x)
        return y, (y.copy(),)

    @primitive(keeping=keeping, dx=dx)
    def root(x, /):
        return np.sqrt(x)

    return root, given


def test_what_a_forward_computation_keeps_is_given_to_its_rule_in_a_pass_that_is_not_recorded():
    root, given = rooted()
    x = Value([4.0, 9.0])
    y = root(x)
    assert metadata_of(y) == {}
    np.testing.assert_array_equal(gradients(y, x, np.ones(2)), [0.25, 1.0 / 6.0])
    np.testing.assert_array_equal(given.pop()[0], y.data)
    first = gradients(y, x, np.ones(2), create_graph=True)
    assert given.pop() is None
    np.testing.assert_allclose(gradients(first, x, np.ones(2)), -0.25 * x.data**-1.5)
    check_gradients(root, x.data, order=2)


def test_nothing_is_kept_where_no_gradient_can_be_asked_for():
    root, _ = rooted()
    with ad.no_grad():
        assert kept_by(root(Value([4.0]))) is None
    assert kept_by(root(Value([4.0], constant=True))) is None
    np.testing.assert_array_equal(root(np.array([4.0])), [2.0])
    program = ad.compile(ad.grad(lambda x: root(x).sum()))
    np.testing.assert_array_equal(program(np.array([4.0])), [0.25])


def test_a_node_that_is_replayed_with_other_numbers_forgets_what_it_kept():
    root, _ = rooted()
    x = Value([4.0], "x")
    y = root(x)
    np.testing.assert_array_equal(Replay(y)([(x, [9.0])]), [3.0])
    again = recorded(root.operation, np.array([3.0]), [Value([9.0])], metadata_of(y), True)
    assert kept_by(again) is None
