"""What f closes over: parameters, names that change their meaning, and what differs from time to time."""

import numpy as np
import pytest

import autodiff as ad
import nn
from autodiff import Value, derivative, elementwise, grad, gradients, hessian, no_grad, value_and_grad
from autodiff.programs import compile as compiled

# -- what f closes over ------------------------------------------------------------------------


def test_parameters_are_read_anew_at_each_call():
    model = nn.MLP(2, [3, 1], seed=0)
    X, y = np.random.default_rng(0).normal(size=(5, 2)), np.ones((5, 1))

    def step(X, y):
        return gradients(nn.squared_error(model(X), y), model.parameters())

    program = compiled(step)
    for _ in range(3):
        for found, wanted in zip(program(X, y), step(X, y), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-15)
        for parameter in model.parameters():
            parameter.data = parameter.data * 0.9
    assert len(program.versions) == 1


def test_a_result_that_depends_on_a_variable_is_a_value_that_can_be_differentiated():
    model = nn.MLP(2, [3, 1], seed=0)
    X, y = np.random.default_rng(0).normal(size=(5, 2)), np.ones((5, 1))
    program = compiled(lambda X, y: nn.squared_error(model(X), y))
    for _ in range(2):
        loss = program(X, y)
        loss.backward()
        wanted = gradients(nn.squared_error(model(X), y), model.parameters())
        for parameter, g in zip(model.parameters(), wanted, strict=True):
            np.testing.assert_allclose(parameter.grad, g, rtol=1e-13, atol=1e-15)
            parameter.data = parameter.data * 0.9
            parameter.zero_grad()


def test_a_name_that_means_another_model_or_function_by_now_records_anew():
    X = np.ones((4, 2))
    model, squash = nn.MLP(2, [3, 1], seed=0), ad.tanh
    program = compiled(lambda X: squash(model(X)))
    program(X)
    model = nn.MLP(2, [3, 1], seed=5)
    np.testing.assert_allclose(program(X).data, ad.tanh(model(X)).data, rtol=1e-13)
    squash = ad.sigmoid
    np.testing.assert_allclose(program(X).data, ad.sigmoid(model(X)).data, rtol=1e-13)
    assert len(program.versions) == 1


def test_a_new_list_of_the_same_parameters_records_nothing_anew():
    model, X = nn.MLP(2, [3, 1], seed=0), np.ones((4, 2))
    parameters = model.parameters()
    program = compiled(lambda X: gradients(model(X).sum(), parameters))
    program(X)
    (version,) = program.versions
    parameters = model.parameters()
    program(X)
    assert program.versions == (version,)
    parameters = model.parameters()[:1]
    assert len(program(X)) == 1


mean = 0.0


def test_a_global_with_the_name_of_an_attribute_is_not_part_of_a_program(monkeypatch):
    program = compiled(lambda x: (x * 2.0).mean())
    program(np.ones(3))
    (version,) = program.versions
    monkeypatch.setitem(globals(), "mean", 1.0)
    program(np.ones(3))
    assert program.versions == (version,)


def test_derivatives_of_a_program_go_to_any_order_and_mix_with_eager_code():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    program = compiled(lambda x: (w**3 * x**2, w * 5.0, x))
    y, other, itself = program(x)
    assert (y.data, other.data, itself.data) == (72.0, 10.0, 3.0)
    first = gradients(y * other + itself, [w, x], create_graph=True)
    assert [g.data for g in first] == [4.0 * 8.0 * 45.0, 5.0 * 16.0 * 6.0 + 1.0]
    second = gradients(first[0], [w, x], create_graph=True)
    assert [g.data for g in second] == [12.0 * 4.0 * 45.0, 20.0 * 8.0 * 6.0]
    assert gradients(second[0], [w, x]) == [24.0 * 2.0 * 45.0, 60.0 * 4.0 * 6.0]


def test_a_program_inside_a_derivative_is_differentiated():
    program = compiled(lambda x: ad.sin(x) * x)
    for f in (grad, hessian, lambda g: derivative(g, 3), lambda g: value_and_grad(grad(g))):
        assert f(program)(0.7) == f(lambda x: ad.sin(x) * x)(0.7)
    assert grad(lambda x: x * grad(program)(x))(0.7) == grad(lambda x: x * grad(program._f)(x))(0.7)


def test_a_derivative_inside_a_program_sees_the_variables_around_it():
    assert grad(lambda x: x * compiled(grad(lambda y: x * y))(3.0))(2.0) == 4.0
    w = Value(2.0)
    program = compiled(grad(lambda y: w * y * y))
    assert program(3.0) == 12.0
    assert grad(lambda x: program(x))(3.0) == 4.0
    assert program(3.0) == 12.0


def test_a_program_inside_another_becomes_part_of_it():
    inner = compiled(lambda x: x * x)
    outer = compiled(lambda x: inner(x) + inner(2.0))
    assert outer(3.0) == 13.0
    assert inner.versions == ()


def test_no_grad_gives_constants():
    w = Value(2.0, "w")
    program = compiled(lambda x: w * x)
    with no_grad():
        assert program(3.0).constant
    assert not program(3.0).constant


def test_a_frozen_parameter_has_no_part_in_the_derivative():
    w = Value(2.0, "w")
    program = compiled(lambda x: w * x)
    assert not program(3.0).constant
    w.constant = True
    assert program(3.0) == 6.0
    w.constant = False
    assert gradients(program(3.0), w) == 3.0


def test_a_leaf_assigned_after_a_call_is_seen():
    w = Value(2.0, "w")
    result = compiled(lambda x: w * w * x)(3.0)
    w.data = 5.0
    with pytest.raises(ValueError, match="'w' was assigned new data"):
        gradients(result, w)


def test_names_that_mean_something_else_are_seen():
    scale, table, weight = 2.0, np.ones(2), Value(1.0)

    def inner(x):
        return x * scale

    def f(x):
        return inner(x) * table * weight

    program = compiled(lambda x: gradients(ad.sum(f(x)), weight))
    assert program(3.0) == 12.0
    scale = 5.0
    assert program(3.0) == 30.0
    table = np.ones(3)
    assert program(3.0) == 45.0
    weight = Value(7.0)
    assert program(3.0) == 45.0
    scale = 5.0 + 0.0
    assert program(3.0) == 45.0
    assert len(program.versions) == 1


def test_an_own_operation_is_compiled_as_it_was_declared():
    @ad.elementwise(dx=lambda y, x: y / (1.0 + x * x))
    def weight(x, /):
        return np.exp(np.arctan(x))

    @ad.primitive(dx=lambda g, y, x, by: g[::-1] * by)
    def reverse(x, /, by=2.0):
        return x[::-1] * by

    f = value_and_grad(lambda x: ad.sum(weight(x) * reverse(x, by=3.0)))
    found, wanted = compiled(f)(np.arange(3.0)), f(np.arange(3.0))
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-15)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-15)
    assert compiled(grad(weight))(0.5) == grad(weight)(0.5)


# -- the same each time ------------------------------------------------------------------------


def test_random_numbers_are_refused_with_the_line_that_uses_them():
    rng = np.random.default_rng(0)

    def f(x):
        noisy = x + rng.normal()
        return noisy * 2.0

    told = r"same each time, .* other numbers at test_surroundings\.py:\d+, `noisy ="
    with pytest.raises(ValueError, match=told):
        compiled(f)(1.0)


def test_dropout_is_refused_while_it_trains():
    dropout = nn.Dropout(0.5, seed=0)
    program, x = compiled(lambda x: dropout(x)), np.ones(8)
    with pytest.raises(ValueError, match=r"same each time, .* eval\(\)"):
        program(x)
    dropout.eval()
    np.testing.assert_array_equal(program(x), x)


def test_a_function_that_counts_is_refused_where_the_count_matters():
    calls = []

    def f(x):
        calls.append(1)
        return x * float(len(calls))

    with pytest.raises(ValueError, match="same each time"):
        compiled(f)(1.0)


@pytest.mark.parametrize("more", [lambda y: y * 3.0, lambda y: (y, y)], ids=["a step", "a result"])
def test_a_function_that_goes_on_the_second_time_is_refused(more):
    calls = []

    def f(x):
        calls.append(1)
        y = x * 2.0
        return y if len(calls) == 1 else more(y)

    with pytest.raises(ValueError, match="same each time"):
        compiled(f)(1.0)


def test_what_is_kept_from_the_first_call_is_refused():
    kept = []

    def f(x):
        kept.append(x * x)
        return kept[0] * x

    with pytest.raises(ValueError, match="same each time"):
        compiled(f)(1.0)


@pytest.mark.parametrize("inside", [False, True], ids=["behind", "inside"])
def test_random_numbers_around_a_gradient_are_refused(inside):
    def f(x):
        noise = np.random.random()
        g = grad(lambda w: w * w * (noise if inside else 1.0))(x)
        return g * 2.0 + (0.0 if inside else noise)

    with pytest.raises(ValueError, match="same each time"):
        compiled(f)(3.0)


def test_a_gradient_kept_from_the_first_call_is_refused():
    kept = []

    def f(x):
        kept.append(grad(lambda w: w**3)(x))
        return kept[0] / kept[-1]

    with pytest.raises(ValueError, match="same each time"):
        compiled(f)(3.0)


def test_a_rule_that_draws_at_random_is_refused():
    @elementwise(dx=lambda y, x: 1.0 + np.random.random() * x)
    def noisy(x, /):
        return x * 1.0

    with pytest.raises(ValueError, match="same each time"):
        compiled(grad(noisy))(3.0)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_gradients_of_gradients_are_the_same_each_time(order):
    f = derivative(lambda x: np.exp(x) * x**3 + x, order)
    program = compiled(lambda x: f(x) * x + derivative(f)(x * 2.0))
    assert program(0.7) == pytest.approx(f(0.7) * 0.7 + derivative(f)(1.4), rel=1e-14)


def test_a_gradient_that_is_an_operand_is_the_same_each_time():
    def f(w, x):
        y = np.sin(x)
        slope = grad(lambda w: w * y)(w)
        return slope * y + w

    assert compiled(f)(2.0, 0.5) == pytest.approx(np.sin(0.5) ** 2 + 2.0, rel=1e-15)


def test_a_users_rule_in_a_loop_that_becomes_columns_is_the_same_each_time():
    @elementwise(dx=lambda y, x: 2.0 * x)
    def own(x, /):
        return x * x

    rows = np.linspace(0.0, 1.0, 30).tolist()
    f = value_and_grad(lambda w: sum(own(w * x) for x in rows))
    value, slope = compiled(f)(3.0)
    assert (value, slope) == (pytest.approx(f(3.0)[0]), pytest.approx(f(3.0)[1]))


def test_a_gradient_inside_a_step_is_the_same_each_time():
    rows = np.linspace(0.0, 1.0, 30).tolist()

    def loss(w, c):
        return sum((w * x + c) ** 2 for x in rows)

    def f(w):
        outer = [w * x for x in rows]
        slope = grad(lambda v: sum((v * y) ** 2 for y in outer))(w)
        step = lambda c, x: (c - 0.001 * grad(loss, 1)(w, c) + outer[3] * slope * x, c)  # noqa: E731
        return ad.scan(step, 0.1, np.linspace(0.0, 1.0, 10))[0]

    assert compiled(f)(0.5) == pytest.approx(f(0.5), rel=1e-12)


def test_a_model_switched_between_training_and_evaluation_is_recorded_anew():
    model = nn.Sequential(nn.Linear(3, 3, seed=0), nn.Dropout(0.5, seed=0)).eval()
    program = compiled(lambda X: model(X).sum())
    X = np.ones((2, 3))
    kept = program(X).data
    model.train()
    with pytest.raises(ValueError, match="eval"):
        program(X)
    model.eval()
    assert program(X).data == kept


def test_a_dask_array_in_the_closure_is_refused_by_name():
    da = pytest.importorskip("dask.array")
    X = da.ones((4, 2), chunks=2)
    with pytest.raises(TypeError, match="closes over a Array; programs run on NumPy arrays alone"):
        compiled(lambda w: ((X @ w) ** 2).mean())(np.zeros(2))
