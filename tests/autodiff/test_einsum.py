"""Einstein's sum in every form: letters that repeat, broadcast or vanish, dots, lists of numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, check_gradients, grad, gradients

LETTERS = "abcd"


@st.composite
def sums(draw):
    """Subscripts, with dots or without, and shapes in which an axis may have size 1 for a larger letter."""
    sizes = {letter: draw(st.integers(1, 3)) for letter in LETTERS}
    around = draw(st.lists(st.integers(1, 2), max_size=2)) if draw(st.booleans()) else None
    terms, shapes = [], []
    for _ in range(draw(st.integers(1, 3))):
        term = draw(st.text(LETTERS, max_size=3))
        stretched = draw(st.sets(st.sampled_from(LETTERS)))
        shape = [1 if letter in stretched else sizes[letter] for letter in term]
        if around is not None:
            at, n = draw(st.integers(0, len(term))), draw(st.integers(0, len(around)))
            term = f"{term[:at]}...{term[at:]}"
            shape[at:at] = [draw(st.sampled_from((1, size))) for size in around[len(around) - n :]]
        terms.append(term)
        shapes.append(tuple(shape))
    subscripts = ",".join(terms)
    if draw(st.booleans()):
        kept = draw(st.permutations(sorted(set("".join(terms)) - {"."})))
        kept = "".join(kept[: draw(st.integers(0, len(kept)))])
        subscripts += f"->{'...' if around is not None else ''}{kept}"
    return subscripts, shapes, draw(st.sampled_from((False, "greedy")))


def drawn(shapes):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) if shape else float(rng.normal()) for shape in shapes]


@given(sums())
@settings(max_examples=150)
def test_any_sum_is_numpys_and_has_first_and_second_derivatives(sum_):
    subscripts, shapes, optimize = sum_
    xs = drawn(shapes)
    y = ad.einsum(subscripts, *map(Value, xs), optimize=optimize)
    np.testing.assert_allclose(y.data, np.einsum(subscripts, *xs), rtol=1e-12, atol=1e-12)
    check_gradients(lambda *xs: ad.einsum(subscripts, *xs, optimize=optimize), *xs)


STRETCHED = [
    ("i,i", [(3,), (1,)]),
    ("ij,j->i", [(2, 3), (1,)]),
    ("ij,j->i", [(2, 1), (3,)]),
    ("ij,jk->ik", [(2, 1), (3, 4)]),
    ("ij,ij->", [(1, 3), (2, 1)]),
    ("ii,i->i", [(1, 1), (3,)]),
    ("ii,i", [(3, 3), (1,)]),
    ("i,i,i->i", [(1,), (1,), (3,)]),
    ("i,i,i", [(1,), (3,), (1,)]),
    ("...i,...i", [(2, 1), (1, 3)]),
    ("...,...", [(1,), (3,)]),
    ("ij->", [(1, 3)]),
]


@pytest.mark.parametrize(("subscripts", "shapes"), STRETCHED)
def test_axes_of_size_one_are_stretched_and_summed_over(subscripts, shapes):
    xs = drawn(shapes)
    check_gradients(lambda *xs: np.einsum(subscripts, *xs), *xs)

    def loss(*xs):
        return (np.einsum(subscripts, *xs) ** 2).sum()

    expected = grad(loss, range(len(xs)))(*xs)
    program = ad.compile(grad(loss, range(len(xs))))
    for found, slope in zip(program(*xs), expected, strict=True):
        np.testing.assert_allclose(found, slope, rtol=1e-12)


def test_a_factor_that_is_stretched_has_the_slope_of_its_copies():
    assert grad(lambda x: np.einsum("i,i", x, np.array([2.0])))(np.ones(3)).tolist() == [2.0, 2.0, 2.0]
    assert grad(lambda x: np.einsum("i,i", np.arange(3.0), x))(np.ones(1)).tolist() == [3.0]


A, B = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("given", "subscripts"),
    [
        (lambda a, b: (a, [0, 1], b, [1, 2]), "ij,jk"),
        (lambda a, b: (a, [0, 1], b, [1, 2], [2, 0]), "ij,jk->ki"),
        (lambda a, b: (a, (5, 40), b, (40, 6), ()), "ij,jk->"),
        (lambda a, b: (a, [0, 1], b, [1, ...]), "ij,j...->...i"),
        (lambda a, b: (a, [..., 1], b, [1, 2], [..., 2]), "...j,jk->...k"),
        (lambda a, b: (a, [30, 2], b, [2, 3]), "zc,cd"),
    ],
)
def test_subscripts_may_be_lists_of_numbers(given, subscripts):
    a, b = Value(A), Value(B)
    for einsum in (np.einsum, ad.einsum):
        y = einsum(*given(a, b))
        np.testing.assert_array_equal(y.data, np.einsum(*given(A, B)))
        slopes = gradients(y.sum(), [a, b])
        for slope, expected in zip(slopes, gradients(np.einsum(subscripts, a, b).sum(), [a, b]), strict=True):
            np.testing.assert_array_equal(slope, expected)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((A, [0, 52]), ValueError, r"from 0 to 51, got \[0, 52\]"),
        ((A, [0, -1]), ValueError, r"from 0 to 51, got \[0, -1\]"),
        ((A, [0, 0.5]), TypeError, r"a list of whole numbers after each operand; got \[0, 0.5\]"),
        ((A, 3), TypeError, "got 3 as such a list"),
        ((A,), TypeError, "expected subscripts as a string"),
        ((A, [0]), ValueError, "for an operand of 2 axes"),
        (("i", A), ValueError, "for an operand of 2 axes"),
    ],
)
def test_subscripts_that_do_not_fit_are_refused(arguments, kind, message):
    with pytest.raises(kind, match=f"^einsum: .*{message}"):
        ad.einsum(*[Value(x) if x is A else x for x in arguments])
