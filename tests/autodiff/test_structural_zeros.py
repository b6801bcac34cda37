"""0·∞ in a gradient: 0 where an entry was not selected or a factor is a constant 0, else right or nan."""

import importlib.util

import dask.array as da
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, gradients, where
from autodiff import compile as compiled
from tests.autodiff.test_operations import quiet

V = np.array

SELECTED = {
    "a branch": (lambda x: where(x > 0.0, ad.sqrt(x), 0.0), [(0.0, 0.0), (4.0, 0.25)]),
    "a removable point": (lambda x: where(x == 0.0, 1.0, ad.sin(x) / x), [(0.0, 0.0), (np.pi, -1 / np.pi)]),
    "a branch that overflows": (lambda x: where(x < 1.0, ad.exp(x), 1.0 + x), [(1000.0, 1.0), (0.0, 1.0)]),
    "an entropy": (lambda p: where(p > 0.0, p * ad.log(p), 0.0), [(0.0, 0.0), (1.0, 1.0)]),
    "a truth value as factor": (lambda x: (x > 0.0) * ad.sqrt(x), [(0.0, 0.0), (4.0, 0.25)]),
    "a constant 0 as factor": (lambda x: 0.0 * ad.sqrt(x), [(0.0, 0.0), (4.0, 0.0)]),
    "relu": (lambda x: ad.sqrt(ad.relu(x)), [(0.0, 0.0), (-3.0, 0.0), (4.0, 0.25)]),
    "clip": (lambda x: ad.clip(ad.sqrt(x), 1.0, 3.0), [(0.0, 0.0), (4.0, 0.25)]),
    "a maximum of two": (lambda x: ad.maximum(ad.sqrt(x), x + 1.0), [(0.0, 1.0), (4.0, 1.0)]),
    "a minimum of two": (lambda x: ad.minimum(1.0 - ad.sqrt(x), -x), [(0.0, -1.0), (4.0, -1.0)]),
    "fmax": (lambda x: ad.fmax(ad.sqrt(x), x + 1.0), [(0.0, 1.0), (4.0, 1.0)]),
    "nan replaced": (lambda x: ad.nan_to_num(ad.log(x) * where(x > 0.0, 1.0, 0.0)), [(0.0, 0.0), (2.0, 0.5)]),
    "infinities replaced": (lambda x: ad.nan_to_num(ad.log(x)), [(0.0, 0.0), (2.0, 0.5)]),
    "a branch, times a number, as factor": (
        lambda x: ad.log(x) * (3.0 * where(x > 0.0, x, 0.0)),
        [(0.0, 0.0), (1.0, 3.0)],
    ),
    "a constant 0 far above": (lambda x: 0.0 * (1.0 + ad.sqrt(x)) ** 2, [(0.0, 0.0), (4.0, 0.0)]),
}
"""Functions of one number: where the slope is that of what was selected."""

SELECTED_ENTRIES = {
    "an index": (lambda x: ad.sqrt(x)[1], [([0.0, 4.0], [0.0, 0.25]), ([4.0, 4.0], [0.0, 0.25])]),
    "a slice": (lambda x: ad.sqrt(x)[1:].sum(), [([0.0, 4.0], [0.0, 0.25])]),
    "indices": (lambda x: ad.sqrt(x)[[1, 1]].sum(), [([0.0, 4.0], [0.0, 0.5])]),
    "a part": (lambda x: ad.split(ad.sqrt(x), 2)[1].sum(), [([0.0, 4.0], [0.0, 0.25])]),
    "no part": (
        lambda x: where(V([False]), ad.split(ad.log(x), 2)[1], x[1:]).sum(),
        [([0.0, 0.0], [0.0, 1.0])],
    ),
    "a maximum": (lambda x: ad.max(ad.sqrt(x)), [([0.0, 4.0], [0.0, 0.25]), ([4.0, 0.0], [0.25, 0.0])]),
    "a minimum": (lambda x: ad.min(-ad.sqrt(x)), [([0.0, 4.0], [0.0, -0.25]), ([4.0, 0.0], [-0.25, 0.0])]),
    "an order": (lambda x: ad.sort(ad.sqrt(x))[1], [([0.0, 4.0], [0.0, 0.25]), ([4.0, 0.0], [0.25, 0.0])]),
    "a mask": (lambda x: (ad.sqrt(x) * V([0.0, 1.0])).sum(), [([0.0, 4.0], [0.0, 0.25])]),
    "a product with constants": (lambda x: ad.sqrt(x) @ V([0.0, 1.0]), [([0.0, 4.0], [0.0, 0.25])]),
    "zeros on the way up": (lambda x: ad.sqrt(x @ np.eye(2)).sum(), [([1.0, 4.0], [0.5, 0.25])]),
    "branches, then a product": (
        lambda x: (where(x > 0.0, ad.sqrt(x), 0.0) @ V([[1.0, -1.0], [2.0, 1.0]])).sum(),
        [([0.0, 4.0], [0.0, 0.75]), ([4.0, 0.0], [0.0, 0.0])],
    ),
    "branches, then Einstein's sum": (
        lambda x: ad.einsum("i,ij->", where(x > 0.0, ad.sqrt(x), 0.0), V([[1.0, 0.0], [2.0, 1.0]])),
        [([0.0, 4.0], [0.0, 0.75]), ([4.0, 0.0], [0.25, 0.0])],
    ),
    "branches, then a mean": (
        lambda x: where(x > 0.0, ad.log(x), 0.0).mean(),
        [([0.0, 0.5], [0.0, 1.0]), ([0.5, 0.0], [1.0, 0.0])],
    ),
    "branches that broadcast": (
        lambda x: where(V([[True, False], [True, False]]), ad.log(x), 0.0).sum(),
        [([0.5, 0.0], [4.0, 0.0])],
    ),
    "a border": (lambda x: ad.pad(ad.sqrt(x)[1:], 1).sum(), [([0.0, 4.0], [0.0, 0.25])]),
    "a running total": (lambda x: ad.cumsum(ad.sqrt(x)[1:])[0], [([0.0, 4.0], [0.0, 0.25])]),
    "a triangle": (
        lambda x: ad.tril(ad.reshape(ad.sqrt(x), (2, 2))).sum(),
        [([4.0, 0.0, 1.0, 4.0], [0.25, 0.0, 0.5, 0.25])],
    ),
    "a diagonal": (
        lambda x: ad.trace(ad.reshape(ad.sqrt(x), (2, 2))),
        [([4.0, 0.0, 0.0, 1.0], [0.25, 0.0, 0.0, 0.5])],
    ),
    "parts joined": (
        lambda x: ad.concatenate([ad.sqrt(x), x])[1:].sum(),
        [([0.0, 4.0], [1.0, 1.25])],
    ),
    "one link of a longer chain": (
        lambda x: ad.exp(where(x > 0.0, ad.sqrt(x), 0.0)).sum(),
        [([0.0, 4.0], [0.0, np.exp(2.0) / 4.0])],
    ),
}
"""Functions of an array, likewise."""

COMPUTED = {
    "a harmonic mean": (lambda a: 1.0 / (1.0 / a + 1.0 / 3.0), 0.0, 1.0),
    "a root and its power": (lambda x: (x ** (1.0 / 3.0)) ** 3, 0.0, 1.0),
    "a ratio of a ratio": (lambda x: 1.0 / (1.0 / x), 0.0, 1.0),
    "exp of log": (lambda x: ad.exp(ad.log(x)), 0.0, 1.0),
    "1 − cos √x": (lambda x: 1.0 - ad.cos(ad.sqrt(x)), 0.0, 0.5),
    "cos of arccos": (lambda x: ad.cos(ad.arccos(x)), 1.0, 1.0),
    "log(1 + eˣ)": (lambda x: ad.log(1.0 + ad.exp(x)), 1000.0, 1.0),
    "a root squared": (lambda x: ad.sqrt(x) ** 2, 0.0, 1.0),
    "a root of a square": (lambda x: ad.sqrt(x * x), 0.0, 0.0),
    "a root of a size": (lambda x: ad.sqrt(abs(x)), 0.0, np.inf),
    "x·√x": (lambda x: x * ad.sqrt(x), 0.0, 0.0),
    "√x³": (lambda x: ad.sqrt(x * x * x), 0.0, 0.0),
    "relu(x)·√x": (lambda x: ad.relu(x) * ad.sqrt(x), 0.0, 0.0),
    "σ by hand": (lambda x: 1.0 / (1.0 + ad.exp(-x)), -1000.0, 0.0),
    "1/cosh": (lambda x: 1.0 / ad.cosh(x), 800.0, 0.0),
    "exp(−1/x²)": (lambda x: ad.exp(-1.0 / x**2), 0.0, 0.0),
    "tanh of log": (lambda x: ad.tanh(ad.log(x)), 0.0, 0.0),
    "a variable factor that is 0": (lambda x: (x - 1.0) * ad.log(x - 1.0), 1.0, -np.inf),
}
"""Functions, a point where a zero that was computed meets ∞, and the slope there."""

COMPUTED_ENTRIES = {
    "a product by logarithms": (lambda x: ad.exp(ad.sum(ad.log(x))), [0.0, 2.0, 3.0], [6.0, 0.0, 0.0]),
    "a smooth maximum by hand": (lambda x: ad.log(ad.sum(ad.exp(x))), [1000.0, 1.0], [1.0, 0.0]),
    "terms that cancel": (lambda x: (ad.sqrt(x) @ V([[1.0, -1.0]] * 2)).sum(), [0.0, 4.0], [0.0, 0.0]),
    "a length by hand": (lambda x: ad.sqrt(ad.sum(x * x)), [0.0, 0.0], [0.0, 0.0]),
    "a row of a product": (lambda x: ad.exp(ad.log(x) @ np.ones((2, 2))).sum(), [0.0, 2.0], [4.0, 0.0]),
}


def scalars(f, x):
    """backward() on numbers alone."""
    v = Value(x)
    f(v).backward()
    return v.grad


def arrays(f, x):
    """backward() on an array of one entry."""
    v = Value([x])
    f(v).backward([1.0])
    return v.grad[0]


def entries(f, x):
    """backward() on an array."""
    v = Value(x)
    f(v).backward()
    return v.grad


def recorded(f, x):
    """The gradient as a graph of its own."""
    return ad.grad(f, create_graph=True)(x).data


def program(f, x):
    """A program that was recorded on other data."""
    slope = compiled(ad.grad(f))
    slope(np.full_like(x, 0.7) if np.ndim(x) else 0.7)
    return slope(x)


def program_recorded_at(f, x):
    """A program that was recorded on these data."""
    return compiled(ad.grad(f))(x)


def program_in_a_graph(f, x):
    """A program as one operation of a graph."""
    v = Value(x)
    return gradients(compiled(f)(v), v)


ON_NUMBERS = [scalars, arrays, recorded, program, program_recorded_at, program_in_a_graph]
ON_ARRAYS = [entries, recorded, program, program_recorded_at, program_in_a_graph]


def rows(table):
    return [pytest.param(f, x, y, id=f"{name}-{x}") for name, (f, points) in table.items() for x, y in points]


@pytest.mark.parametrize("mode", ON_NUMBERS)
@pytest.mark.parametrize(("f", "x", "slope"), rows(SELECTED))
def test_what_is_not_selected_contributes_nothing(mode, f, x, slope):
    assert quiet(mode, f, x) == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize("mode", ON_ARRAYS)
@pytest.mark.parametrize(("f", "x", "slope"), rows(SELECTED_ENTRIES))
def test_entries_that_are_not_selected_contribute_nothing(mode, f, x, slope):
    np.testing.assert_allclose(quiet(mode, f, V(x)), slope, rtol=1e-12)


@pytest.mark.parametrize("mode", ON_NUMBERS)
@pytest.mark.parametrize(("f", "x", "slope"), COMPUTED.values(), ids=COMPUTED)
def test_a_zero_that_was_computed_times_infinity_is_right_or_nan(mode, f, x, slope):
    found = quiet(mode, f, x)
    assert np.isnan(found) or found == pytest.approx(slope, abs=1e-12)


@pytest.mark.parametrize("mode", ON_ARRAYS)
@pytest.mark.parametrize(("f", "x", "slope"), COMPUTED_ENTRIES.values(), ids=COMPUTED_ENTRIES)
def test_entries_that_were_computed_as_zero_are_right_or_nan(mode, f, x, slope):
    found = quiet(mode, f, V(x))
    np.testing.assert_allclose(found, np.where(np.isnan(found), np.nan, slope), atol=1e-12)


# -- Dask: no number is looked at ------------------------------------------------------------------

LAZY = {name: row for name, row in SELECTED_ENTRIES.items() if name not in ("an order", "indices")}


def lazily(f, x):
    v = Value(da.from_array(V(x), chunks=1))
    return gradients(f(v), v).compute()


@pytest.mark.parametrize(("f", "x", "slope"), rows(LAZY))
def test_lazy_entries_that_are_not_selected_contribute_nothing(f, x, slope):
    np.testing.assert_allclose(quiet(lazily, f, x), slope, rtol=1e-12)


@pytest.mark.parametrize(("f", "x", "slope"), rows(SELECTED))
def test_lazy_branches_that_are_not_taken_contribute_nothing(f, x, slope):
    found = quiet(lazily, lambda x: f(x).sum(), [x, 0.5])
    assert found[0] == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize(("f", "x", "slope"), COMPUTED.values(), ids=COMPUTED)
def test_lazy_zeros_that_were_computed_are_right_or_nan(f, x, slope):
    found = quiet(lazily, lambda x: f(x).sum(), [x, 0.5])[0]
    assert np.isnan(found) or found == pytest.approx(slope, abs=1e-12)


# -- saved programs --------------------------------------------------------------------------------

BOTH = [*rows(SELECTED), *[pytest.param(*row, id=name) for name, row in COMPUTED.items()]]


@pytest.mark.parametrize(("f", "x", "slope"), BOTH)
def test_a_saved_program_does_as_eager_code(f, x, slope, tmp_path):
    written = compiled(ad.grad(f))
    quiet(written, 0.7)
    spec = importlib.util.spec_from_file_location("saved", written.save(tmp_path / "saved.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, written.__name__.replace("<lambda>", "program"))
    np.testing.assert_array_equal(quiet(function, x)[0], quiet(ad.grad(f), x))


# -- constants and variables -----------------------------------------------------------------------


@pytest.mark.parametrize("zero", [0.0, Value(0.0, constant=True), np.False_, np.float64(0.0), np.zeros(())])
def test_a_constant_zero_absorbs(zero):
    x = Value(0.0)
    assert gradients(ad.sqrt(x) * zero, x) == 0.0


def test_a_zero_off_the_path_absorbs_and_one_on_it_does_not():
    x, w = Value(0.0), Value(0.0)
    y = w * ad.sqrt(x)
    assert gradients(y, x) == 0.0
    assert np.isnan(gradients(y, [x, w])[0])


def test_a_zero_that_a_later_derivative_depends_on_does_not_absorb():
    # d/dw of w·∂√x/∂x is ∞ at x = 0, which a gradient that is 0 at w = 0 would hide.
    x, w = Value(0.0), Value(0.0)
    slope = gradients(w * ad.sqrt(x), x, create_graph=True)
    assert gradients(slope, w) == np.inf


def test_a_captured_constant_is_read_anew():
    mask = Value([0.0, 1.0], constant=True)
    slope = compiled(ad.grad(lambda x: (ad.sqrt(x) * mask).sum()))
    assert quiet(slope, V([0.0, 4.0])).tolist() == [0.0, 0.25]
    mask.data = [1.0, 0.0]
    assert quiet(slope, V([0.0, 4.0])).tolist() == [np.inf, 0.0]
    assert quiet(slope, V([4.0, 0.0])).tolist() == [0.25, 0.0]


def test_zeros_of_a_seed_absorb():
    x = Value([0.0, 4.0])
    assert quiet(gradients, ad.sqrt(x), x, V([0.0, 1.0])).tolist() == [0.0, 0.25]
    assert quiet(ad.jacobian(ad.sqrt), V([0.0, 4.0])).tolist() == [[np.inf, 0.0], [0.0, 0.25]]


def test_second_derivatives_of_what_is_not_selected_are_zero():
    f = lambda x: where(x > 0.0, ad.sqrt(x), 0.0).sum()  # noqa: E731
    for slopes in (ad.hessian(f), compiled(ad.hessian(f))):
        assert quiet(slopes, V([0.0, 4.0])).tolist() == [[0.0, 0.0], [0.0, -1.0 / 32.0]]


@pytest.mark.parametrize("f", [ad.absolute, lambda x: -2.0 * ad.hypot(x, 0.0), lambda x: ad.sqrt(x * x * x)])
def test_a_kink_in_a_branch_not_taken_leaves_second_derivatives(f):
    def loss(x):
        return ad.exp(where(abs(x) < 1.0, 0.5 * x * x, f(x)).sum())

    x = V([0.0, 0.5])
    wanted = np.exp(0.125) * (np.eye(2) + np.outer(x, x))
    for slopes in (ad.hessian(loss), compiled(ad.hessian(loss))):
        np.testing.assert_allclose(quiet(slopes, x), wanted, rtol=1e-12)


def test_a_decomposition_that_nothing_depends_on_contributes_nothing():
    def f(x):
        matrix = ad.outer(x, x) / where(x.sum() > 0.0, 1.0, 0.0)
        return where(x.sum() > 0.0, ad.linalg.eigh(matrix)[0][0], 0.0) + (x * x).sum()

    assert quiet(ad.grad(f), V([1.0, -3.0])).tolist() == [2.0, -6.0]


def test_a_program_in_a_graph_knows_which_of_its_entries_are_dead():
    root = compiled(ad.sqrt)
    x = Value([0.0, 4.0])
    assert quiet(gradients, where(V([False, True]), root(x), 0.0).sum(), x).tolist() == [0.0, 0.25]
    y = root(x)
    assert np.isnan(quiet(gradients, (y * y).sum(), x)[0])
    x = Value(1000.0)
    assert np.isnan(quiet(lambda: gradients(ad.log(1.0 + compiled(ad.exp)(x)), x)))


# -- properties ------------------------------------------------------------------------------------

STEPS = {
    "sqrt": ad.sqrt, "log": ad.log, "exp": ad.exp, "1/x": lambda x: 1.0 / x, "x²": ad.square, "cos": ad.cos,
    "∛": lambda x: x ** (1.0 / 3.0), "x³": lambda x: x**3, "sin": ad.sin, "−x": lambda x: -x,
    "x − 1": lambda x: x - 1.0, "arctan": ad.arctan, "x + 2": lambda x: x + 2.0,
}  # fmt: skip


@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=2, max_size=6), st.sampled_from([0.0, 1.0]))
def test_a_finite_slope_of_a_composition_is_its_limit(names, x):
    def f(x):
        for name in names:
            x = STEPS[name](x)
        return x

    slope = quiet(scalars, f, x)
    assume(abs(slope) <= 1e6)  # beyond, differences say nothing
    far, near = (
        [abs(quiet(scalars, f, x + side * h) - slope) for side in (1.0, -1.0)] for h in (1e-6, 1e-12)
    )
    assume(np.isfinite(near).any())
    farthest = np.nanmax([0.0, *(error for error in far if np.isfinite(error))])
    assert np.nanmin(near) <= max(1e-3 * max(1.0, abs(slope)), 1e-2 * farthest)


@given(st.data())
def test_masks_leave_what_they_select(data):
    n = data.draw(st.integers(1, 5))
    selected = V(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    step = STEPS[data.draw(st.sampled_from(["sqrt", "log", "1/x", "∛"]))]
    matrix = V(data.draw(st.lists(st.sampled_from([-1.0, 0.0, 1.0, 2.0]), min_size=2 * n, max_size=2 * n)))
    x = np.where(selected, 2.0, 0.0)

    def f(x):
        return (where(selected, step(x), 0.0) @ matrix.reshape(n, 2)).sum()

    wanted = np.where(selected, scalars(step, 2.0) * matrix.reshape(n, 2).sum(axis=1), 0.0)
    for mode in (entries, recorded, program):
        np.testing.assert_allclose(quiet(mode, f, x), wanted, rtol=1e-12)


KINKS_NOT_SELECTED = {
    "a maximum": lambda z: ad.exp(z[1]) * ad.maximum(2.0 + z[1], ad.hypot(z[0], z[0])),
    "fmin": lambda z: ad.exp(z[1]) * ad.fmin(ad.hypot(z[0], z[0]), -1.0 - z[1]),
    "a truth value as factor": lambda z: ad.exp(z[1]) * ad.exp((z[1] < 0.0) * ad.hypot(z[0], z[0]) + z[1]),
}


@pytest.mark.parametrize("f", KINKS_NOT_SELECTED.values(), ids=KINKS_NOT_SELECTED)
def test_a_kink_that_was_not_selected_leaves_second_derivatives(f):
    x = V([0.0, 0.5])
    slopes = quiet(ad.hessian(f), x)
    assert slopes[0].tolist() == [0.0, 0.0]
    assert np.isfinite(slopes).all()
    np.testing.assert_array_equal(quiet(compiled(ad.hessian(f)), x), slopes)


@pytest.mark.parametrize("product", [np.matmul, np.inner, lambda a, b: np.einsum("ij,jk", a, b)])
def test_gradients_with_nan_through_products_of_two_variables_are_plain_numbers(product):
    a, b = Value(np.ones((2, 2)), "a"), Value(np.ones((2, 2)), "b")

    def f(a, b):
        y = product(a, b)
        return np.sqrt(y - y).sum()

    f(a, b).backward()
    for slope in (a.grad, b.grad, *ad.grad(f, (0, 1))(a.data, b.data), *gradients(f(a, b), [a, b])):
        assert type(slope) is np.ndarray
        assert np.isnan(slope).all()


def test_a_value_that_was_not_selected_is_a_number_like_any_other_to_what_is_computed_from_it():
    x = Value([0.0, 1.0])
    inner = where(x.data > 0.5, x, 0.0)
    found = quiet(lambda: gradients(((inner * np.inf) ** 2).sum(), inner))
    np.testing.assert_array_equal(found, [np.nan, np.inf])


@pytest.mark.parametrize("t", [0.0, 1.0, 0.3])
def test_columns_settle_no_product_that_rows_leave_open(t):
    def roots(t):
        h, found = 0.0 * t, []
        for _ in range(6):
            h = ad.sqrt(h) * t
            found.append(h)
        return ad.stack(found)

    with np.errstate(all="ignore"):
        columns = ad.jacobian(roots)(t)
        rows = [ad.grad(lambda t, i=i: roots(t)[i])(t) for i in range(6)]
        pushed = ad.jvp(roots, (t,), (1.0,))[1]
        program = ad.compile(ad.jacobian(roots))(t)
    assert np.isnan(rows).any()
    for found in (columns, pushed, program):
        np.testing.assert_array_equal(found, rows)


@pytest.mark.parametrize("x", [0.0, -1.0, 4.0])
def test_a_branch_that_is_not_taken_gives_no_column_nan(x):
    f = lambda x: ad.stack([ad.where(x > 0.0, ad.sqrt(x), 0.0) * k for k in range(1, 5)])  # noqa: E731
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(
            ad.jacobian(f)(x), [ad.grad(lambda x, i=i: f(x)[i])(x) for i in range(4)]
        )


def roots(h, t):
    return ad.where(h > 0.0, ad.sqrt(h) * t, 0.2 * t)


@pytest.mark.parametrize("steps", [10, 100])
def test_branches_not_taken_in_a_step_of_a_loop_give_no_nan_in_programs(steps):
    def f(t):
        return ad.sum(ad.scan(lambda h, _: (roots(h, t), h), np.array([0.0, 1.0]), length=steps)[1])

    program = compiled(ad.grad(f))
    for t in (0.0, 0.5, -1.0):
        np.testing.assert_allclose(quiet(program, t), quiet(ad.grad(f), t), rtol=1e-9)
    assert len(str(program.versions[-1].whole_source).splitlines()) < 60 * min(steps, 40)


@given(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([6, 50]))
def test_a_program_of_a_loop_settles_no_product_that_the_engine_leaves_open(t, steps):
    def f(t):
        _, ys = ad.scan(lambda h, _: (ad.sqrt(h) * t, h), np.zeros(2), length=steps)
        return ys[-1, 1]

    found, wanted = quiet(compiled(ad.grad(f)), t), quiet(ad.grad(f), t)
    assert np.isnan(found) or found == wanted
    if steps < 33:
        np.testing.assert_array_equal(found, wanted)
