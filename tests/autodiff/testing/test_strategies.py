"""The strategies: what they draw has the shape, dtype and domain asked, and shrinks to what is simple."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from autodiff import Value
from autodiff.testing import (
    POSITIVE,
    REAL,
    UNIT,
    Domain,
    arrays,
    broadcastable_arrays,
    dtypes,
    numbers,
    values,
)

DOMAINS = [
    REAL,
    POSITIVE,
    UNIT,
    REAL.without(0.0),
    Domain(0.1, 0.3),
    Domain(-1e-6, 1e-6),
    Domain(2.0, 2.0),
    Domain(-1e4, -3.0, exclude=(-7.0, -1e4)),
    Domain(0.0, math.inf),
    Domain(-math.inf, 2.0, exclude=(0.0,)),
    Domain(-math.inf, math.inf),
    Domain(1.0, 2.0, closed="neither"),
    Domain(1e30, math.inf),
    Domain(0.0, 1e300),
]
DTYPES = [np.float64, np.float32]
domains, formats = st.sampled_from(DOMAINS), st.sampled_from(DTYPES)


# -- numbers -----------------------------------------------------------------------------------


@given(st.data(), domains, formats)
def test_numbers_lie_in_the_domain_and_are_held_by_the_dtype(data, domain, dtype):
    x = data.draw(numbers(domain, dtype))
    assert type(x) is float
    assert x in domain
    assert float(dtype(x)) == x


@given(numbers(), numbers(UNIT, np.float32))
def test_numbers_are_zero_or_not_tiny(x, y):
    assert x == 0.0 or abs(x) >= 2.0**-10
    assert y == 0.0 or abs(y) >= 2.0**-10


@pytest.mark.parametrize("special", [0.0, 1.0, -1.0, 0.5, 3.0, -5.0])
def test_special_points_are_drawn(special):
    assert find(numbers(), lambda x: x == special) == special


def test_numbers_shrink_to_the_simplest():
    assert find(numbers(), lambda x: True) == 0.0
    assert find(numbers(POSITIVE), lambda x: True) == 1.0
    assert find(numbers(), lambda x: x < 0.0) == -1.0
    assert find(numbers(), lambda x: x > 1.0) == 2.0


def test_numbers_are_not_special_points_alone():
    find(numbers(), lambda x: 2.0 * x != round(2.0 * x))


LARGE = Domain(0.0, math.inf)


@pytest.mark.parametrize("size", [3.0, 1e3, 1e12, 1e60])
def test_all_sizes_up_to_an_infinite_end_are_drawn_and_shrink(size):
    fresh = settings(database=None, derandomize=True)
    assert size < find(numbers(LARGE), lambda x: x > size, settings=fresh) <= 4.0 * size + 1.0
    assert find(numbers(LARGE), lambda x: True) == 0.0


@given(numbers(LARGE), numbers(Domain(-math.inf, 0.0), np.float32))
def test_numbers_towards_infinity_have_finite_cubes(x, y):
    assert math.isfinite(x * x * x)
    assert np.isfinite(np.float32(y) * np.float32(y) * np.float32(y))


def test_moderate_numbers_are_common_towards_infinity():
    drawn = []

    @settings(max_examples=200, derandomize=True, database=None)
    @given(numbers(LARGE))
    def draw(x):
        drawn.append(x)

    draw()
    assert 40 < sum(x <= 16.0 for x in drawn) < 180


@given(numbers(Domain(0.0, 1.0, closed="neither")))
def test_open_ends_are_not_drawn(x):
    assert 0.0 < x < 1.0


@given(arrays((2, 2), domain=LARGE, unique=True), arrays((2,), domain=Domain(1e300, math.inf)))
def test_arrays_of_infinite_domains_are_finite(x, y):
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


@pytest.mark.parametrize("dtype", [np.int64, np.complex128, np.longdouble])
def test_a_dtype_that_is_not_offered_is_an_error(dtype):
    with pytest.raises(ValueError, match="dtype must be float64, float32 or float16"):
        numbers(dtype=dtype)


def test_a_domain_that_the_dtype_cannot_enter_is_an_error():
    with pytest.raises(ValueError, match="float32 holds no number of"):
        numbers(Domain(0.1, 0.1), np.float32)


# -- arrays ------------------------------------------------------------------------------------


@given(st.data(), domains, formats)
def test_arrays_have_the_dtype_and_domain_asked_and_no_empty_axis(data, domain, dtype):
    x = data.draw(arrays(dtype=dtype, domain=domain))
    assert np.asarray(x).dtype == dtype
    assert np.size(x) > 0
    assert all(float(entry) in domain for entry in np.ravel(x))


@given(st.data(), array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
def test_arrays_have_the_shape_asked(data, shape):
    assert np.shape(data.draw(arrays(shape))) == shape


@given(arrays(array_shapes(min_dims=2, max_dims=2)))
def test_shapes_may_be_a_strategy(x):
    assert x.ndim == 2


def test_empty_axes_are_drawn_when_asked():
    assert find(arrays(array_shapes(min_side=0)), lambda x: x.size == 0).shape == (0,)


@given(arrays(()), arrays((), np.float32))
def test_numbers_are_floats_or_scalars_of_the_dtype(x, y):
    assert type(x) is float
    assert type(y) is np.float32


@pytest.mark.parametrize("domain", [REAL, UNIT, Domain(0.0, 0.125)])
@given(data=st.data())
def test_entries_are_unique_and_apart_when_asked(domain, data):
    x = data.draw(arrays((3, 3), domain=domain, unique=True))
    assert np.diff(np.sort(x, axis=None)).min() >= (domain.high - domain.low) / 128.0
    assert all(entry in domain for entry in np.ravel(x))


@pytest.mark.parametrize("ndim", [0, 1, 2, 3])
def test_arrays_of_each_number_of_axes_are_drawn_and_shrink_to_one_zero(ndim):
    smallest = find(arrays(), lambda x: np.ndim(x) == ndim)
    np.testing.assert_array_equal(smallest, np.zeros((1,) * ndim))


# -- several arrays, Values --------------------------------------------------------------------


@given(st.data(), st.integers(1, 4), formats)
def test_broadcastable_arrays_broadcast(data, n, dtype):
    drawn = data.draw(broadcastable_arrays(n, dtype))
    assert len(drawn) == n
    assert all(np.asarray(x).dtype == dtype for x in drawn)
    np.broadcast_shapes(*map(np.shape, drawn))


@given(broadcastable_arrays(2, domain=[POSITIVE, UNIT]))
def test_each_of_several_arrays_has_its_domain(pair):
    for x, domain in zip(pair, [POSITIVE, UNIT], strict=True):
        assert all(entry in domain for entry in np.ravel(x))


def both_are_spread(pair):
    shapes = list(map(np.shape, pair))
    return np.broadcast_shapes(*shapes) not in shapes


def test_broadcasting_on_either_side_and_against_numbers_is_drawn():
    first = settings(phases=[Phase.generate], max_examples=2000)
    find(broadcastable_arrays(2), both_are_spread, settings=first)
    find(
        broadcastable_arrays(2), lambda pair: type(pair[1]) is float and np.ndim(pair[0]) > 1, settings=first
    )


@given(st.data(), dtypes())
def test_dtypes_may_be_drawn(data, dtype):
    everything = st.tuples(
        numbers(dtype=dtypes()), arrays(dtype=st.just(dtype)), values(dtype=st.just(dtype))
    )
    number, x, value = data.draw(everything)
    assert type(number) is float
    assert np.asarray(x).dtype == np.asarray(value.data).dtype == dtype


@given(broadcastable_arrays(3, dtype=dtypes()), broadcastable_arrays(2, dtype=[np.float64, np.float32]))
def test_a_strategy_of_dtypes_draws_one_for_all_and_a_list_has_one_for_each(together, apart):
    assert len({np.asarray(x).dtype for x in together}) == 1
    assert [np.asarray(x).dtype for x in apart] == [np.float64, np.float32]


def test_each_dtype_is_drawn_and_float64_is_the_simplest():
    assert find(dtypes(), lambda dtype: True) == np.float64
    assert np.asarray(find(arrays((1,), dtypes()), lambda x: x.dtype == np.float16)).dtype == np.float16


def test_a_dtype_beside_data_is_refused():
    with pytest.raises(TypeError, match="give the dtype to the strategy of the data"):
        values(numbers(), dtype=np.float32)


def test_the_number_of_dtypes_must_fit():
    with pytest.raises(ValueError, match="expected 3 dtypes, got 1"):
        broadcastable_arrays(3, dtype=[np.float64])


def test_the_number_of_domains_must_fit():
    with pytest.raises(ValueError, match="expected 3 domains, got 2"):
        broadcastable_arrays(3, domain=[REAL, UNIT])


@given(values(), values(numbers(UNIT), name="x"), values(broadcastable_arrays(2)))
def test_values_hold_what_is_drawn(x, y, pair):
    assert isinstance(x, Value)
    assert y.name == "x"
    assert y.data in UNIT
    assert [type(part) for part in pair] == [Value, Value]


def test_without_hypothesis_the_remedy_is_named():
    script = """
import sys
sys.modules["hypothesis"] = None
import autodiff
try:
    import autodiff.testing
except ImportError as error:
    print(error)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'autodiff-lecture[testing]'" in result.stdout


def test_a_failing_value_is_printed_as_a_value():
    @given(st.from_type(Value))
    @settings(database=None)
    def refused(v):
        assert v.ndim != 0

    with pytest.raises(AssertionError) as caught:
        refused()
    assert "v=Value(0.0)" in "\n".join(caught.value.__notes__)
