"""Bounds: constant ones have slope 0 at the bound, and variable ones share what ties."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, gradients, hessian

FEW = st.sampled_from([-1.0, 0.0, 1.0, 2.0, np.nan])


@given(FEW, FEW, FEW, st.tuples(st.booleans(), st.booleans(), st.booleans()))
@example(2.0, -2.0, 2.0, (True, True, True))
def test_clip_is_a_minimum_of_a_maximum(x, low, high, variable):
    def slopes(f):
        operands = [
            Value(v) if is_variable else v for v, is_variable in zip((x, low, high), variable, strict=True)
        ]
        values = [v for v in operands if isinstance(v, Value)]
        y = f(*operands)
        return (gradients(y, values), y.item()) if values else ((), y)

    expected = slopes(lambda x, low, high: ad.minimum(ad.maximum(x, low), high))
    found = slopes(ad.clip)
    np.testing.assert_array_equal(found[0], expected[0])
    assert found[1] == pytest.approx(expected[1], nan_ok=True)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.clip(x, x.min(), x.max()),
        lambda x: x.clip(x.min(), x.max()),
        lambda x: ad.clip(x, ad.sort(x)[0], ad.sort(x)[-1]),
        lambda x: np.clip(x, 0.0, x),
        lambda x: np.clip(x, x, None),
        lambda x: np.minimum(np.maximum(x, x.min()), x.max()),
        lambda x: np.fmin(np.fmax(x, x.min()), x.max()),
    ],
)
def test_what_clips_nothing_has_slope_one(f, compiled):
    slope = ad.grad(lambda x: ad.sum(f(x)))
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal((ad.compile(slope) if compiled else slope)(x), np.ones(3))


def test_a_variable_bound_that_holds_back_has_the_slope_at_second_order():
    second = hessian(lambda v: ad.clip(v[0], -(v[1] ** 2), v[1] ** 2) ** 2)
    np.testing.assert_allclose(second(np.array([5.0, 1.5])), [[0.0, 0.0], [0.0, 12.0 * 1.5**2]])


def test_the_bounds_of_clip_go_by_all_of_numpys_names():
    x = Value([-2.0, 0.5, 2.0])
    for y in (
        ad.clip(x, 0.0, 1.0),
        ad.clip(x, a_min=0.0, a_max=1.0),
        ad.clip(x, min=0.0, max=1.0),
        ad.clip(x, 0.0, a_max=1.0),
        np.clip(x, 0.0, 1.0),
        np.clip(x, a_min=0.0, a_max=1.0),
        np.clip(x, min=0.0, max=1.0),
        np.clip(a=x, a_min=0.0, a_max=1.0),
        x.clip(0.0, 1.0),
        x.clip(a_min=0.0, a_max=1.0),
        x.clip(min=0.0, max=1.0),
    ):
        np.testing.assert_array_equal(y.data, [0.0, 0.5, 1.0])
        np.testing.assert_array_equal(gradients(y, x, np.ones(3)), [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(np.clip(x, a_min=None, a_max=1.0).data, [-2.0, 0.5, 1.0])
    with pytest.raises(TypeError, match="min and a_min are one bound"):
        ad.clip(x, 0.0, a_min=0.0)
