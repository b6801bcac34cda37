"""What is said of a wrong derivative is true, at other points, too; where nothing explains it, nothing is."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import sigmoid, tanh
from autodiff.checking.mistakes import Question, likely_mistake, likely_mistakes, naming
from autodiff.checking.mistakes.slips import slips
from autodiff.checking.mistakes.surroundings import attempts_around
from autodiff.derivations.expression import MINUS_ONE, Number, Symbol
from autodiff.derivations.simplification import power, product, total
from autodiff.derivations.typesetting import Text
from autodiff.testing import numbers


def asked(f, formula, *point, count=8, **options):
    """What is said of a formula at points around one."""
    return likely_mistake(attempts_around(Question(f, formula, **options), point, count))


def neuron(w, x, b, y):
    z = w * x + b
    z.name = "z"
    a = sigmoid(z)
    a.name = "a"
    return (y - a) ** 2


def right(w, x, b, y, **_):
    a = 1.0 / (1.0 + np.exp(-(w * x + b)))
    return -2.0 * (y - a) * a * (1.0 - a) * x


POINT = (0.5, 1.5, 0.3, 1.2)


# -- what is said --------------------------------------------------------------------------------------


def test_nothing_is_said_of_a_right_formula():
    assert asked(neuron, right, *POINT) is None


def test_nothing_is_said_without_enough_points():
    half = lambda *p: right(*p) / 2.0  # noqa: E731
    assert asked(neuron, half, *POINT, count=naming.ENOUGH) == "the factor 2 is missing"
    assert asked(neuron, half, *POINT, count=naming.ENOUGH - 1) is None


def test_what_holds_at_some_of_the_points_only_is_not_said():
    def sometimes(w, x, b, y):
        return right(w, x, b, y) / (2.0 if w > 0.5 else 3.0)

    assert asked(neuron, sometimes, *POINT) is None


def test_explanations_that_cannot_be_told_apart_are_both_given():
    def f(x):
        return ((x - 1.0) ** 2).sum()

    found = asked(f, lambda x: x - 1.0, np.array([3.0, 5.0]))
    assert found == "the factor 2 is missing, as by a mean over axis 0 of x in place of a sum"
    varied = [Question(f, lambda x: x - 1.0).at(np.arange(2.0, 2.0 + n)) for n in range(2, 9)]
    assert likely_mistake(varied) == "the factor 2 is missing"
    means = [Question(f, lambda x: 2 * (x - 1.0) / len(x)).at(np.arange(2.0, 2.0 + n)) for n in range(2, 9)]
    assert "as by a mean over axis 0 of x" in likely_mistake(means)


def test_several_arguments_are_spoken_of_by_name():
    def f(a, b):
        return a * a * b

    question = Question(f, lambda a, b: (a * b, -a * a), (0, 1))
    attempts = list(attempts_around(question, (2.0, 3.0), 8))
    assert likely_mistake(attempts) == "a: the factor 2 is missing; b: the sign is wrong"
    assert likely_mistakes(attempts) == {0: "the factor 2 is missing", 1: "the sign is wrong"}
    swapped = Question(f, lambda a, b: (a * a, 2 * a * b), (0, 1))
    assert likely_mistake(attempts_around(swapped, (2.0, 3.0), 8)) == (
        "a: it is that with respect to b; b: it is that with respect to a"
    )


def test_large_graphs_are_not_searched(monkeypatch):
    monkeypatch.setattr(naming, "MOST_NODES", 5)
    assert asked(neuron, lambda *p: right(*p) / 2.0, *POINT) is None


# -- what is said is true ------------------------------------------------------------------------------

ATOMS = [
    "w",
    "x",
    "b",
    "y",
    "z",
    "a",
    "(1 - a)",
    "(y - a)",
    "(1 + a)",
    "2",
    "(w + x)",
    "(a - z)",
    "sin(x)",
    "3",
]
SIGNS = ["*", "+", "-"]


def value_of(text, point):
    """A formula of the neuron in its values."""
    w, x, b, y = point
    z = w * x + b
    return eval(text, {"w": w, "x": x, "b": b, "y": y, "z": z, "a": 1 / (1 + np.exp(-z)), "sin": np.sin})


@st.composite
def formulas(draw):
    """Products and sums of what may be on paper: most of them are wrong in no known way."""
    parts = draw(st.lists(st.sampled_from(ATOMS), min_size=1, max_size=6))
    signs = draw(st.lists(st.sampled_from(SIGNS), min_size=len(parts), max_size=len(parts)))
    return draw(st.sampled_from(["", "-"])) + "".join(
        part + (sign if k < len(parts) - 1 else "")
        for k, (part, sign) in enumerate(zip(parts, signs, strict=True))
    )


@settings(max_examples=60, deadline=None)
@given(formulas(), st.tuples(*[numbers()] * 4))
def test_a_mistake_that_is_named_gives_the_formula_at_twenty_other_points(text, point):
    question = Question(neuron, lambda *p: value_of(text, p))
    attempts = list(attempts_around(question, point, 8))
    assume(len(attempts) == 8)
    known = naming.likely_mistakes(attempts)
    others = [question.at(*np.random.default_rng(k).normal(size=4).tolist()) for k in range(20)]
    again = naming.likely_mistakes([*attempts, *others])
    assert known == again


UNRELATED = ["w + x", "sin(x)*w", "x*x + y", "(a - z)*w + 3", "w*x*b*y", "(1 + a)*(w + x)", "a*a*a - y"]


@pytest.mark.parametrize("text", UNRELATED)
def test_formulas_that_are_wrong_in_no_known_way_are_left_unexplained(text):
    assert asked(neuron, lambda *p: value_of(text, p), *POINT) is None


@settings(max_examples=40, deadline=None)
@given(st.floats(-20.0, 20.0).filter(lambda c: abs(c) > 0.01 and c != 1.0))
def test_any_constant_factor_is_recognised(factor):
    assume(abs(factor - 1.0) > 1e-3)
    found = asked(neuron, lambda *p: factor * right(*p), *POINT)
    assert found is not None
    assert any(words in found for words in ("factor", "times", "sign"))


# -- slips -----------------------------------------------------------------------------------------------


def test_slips_of_one_form_come_in_one_order():
    def slope(name):
        y = Symbol(name)
        return product([Number(3.0), power(y, Number(2.0)), total([Number(1.0), product([MINUS_ONE, y])])])

    a, b = ([Text().write(slip) for slip in slips(slope(name))] for name in "ab")
    assert [text.replace("a", "b") for text in a] == b
    assert "3a²(1 + a)" in a
    assert "3a(1 − a)" in a
    assert "a²(1 − a)" in a
    assert len(set(a)) > 5


# -- points ------------------------------------------------------------------------------------------------


def test_points_around_one_are_the_same_each_time_and_keep_their_signs():
    question = Question(ad.log, lambda x: 1.0 / x)
    first, second = ([attempt.point for attempt in attempts_around(question, (2.0,), 5)] for _ in range(2))
    assert first == second
    assert len(first) == 5
    assert all(x > 0.0 for (x,) in first)


def test_whole_numbers_and_masks_stay_where_they_are_not_differentiated():
    question = Question(lambda x, n: x**n, lambda x, n: n * x ** (n - 1))
    assert all(
        point[1] == 3 for point in (attempt.point for attempt in attempts_around(question, (2.0, 3), 5))
    )


def test_attempts_in_single_precision_allow_for_its_rounding():
    x = np.array([0.5, -1.5], dtype=np.float32)
    attempt = Question(lambda x: tanh(x), lambda x: 1 - np.tanh(x) ** 2).at(x)
    assert attempt.claimed[0].dtype == np.float32
    assert attempt.wrong() == []
    assert Question(lambda x: tanh(x), lambda x: 1.01 * (1 - np.tanh(x) ** 2)).at(x).wrong() == [0]
