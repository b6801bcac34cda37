"""Domains: which numbers they hold, at their ends above all."""

import math
import pickle

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from autodiff.testing import REAL, Domain, numbers


def test_a_domain_leaves_out_the_surroundings_of_excluded_points():
    domain = Domain(-2.0, 2.0, exclude=(1.0, -1.0), margin=0.5)
    assert domain.pieces() == [(-2.0, -1.5), (-0.5, 0.5), (1.5, 2.0)]
    assert 0.5 in domain
    assert 1.0 not in domain
    assert 2.5 not in domain


def test_points_outside_are_excluded_without_effect():
    assert Domain(0.0, 1.0, exclude=(-9.0, 9.0)).pieces() == [(0.0, 1.0)]


def test_surroundings_may_overlap_each_other_and_the_ends():
    assert Domain(0.0, 2.0, exclude=(0.0, 0.125, 0.25)).pieces() == [(0.375, 2.0)]
    assert Domain(0.0, 2.0, exclude=(2.0,), margin=1.0).pieces() == [(0.0, 1.0)]


def test_excluded_points_may_be_a_list():
    assert Domain(0.0, 1.0, exclude=[0.5]) == Domain(0.0, 1.0, exclude=(0.5,))
    assert find(numbers(Domain(0.0, 1.0, exclude=[0.0])), lambda x: True) == 1.0


def test_an_empty_domain_is_an_error():
    with pytest.raises(ValueError, match="holds no number"):
        Domain(1.0, 0.0)
    with pytest.raises(ValueError, match="holds no number"):
        Domain(0.0, 1.0, exclude=(0.5,), margin=1.0)


ENDS = st.floats(-1e9, 1e9)


@given(ENDS, ENDS, st.sampled_from(["both", "left", "right", "neither"]))
def test_ends_belong_where_they_are_closed(a, b, closed):
    low, high = sorted([a, b])
    if math.nextafter(low, math.inf) >= math.nextafter(high, -math.inf):
        return
    domain = Domain(low, high, closed=closed)
    assert (low in domain) == (closed in ("both", "left"))
    assert (high in domain) == (closed in ("both", "right"))
    assert math.nextafter(low, math.inf) in domain
    assert math.nextafter(high, -math.inf) in domain


@pytest.mark.parametrize("closed", ["both", "neither"])
def test_infinite_ends_are_open(closed):
    domain = Domain(0, math.inf, closed=closed)
    assert (0.0 in domain) == (closed == "both")
    assert 1.7e308 in domain
    assert math.inf not in domain
    assert -math.inf not in Domain(-math.inf, 0.0)


def test_points_are_left_out_of_infinite_domains():
    domain = Domain(-math.inf, math.inf).without(0.0)
    assert 0.1 not in domain
    assert 0.2 in domain
    assert len(domain.pieces()) == 2


@pytest.mark.parametrize(
    ("low", "high", "closed"),
    [(1.0, 1.0, "neither"), (1.0, 1.0, "left"), (math.inf, math.inf, "both"), (math.nan, 1.0, "both")],
)
def test_a_domain_of_no_number_is_an_error(low, high, closed):
    with pytest.raises(ValueError, match="holds no number"):
        Domain(low, high, closed=closed)


def test_an_unknown_word_for_closed_names_the_four():
    with pytest.raises(ValueError, match=r"unknown closed 'lef'; did you mean 'left'"):
        Domain(0.0, 1.0, closed="lef")


def test_domains_are_pickled_whole():
    domain = Domain(0.0, math.inf, exclude=(1.0,), closed="neither")
    assert pickle.loads(pickle.dumps(domain)) == domain
    assert pickle.loads(pickle.dumps(REAL)) == REAL
