"""Every operation of the table: value, derivatives, dtypes, edges, and what must not happen."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, check_gradients, gradients
from autodiff.testing import arrays, broadcastable_arrays
from autodiff.testing.edges import edges
from autodiff.values.data import canonical
from tests.cases import ALIASES, CASES, ELEMENTWISE, SHAPED, Elementwise, Shaped

EDGES = edges(np.dtype(np.float64))

elementwise = pytest.mark.parametrize("case", ELEMENTWISE, ids=str)
shaped = pytest.mark.parametrize("case", SHAPED, ids=str)
every = pytest.mark.parametrize("case", CASES, ids=str)


def inputs(case, dtype=np.float64):
    """A strategy of the arguments of a case."""
    if isinstance(case, Elementwise):
        return broadcastable_arrays(len(case.domains), dtype, case.domains)
    return st.tuples(*(arrays(shape, dtype, case.domain, unique=case.unique) for shape in case.shapes))


def example(case, dtype=np.float64):
    """One fixed argument tuple inside the domains, without ties."""
    rng = np.random.default_rng(0)
    if isinstance(case, Elementwise):
        pairs = [(domain, (2, 3)) for domain in case.domains]
    else:
        pairs = [(case.domain, shape) for shape in case.shapes]
    drawn = []
    for domain, shape in pairs:
        low, high = np.array(domain.pieces()).T
        piece = rng.integers(len(low), size=shape)
        x = low[piece] + (high[piece] - low[piece]) * rng.random(shape)
        drawn.append(canonical(np.asarray(x, dtype)))
    return drawn


def quiet(f, *xs):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return f(*xs)


def test_every_operation_has_a_case():
    missing = {name for name in ad.ops.NAMES if name not in ("linalg",)}
    missing |= {f"linalg.{name}" for name in ad.linalg.__all__}
    missing -= {case.name for case in CASES} | set(ALIASES)
    assert not missing
    assert all(getattr(ad, alias) is getattr(ad, name) for alias, name in ALIASES.items())


@elementwise
@given(data=st.data())
@settings(max_examples=15)
def test_elementwise_value_is_numpys(case, data):
    xs = data.draw(inputs(case))
    np.testing.assert_allclose(case(*map(Value, xs)).data, case.numpy(*xs), rtol=4e-15, atol=1e-300)


@shaped
def test_value_is_numpys(case):
    xs = example(case)
    np.testing.assert_allclose(case(*map(Value, xs)).data, case.numpy(*xs), rtol=1e-13, atol=1e-14)


@elementwise
@given(data=st.data())
@settings(max_examples=10)
def test_elementwise_derivatives_are_the_finite_differences(case, data):
    check_gradients(case, *data.draw(inputs(case)))


@shaped
def test_derivatives_are_the_finite_differences(case):
    check_gradients(case, *example(case))


@pytest.mark.parametrize(
    "options", [{}, {"rcond": 0.5}, {"rcond": 0.05}, {"rtol": 0.5}, {"rtol": 0.05}], ids=str
)
def test_a_pseudo_inverse_takes_small_singular_values_for_zero(options):
    a = np.diag([4.0, 1.0, 0.1])
    np.testing.assert_allclose(ad.linalg.pinv(Value(a), **options).data, np.linalg.pinv(a, **options))


def test_a_pseudo_inverse_has_one_bound():
    with pytest.raises(TypeError, match="give rcond or rtol"):
        ad.linalg.pinv(np.eye(2), 0.5, rtol=0.5)


GRIDS = {
    "unit steps": (),
    "one step for all axes": (0.5,),
    "a step for each axis": (0.5, 2.0),
    "coordinates": ([0.0, 1.0, 3.0, 3.5], [-1.0, 0.0, 0.25, 2.0, 5.0]),
    "coordinates and a step": ([0.0, 1.0, 3.0, 3.5], 2.0),
}


@pytest.mark.parametrize("edge_order", [1, 2])
@pytest.mark.parametrize("spacing", GRIDS.values(), ids=GRIDS)
def test_slopes_on_a_grid_are_numpys(spacing, edge_order):
    f = np.random.default_rng(0).normal(size=(4, 5))
    slopes = ad.gradient(Value(f), *spacing, edge_order=edge_order)
    for found, wanted in zip(slopes, np.gradient(f, *spacing, edge_order=edge_order), strict=True):
        np.testing.assert_allclose(found.data, wanted)


@pytest.mark.parametrize("edge_order", [1, 2])
def test_slopes_along_one_axis_are_numpys(edge_order):
    f, points = np.random.default_rng(0).normal(size=(4, 5)), np.array([0.0, 1.0, 3.0, 3.5])
    found = ad.gradient(Value(f), points, axis=0, edge_order=edge_order)
    np.testing.assert_allclose(found.data, np.gradient(f, points, axis=0, edge_order=edge_order))
    single = ad.gradient(Value(np.float32([1.0, 2.0, 4.0])), np.array([0.0, 1.0, 3.0]), edge_order=edge_order)
    assert single.dtype == np.float32


def test_slopes_of_a_parabola_are_exact_on_any_grid():
    x = Value(np.array([0.0, 1.0, 3.0, 3.5]))
    np.testing.assert_allclose(ad.gradient(x * x, x.data, edge_order=2).data, 2.0 * x.data)


@pytest.mark.parametrize(("n", "edge_order", "enough"), [(0, 1, 2), (1, 1, 2), (2, 2, 3)])
def test_too_few_points_for_a_slope_are_refused(n, edge_order, enough):
    with pytest.raises(ValueError, match=f"expected {enough} points or more, got {n}"):
        ad.gradient(Value(np.ones(n)), edge_order=edge_order)
    assert ad.gradient(Value(np.ones(enough)), edge_order=edge_order).data.tolist() == [0.0] * enough


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (ValueError, "edge_order must be 1 or 2, got 3", lambda f: ad.gradient(f, edge_order=3)),
        (TypeError, "expected no spacing, one number, or 2; got 3", lambda f: ad.gradient(f, 1.0, 1.0, 1.0)),
        (TypeError, "or 2; got 1", lambda f: ad.gradient(f, np.arange(4.0))),
        (ValueError, "expected 4 coordinates", lambda f: ad.gradient(f, np.arange(3.0), 1.0)),
        (TypeError, "must be plain numbers", lambda f: ad.gradient(f, Value(1.0), axis=0)),
    ],
)
def test_grids_that_do_not_fit_are_refused(error, message, call):
    with pytest.raises(error, match=message):
        call(Value(np.ones((4, 5))))


@every
def test_raw_in_raw_out(case):
    xs = example(case)
    plain = quiet(case, *xs)
    assert not isinstance(plain, Value)
    np.testing.assert_array_equal(plain, quiet(case, *map(Value, xs)).data)


@elementwise
def test_a_float_stays_a_float(case):
    xs = [float(np.ravel(x)[0]) for x in example(case)]
    values = [Value(x) for x in xs]
    y = case(*values)
    assert type(y.data) is float
    assert type(case(*xs)) is float
    first = gradients(y, values, create_graph=True)
    assert all(type(g.data) is float for g in first)
    assert all(type(g) is float for g in gradients(y, values))


@pytest.mark.parametrize("case", [case for case in CASES if case.name != "astype"], ids=str)
def test_float32_stays_float32(case):
    values = [Value(x) for x in example(case, np.float32)]
    y = case(*values)
    assert y.dtype == np.float32
    seed = np.ones(y.shape, np.float32)
    y.backward(seed)
    assert all(node.grad is None or np.asarray(node.grad).dtype == np.float32 for node in (*values, y))
    assert all(g.dtype == np.float32 for g in gradients(y, values, seed, create_graph=True))


def test_a_sum_over_no_axis_keeps_the_signs_of_zeros():
    x = np.array([-0.0, 0.0])
    assert np.signbit(ad.sum_to(x, (2,))).tolist() == [True, False]
    assert np.signbit(ad.sum_to(-0.0, ()))


@every
def test_nothing_is_mutated_and_no_memory_is_shared(case):
    xs = example(case)
    before = [np.copy(x) for x in xs]
    values = [Value(x) for x in xs]
    y = case(*values)
    seed = np.ones(y.shape)
    found = gradients(y, values, seed)
    again = gradients(y, values, seed)
    assert (seed == 1.0).all()
    for x, old, value, g, h in zip(xs, before, values, found, again, strict=True):
        np.testing.assert_array_equal(x, old)
        np.testing.assert_array_equal(value.data, old)
        np.testing.assert_array_equal(g, h)
        for other in (x, value.data, y.data, seed, h):
            assert not np.shares_memory(g, other)
        assert not np.shares_memory(value.data, x)


@pytest.mark.parametrize("case", [case for case in SHAPED if case.linear], ids=str)
def test_adjoint_of_a_linear_operation_is_exact(case):
    rng = np.random.default_rng(1)
    values = [Value(np.round(8.0 * x)) for x in example(case)]
    y = case(*values)
    g = rng.integers(-8, 8, y.shape).astype(float)
    pulled = gradients(y, values, g)
    assert np.vdot(y.data, g) == sum(np.vdot(x.data, p) for x, p in zip(values, pulled, strict=True))


def edge_points(n, most=4000):
    """All n-tuples of edges, or a few thousand of them where there are more: n columns."""
    grids = [grid.ravel() for grid in np.meshgrid(*[EDGES] * n)]
    some = np.random.default_rng(0).permutation(grids[0].size)[:most]
    return [grid[some] for grid in grids]


@elementwise
def test_scalar_and_array_forms_agree_at_the_edges(case):
    grids = edge_points(len(case.domains))
    values = [Value(grid) for grid in grids]
    y = quiet(case, *values)
    slopes = quiet(gradients, y, values, np.ones(y.shape))
    for i, point in enumerate(zip(*grids, strict=True)):
        numbers = [Value(float(x)) for x in point]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            z = case(*numbers)
            found = gradients(z, numbers)
        # 1e-12: sin of 1e300 and x**y of extremes differ between libm and NumPy's vector code.
        np.testing.assert_allclose(z.data, y.data[i], rtol=1e-12, atol=1e-300, err_msg=f"{case} at {point}")
        for got, slope in zip(found, slopes, strict=True):
            np.testing.assert_allclose(got, slope[i], rtol=1e-9, atol=1e-300, err_msg=f"slope at {point}")


BOUNDED = {"arcsin", "arccos", "arctanh", "tan"}
FAR = [
    (case, x)
    for case in ELEMENTWISE
    for x in (1000.0, -1000.0)
    if case.stable and case.name not in BOUNDED and (x > 0.0 or min(d.low for d in case.domains) < 0.0)
]


@pytest.mark.parametrize(("case", "x"), FAR, ids=str)
def test_stable_operations_are_finite_at_a_thousand(case, x):
    values = [Value(x) for _ in case.domains]
    y = case(*values)
    assert np.isfinite(y.data)
    first = gradients(y, values, create_graph=True)
    assert all(np.isfinite(g.data) for g in first)
    for g in first:
        assert all(np.isfinite(h) for h in gradients(g, values))


@elementwise
def test_empty_arrays(case):
    values = [Value(np.ones((0, 3))) for _ in case.domains]
    y = case(*values)
    assert y.shape == (0, 3)
    assert all(g.shape == (0, 3) for g in gradients(y, values, np.ones((0, 3))))


@pytest.mark.parametrize(
    "name", ["sum", "mean", "prod", "cumsum", "cumprod", "sort", "flip", "ravel", "norm"]
)
def test_empty_arrays_work_where_numpys_do(name):
    x = Value(np.ones((0, 3)))
    y = quiet(getattr(ad, name), x)
    seed = np.ones(y.shape)
    assert quiet(gradients, y, x, seed).shape == (0, 3)


@pytest.mark.parametrize("case", [case for case in ELEMENTWISE if len(case.domains) == 2], ids=str)
@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.bool_])
def test_integer_operands_count_as_numbers(case, dtype):
    x, _ = example(case)
    other = np.ones((2, 3), dtype)
    value = Value(x)
    plain = quiet(case, value, other)
    float_ = quiet(case, value, other.astype(float))
    np.testing.assert_allclose(plain.data, float_.data)
    seed = np.ones(plain.shape)
    np.testing.assert_allclose(quiet(gradients, plain, value, seed), quiet(gradients, float_, value, seed))


def test_the_table_is_large():
    assert len(ELEMENTWISE) + len(SHAPED) > 200
    assert all(isinstance(case, Shaped) for case in SHAPED)


def test_infinity_times_a_matrix_of_one_zero_is_nan():
    column = np.array([[-1.0], [-np.inf]])
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(ad.dot(Value(column), [[0.0]]).data, [[-0.0], [np.nan]])
        np.testing.assert_array_equal(ad.dot(column, [[0.0]]), [[-0.0], [np.nan]])
