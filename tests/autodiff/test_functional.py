"""Derivatives of functions: nesting, structures, and agreement with each other."""

import math

import numpy as np
import pytest
from hypothesis import given

import autodiff as ad
import nn
from autodiff import (
    Value,
    derivative,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    register_structure,
    value_and_grad,
    vjp,
)
from autodiff.differentiation.structure import leaves, named_leaves
from autodiff.testing import Domain, arrays, numbers


def rosenbrock(x):
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def test_the_two_traps_of_nesting():
    assert grad(lambda x: x * grad(lambda y: x * y)(3.0))(2.0) == 4.0
    assert grad(lambda x: x * grad(lambda y: x)(3.0))(2.0) == 0.0
    assert grad(lambda x: x * grad(lambda y: x + y)(3.0))(2.0) == 1.0


def test_nesting_with_the_same_point_differentiates_one_argument_only():
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12.0


def test_derivatives_nest_to_any_order():
    f = ad.sin
    for _ in range(4):
        f = grad(f)
    assert f(0.5) == pytest.approx(math.sin(0.5))
    assert derivative(ad.sin, 6)(0.5) == pytest.approx(-math.sin(0.5))
    assert derivative(ad.exp, 0)(1.0) == math.e
    assert derivative(lambda x: 3.0 * x, 2)(1.0) == 0.0
    assert derivative(derivative(lambda x: x**4))(2.0) == 48.0


def test_results_are_plain_unless_asked():
    f = lambda x: (x * x).sum()  # noqa: E731
    assert type(grad(f)(3.0)) is float
    assert type(grad(f)(np.ones(2))) is np.ndarray
    assert isinstance(grad(f, create_graph=True)(3.0), Value)
    x = Value(3.0)
    slope = grad(f)(x)
    slope.backward()
    assert x.grad == 2.0
    value, slope = value_and_grad(f)(3.0)
    assert (type(value), type(slope)) == (float, float)


def test_grads_of_no_one_are_touched():
    x, w = Value(3.0), Value(2.0)
    hessian(lambda v: w * v**3)(3.0)
    grad(lambda v: v * v)(x)
    assert x.grad is None
    assert w.grad is None


def test_structures():
    model = {"w": [np.ones((2, 3)), np.ones(2)], "b": (1.0, None)}

    def f(m, x):
        return (m["w"][0] @ x + m["w"][1]).sum() * m["b"][0]

    found = grad(f)(model, np.arange(3.0))
    assert found["w"][0].tolist() == [[0.0, 1.0, 2.0]] * 2
    assert found["w"][1].tolist() == [1.0, 1.0]
    assert found["b"] == (8.0, None)
    several = jacobian(lambda x: {"double": 2 * x, "square": x * x})(np.array([1.0, 2.0]))
    assert several["double"].tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert several["square"].tolist() == [[2.0, 0.0], [0.0, 4.0]]


def test_argnums_and_keyword_arguments():
    f = lambda x, y, *, power: x**power * y  # noqa: E731
    assert grad(f, argnums=1)(2.0, 5.0, power=2) == 4.0
    assert grad(f, argnums=-2)(2.0, 5.0, power=2) == 20.0
    assert grad(f, argnums=(0, -1))(2.0, 5.0, power=2) == (20.0, 4.0)


def test_an_ignored_argument_has_gradient_zero():
    assert grad(lambda x: 3.0)(2.0) == 0.0
    assert grad(lambda x, y: x * 1.0, argnums=1)(2.0, np.ones(3)).tolist() == [0.0, 0.0, 0.0]
    assert jacobian(lambda x: np.ones(2))(np.ones(3)).tolist() == [[0.0] * 3] * 2
    assert hessian(lambda x: x.sum())(np.ones(2)).tolist() == [[0.0] * 2] * 2


@given(arrays((3,), domain=Domain(-2.0, 2.0)), arrays((3,)))
def test_products_with_the_jacobian_agree(x, v):
    f = lambda x: ad.stack([x[0] * x[1], ad.sin(x[2]), x.sum(), x[0] ** 2])  # noqa: E731
    matrix = jacobian(f)(x)
    value, pushed = jvp(f, x, v)
    np.testing.assert_allclose(pushed, matrix @ v, atol=1e-12)
    value_again, pullback = vjp(f, x)
    np.testing.assert_array_equal(value, value_again)
    u = np.array([1.0, -2.0, 0.5, 3.0])
    np.testing.assert_allclose(pullback(u)[0], u @ matrix, atol=1e-12)


@given(arrays((4,), domain=Domain(-2.0, 2.0)), arrays((4,)))
def test_second_derivatives_agree(x, v):
    matrix = hessian(rosenbrock)(x)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-9)
    np.testing.assert_allclose(hvp(rosenbrock, x, v), matrix @ v, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(jacobian(grad(rosenbrock))(x), matrix, atol=1e-9)


def test_rows_and_columns_of_a_jacobian_are_the_same(monkeypatch):
    from autodiff.differentiation import jacobians

    f = lambda x, y: ad.outer(x, y) * x[0]  # noqa: E731
    arguments = (np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0]))
    monkeypatch.setattr(jacobians, "COLUMN_COST", 1000)
    rows = jacobian(f, argnums=(0, 1))(*arguments)
    monkeypatch.setattr(jacobians, "COLUMN_COST", 0)
    columns = jacobian(f, argnums=(0, 1))(*arguments)
    for a, b in zip(rows, columns, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b)
    assert rows[1].shape == (2, 3, 3)


def test_a_tall_jacobian_takes_columns():
    passes = []

    @ad.elementwise(dx=lambda y, x: passes.append(1) or 2.0 * x)
    def counted(x, /):
        return x * x

    tall = jacobian(lambda x: counted(x) * np.ones(500))(3.0)
    assert tall.tolist() == [6.0] * 500
    assert len(passes) < 10


@given(numbers(Domain(0.5, 2.0)))
def test_derivatives_of_jacobians(x):
    f = lambda v: ad.stack([v**3, ad.sin(v)])  # noqa: E731
    second = jacobian(jacobian(f))(x)
    np.testing.assert_allclose(second, [6.0 * x, -math.sin(x)], rtol=1e-12)


def test_implicit_derivative_inside_a_closure():
    inner = lambda a: grad(lambda y: a * y**3 + y)(2.0)  # noqa: E731
    assert grad(inner)(5.0) == 12.0
    assert hessian(lambda a: a * inner(a))(5.0) == 24.0


def test_float_and_math_inside_a_derivative_name_the_remedy():
    with pytest.raises(TypeError, match=r"autodiff\.exp.*\.item\(\)"):
        grad(lambda x: math.exp(x))(1.0)
    with pytest.raises(TypeError, match=r"\.item\(\)"):
        grad(lambda x: x * float(x))(1.0)
    assert grad(lambda x: x * x.item())(3.0) == 3.0


def test_derivatives_work_inside_no_grad():
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0
        assert hessian(lambda x: x**3)(2.0) == 12.0
        assert jvp(lambda x: x * x, 3.0, 1.0) == (9.0, 6.0)
        _, pullback = vjp(lambda x: x * x, 3.0)
        assert pullback(1.0) == (6.0,)
        assert (Value(2.0) * 3.0).constant


def test_messages():
    with pytest.raises(TypeError, match=r"array of shape \(2,\); use jacobian"):
        grad(lambda x: x * 2)(np.ones(2))
    with pytest.raises(TypeError, match="got a tuple; jacobian"):
        grad(lambda x: (x, x))(1.0)
    with pytest.raises(TypeError, match="got nothing"):
        grad(lambda x: None)(1.0)
    with pytest.raises(ValueError, match="argnums=2: f was given 1"):
        grad(lambda x: x, argnums=2)(1.0)


@pytest.mark.parametrize("wrong", ["y", None, 1.0, True, (0, "y"), [0.0]])
def test_argnums_that_are_not_positions_are_refused(wrong):
    for derivative_of in (grad, jacobian, value_and_grad):
        with pytest.raises(TypeError, match="expected the position of an argument, from 0, or a tuple"):
            derivative_of(lambda x, y: x * y, argnums=wrong)(1.0, 2.0)


def test_argnums_may_be_what_numpy_counts_with():
    assert grad(lambda x, y: x * y, argnums=np.int64(1))(2.0, 5.0) == 2.0
    assert grad(lambda x, y: x * y, argnums=np.arange(2))(2.0, 5.0) == (5.0, 2.0)
    assert grad(lambda x, y: x * y, argnums=range(2))(2.0, 5.0) == (5.0, 2.0)
    with pytest.raises(ValueError, match=r"tangent of shape \(3,\), got \(2,\)"):
        jvp(lambda x: x * 2, np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match=r"cotangent of shape \(3,\), got \(\)"):
        vjp(lambda x: x * 2, np.ones(3))[1](1.0)
    with pytest.raises(TypeError, match="one number, got shape"):
        derivative(lambda x: x)(np.ones(2))
    with pytest.raises(ValueError, match="order must be 0 or more"):
        derivative(ad.sin, -1)


def test_dicts_are_matched_by_key():
    f = lambda p: p["x"] ** 2 * p["y"]  # noqa: E731
    assert hvp(f, {"x": 2.0, "y": 3.0}, {"y": 1.0, "x": 0.0}) == {"x": 4.0, "y": 0.0}
    assert jvp(f, ({"x": 2.0, "y": 3.0},), ({"y": 1.0, "x": 0.0},))[1] == 4.0
    pullback = vjp(lambda x: {"a": x * 2, "b": x * 10}, 1.0)[1]
    assert pullback({"b": 1.0, "a": 0.0}) == (10.0,)
    with pytest.raises(ValueError, match=r"keys \['a', 'b'\], got the keys \['a'\]"):
        pullback({"a": 1.0})
    with pytest.raises(ValueError, match="a list counts as a structure"):
        jvp(lambda x: x * 2, np.ones(2), [1.0, 0.0])


def test_no_grad_inside_a_function_makes_its_results_constants():
    def f(x):
        with no_grad():
            slope = grad(lambda y: y**2)(x)
        return slope * x

    assert grad(f)(2.0) == 4.0


def test_second_derivatives_of_powers_at_zero():
    assert hessian(lambda x, y: x**y, (0, 1))(0.0, 2.0) == ((2.0, 0.0), (0.0, 0.0))
    assert hessian(lambda y: 0.0**y)(2.0) == 0.0
    assert hessian(lambda y: (0.0**y).sum())(np.array([2.0])).tolist() == [[0.0]]


def test_recorded_gradients_keep_float32():
    x = Value(np.ones(2, np.float32))
    assert gradients((x * np.ones(2)).sum(), x, create_graph=True).dtype == np.float32
    assert gradients(x * x, x, np.ones(2), create_graph=True).dtype == np.float32
    assert jvp(lambda v: v**3, x, np.ones(2))[1].dtype == np.float32


# -- what f returns beside its output ----------------------------------------------------------


def _pair(x, y):
    return (x * y**2).sum(), {"sum": x + y, "text": "as it is"}


def _alone(x, y):
    return _pair(x, y)[0]


def _same(found, wanted):
    for a, b in zip(leaves(found), leaves(wanted), strict=True):
        assert not isinstance(a, Value)
        np.testing.assert_array_equal(a, b)


@given(arrays((3,)), arrays((3,)))
def test_what_f_returns_beside_its_output_is_handed_through(x, y):
    aux = {"sum": x + y, "text": "as it is"}
    for derivative_of in (grad, jacobian, hessian):
        _same(derivative_of(_pair, 1, has_aux=True)(x, y), (derivative_of(_alone, 1)(x, y), aux))
    value, slopes = value_and_grad(_alone, (0, 1))(x, y)
    _same(value_and_grad(_pair, (0, 1), has_aux=True)(x, y), ((value, aux), slopes))
    output, pullback, beside = vjp(_pair, x, y, has_aux=True)
    _same((output, beside, pullback(1.0)), (value, aux, slopes))


def test_what_is_handed_through_is_differentiated_from_outside():
    slope = grad(lambda a: grad(lambda b: (a * b**2, a * b), has_aux=True)(3.0)[1])
    assert slope(2.0) == 3.0


@pytest.mark.parametrize(("f", "kind"), [(lambda x: x, "a Value"), (lambda x: (x, 1, 2), "a tuple of 3")])
def test_without_a_pair_has_aux_is_refused(f, kind):
    for derivative_of in (grad, value_and_grad, jacobian, hessian):
        with pytest.raises(
            TypeError, match=rf"has_aux=True: f must return a pair \(output, aux\), got {kind}"
        ):
            derivative_of(f, has_aux=True)(2.0)


# -- modules, and containers of one's own ------------------------------------------------------


def test_the_gradient_by_a_module_is_that_by_its_parameters():
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.tanh, nn.Linear(3, 1, seed=1))
    model.layers[0].bias.constant = True
    X, y = np.arange(8.0).reshape(4, 2), np.ones((4, 1))

    def loss(model, X):
        return nn.squared_error(model(X), y)

    free = {name: p for name, p in model.named_parameters() if not p.constant}
    assert len(free) == 3
    found = grad(loss)(model, X)
    assert found.keys() == free.keys()
    for name, slope in zip(free, gradients(loss(model, X), [*free.values()]), strict=True):
        np.testing.assert_array_equal(found[name], slope)
    by_both = grad(loss, argnums=(0, 1))(model, X)
    np.testing.assert_array_equal(by_both[1], grad(loss, argnums=1)(model, X))
    whole, product = hessian(loss)(model, X), hvp(lambda m: loss(m, X), model, found)
    for row in free:
        along = sum(np.tensordot(whole[row][name], found[name], found[name].ndim) for name in free)
        np.testing.assert_allclose(product[row], along, atol=1e-12)


class Circle:
    def __init__(self, radius, name):
        self.radius, self.name = radius, name


class Disc(Circle):
    pass


def test_a_container_of_ones_own_is_taken_apart():
    register_structure(Circle, lambda c: {"radius": c.radius}, lambda c, new: type(c)(**new, name=c.name))
    both = Circle(2.0, "a"), {"r": Disc(3.0, "b")}
    slope = grad(lambda pair: pair[0].radius ** 2 * pair[1]["r"].radius)(both)
    assert [slope[0].radius, slope[0].name] == [12.0, "a"]
    assert isinstance(slope[1]["r"], Disc)
    assert slope[1]["r"].radius == 4.0
    assert [*named_leaves(Circle(1.0, "a"), "p")] == [("p.radius", 1.0)]
    with pytest.raises(ValueError, match="expected a tangent of type Circle, got a number or an array"):
        jvp(lambda c: c.radius, (Circle(2.0, "a"),), (1.0,))
    with pytest.raises(TypeError, match="argument c is a Circle"):
        ad.compile(lambda c: c.radius)(Circle(2.0, "a"))


@pytest.mark.parametrize("kind", [3.0, object, np.ndarray, float, str, Value])
def test_only_containers_are_registered(kind):
    with pytest.raises(TypeError, match="register_structure: "):
        register_structure(kind, dict, lambda tree, new: new)
