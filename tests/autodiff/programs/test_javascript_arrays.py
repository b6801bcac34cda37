"""Arrays in JavaScript, entry by entry."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

import autodiff as ad
from autodiff import Value, gradients
from autodiff.testing import expressions
from tests.javascript import called, entries, run, same, with_slopes, written


def at(f, *xs):
    """What the JavaScript of a function gives at a point, in one list."""
    return run(called(written(f, *xs), "main", [entries(xs)]))[0]


def test_random_functions_of_arrays_and_their_slopes_are_the_same_entry_by_entry():
    scripts, wanted = [], []

    @settings(
        max_examples=300, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck]
    )
    @given(expressions(arrays=True))
    def draw(e):
        def total(*xs):
            z = e(*xs)
            return ad.sum(z) if isinstance(z, Value) and z.shape else z

        point = [np.asarray(x, float) if np.ndim(x) else float(x) for x in e.inputs]
        try:
            text = written(with_slopes(total), *point)
        except TypeError:
            assume(False)
        with np.errstate(all="ignore"):
            xs = [Value(x) for x in point]
            z = total(*xs)
            depends = isinstance(z, Value) and not z.constant
            right = entries([z.data if isinstance(z, Value) else z, *(gradients(z, xs) if depends else [])])
        scripts.append(called(text, "main", [entries(point)]))
        wanted.append((e.text, right))

    draw()
    found = run("\n".join(scripts))
    assert len(found) == len(wanted) > 200
    for (text, right), given_ in zip(wanted, found, strict=True):
        assert len(right) == len(given_), text
        assert all(same(a, b, 1e-12) for a, b in zip(given_, right, strict=True)), (text, right, given_)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
@pytest.mark.parametrize("function", [ad.max, ad.min, ad.sum, ad.mean, ad.logsumexp])
def test_reductions_are_those_of_arrays(function, axis):
    x = np.round(np.random.default_rng(3).normal(size=(2, 3, 4)), 1)  # with ties
    right = function(Value(x), axis=axis)
    xs = [Value(x)]
    slope = gradients(ad.sum(function(*xs, axis=axis) ** 2), xs)
    found = at(with_slopes(lambda x: ad.sum(function(x, axis=axis) ** 2)), x)
    assert found == pytest.approx(entries([np.sum(right.data**2), *slope]), rel=1e-13)


def test_names_tell_the_entry():
    text = written(lambda w: w[1, 0] * 2.0, np.ones((2, 2)), names=["w₁"])
    assert "const w1_0_0 = given[0], w1_0_1 = given[1], w1_1_0 = given[2], w1_1_1 = given[3];" in text


@pytest.mark.parametrize("n", [200, 2_000])
def test_too_many_entries_are_refused_however_many_there_are(n):
    with pytest.raises(ValueError, match=r"at most 10,000 operations on numbers .* got (more than )?[1-9]"):
        written(lambda x: ad.sum(x @ x), np.ones((n, n)))
