"""Homework is marked: right in any form and spelling, wrong with the reason, unreadable with the place."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, exercise, explain, formula, gradients, relu, sigmoid, tanh
from autodiff.homework import Mark
from autodiff.homework.points import POINTS
from autodiff.school import read

NETWORK = nn.lecture.network()
THETA = {str(parameter.name): parameter for parameter in NETWORK.parameters()}
LOSS = nn.lecture.loss(NETWORK, 1)


def asked(name):
    return exercise(LOSS, THETA[name])


def in_python(text):
    """A formula of the slides as it is typed in Python: names without indices, and Python's signs."""
    digits = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")
    text = re.sub(r"(\w[₀-₉]+)⁽([⁰¹²³⁴-⁹]+)⁾", lambda m: f"{m[1]}_{m[2]}".translate(digits), text)
    text = re.sub(r"[₀-₉]", lambda m: m[0].translate(digits), text)
    return text.replace("·", "*").replace("−", "-").replace("²", "**2").replace("σ", "sigmoid")


def in_latex(text):
    """The same in LaTeX."""
    digits = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")
    text = re.sub(r"([₀-₉]+)(⁽[⁰¹²³⁴-⁹]+⁾)?", lambda m: latex_index(m, digits), text)
    text = text.replace("·", r" \cdot ").replace("−", "-").replace("σ", r"\sigma")
    return text.replace("(", r"\left(").replace(")", r"\right)").replace("<", "(").replace(">", ")")


def latex_index(match, digits):
    below, above = match[1], (match[2] or "").strip("⁽⁾").translate(digits)
    return f"_{{{below.translate(digits)}}}" + (f"^{{<{above}>}}" if above else "")


SPELLINGS = {"as on the slides": str, "python": in_python, "latex": in_latex}


# -- right -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", THETA)
def test_the_formulas_of_the_lecture_are_right_in_every_spelling(name, spelling):
    task = asked(name)
    typed = SPELLINGS[spelling](task.answer)
    assert task.mark(typed).verdict == "right", typed
    assert task.mark(task.answer_latex).verdict == "right"
    assert task.mark(f"∂R/∂{name} = {typed}").verdict == "right"


@pytest.mark.parametrize(
    "typed",
    [
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₁⁽¹⁾(1 − a₁⁽¹⁾)·x₁",
        "-2*(y - a1_2)*w11_2*a1_1*(1 - a1_1)*x1",
        "-2*(y - a_1_2)*w_11_2*(a_1_1 - a_1_1**2)*x_1",
        r"-2 \left(y - a_1^{(2)}\right) w_{11}^{(2)} e^{-z_1^{(1)}} \left(1 + e^{-z_1^{(1)}}\right)^{-2}x_1.",
        r"$$\frac{\partial R}{\partial w_{11}^{(1)}} = -2(y - a_1^{(2)})w_{11}^{(2)}\sigma'(z_1^{(1)}) x_1$$",
        "-2(y - a_1^(2)) w_11^(2) a_1^(1) (1 - a_1^(1)) x_1",
        "-2(y - a^{(2)}_1) w^{(2)}_{11} σ′(w₁₁⁽¹⁾x₁ + w₁₂⁽¹⁾x₂ + b₁⁽¹⁾) x₁",
        "2(a₁⁽²⁾ − y)·w₁₁⁽²⁾·e^(−z₁⁽¹⁾)/(1 + e^(−z₁⁽¹⁾))²·x₁",
        "2 w11_2 x1 a1_1 a1_2 - 2 w11_2 x1 a1_1^2 a1_2 - 2 w11_2 x1 a1_1 y + 2 w11_2 x1 a1_1^2 y",
        "δ = -2(y − a₁⁽²⁾)·w₁₁⁽²⁾; s = a₁⁽¹⁾(1 − a₁⁽¹⁾); δ·s·x₁",
        "-2*(y - a1_2)*w11_2*np.exp(-z1_1)/(1 + np.exp(-z1_1))**2*x1",
    ],
)
def test_many_forms_of_one_formula_are_right(typed):
    assert str(asked("w₁₁⁽¹⁾").mark(typed)) == "right: it is ∂R/∂w₁₁⁽¹⁾"


factors = st.recursive(
    st.sampled_from(["w", "x", "y", "b", "2", "0.5", "3"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " - ", "*"]), inner).map("".join).map("({})".format),
        st.tuples(st.sampled_from(["sigmoid", "tanh", "exp", "sin", "relu", "abs"]), inner).map(
            lambda pair: "{}({})".format(*pair)
        ),
        inner.map("{}^2".format),
    ),
    max_leaves=5,
)
chains = st.tuples(factors, factors).map(
    lambda pair: f"z = w*x + 0.2*{pair[0]}; a = tanh(z); (y - a)^2 + 0.1*a*{pair[1]}"
)


def recorded(text):
    leaves = {name: Value(0.1 * k - 0.35, name) for k, name in enumerate("wxyb", 1)}
    return read(text).evaluate(leaves), leaves


def expanded(output, wrt):
    """The derivative in the names of leaves alone."""
    return formula(gradients(output, wrt, create_graph=True), expand=True)


def asked_of(text, name):
    """The exercise, if its derivative is not 0 everywhere and its formula is short and has few digits."""
    output, leaves = recorded(text)
    try:
        task = exercise(output, leaves[name])
    except ValueError:
        assume(False)
    assume(not task.solution().formula.definitions and len(task.answer) < 300)
    assume(not re.search(r"\d[\d.]{6}", task.answer))
    return task


@settings(deadline=None, max_examples=30)
@given(chains, st.sampled_from("wx"))
def test_what_explain_and_formula_write_is_right_in_any_form(text, name):
    task = asked_of(text, name)
    answer = task.answer
    for typed in (answer, task.answer_latex, f"({answer})·(y + w) − (y + w − 1)({answer})"):
        assert task.mark(typed).verdict == "right", (typed, task.mark(typed))


@settings(deadline=None, max_examples=30)
@given(chains)
def test_what_is_written_in_the_names_of_leaves_is_right(text):
    task = asked_of(text, "w")
    assume(not {"relu", "abs"} & set(re.findall(r"\w+", text)))  # which are recorded on one side of the kink
    written = expanded(task.output, task.wrt)
    assume(not written.definitions and not re.search(r"\d[\d.]{6}", written.text))
    for typed in (written.text, written.latex):
        assert task.mark(typed).verdict == "right", (typed, task.mark(typed))


@settings(deadline=None, max_examples=30)
@given(chains, st.sampled_from(["2", "-1", "1/2", "3", "-3"]))
def test_a_wrong_factor_is_named(text, factor):
    task = asked_of(text, "w")
    mark = task.mark(f"({task.answer})*({factor})")
    said = {
        "2": "the factor 2 is too many",
        "-1": "the sign is wrong",
        "1/2": "the factor 2 is missing",
        "3": "the factor 3 is too many",
        "-3": "the factor −3 is too many",
    }[factor]
    assert mark.verdict == "wrong"
    assert mark.reason.startswith(said) or " or " in mark.reason


# -- wrong, and why --------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    ("name", "typed", "reason"),
    [
        ("w₁₂⁽²⁾", "−(y − a₁⁽²⁾)·a₂⁽¹⁾", "the factor 2 is missing"),
        ("w₁₂⁽²⁾", "2(y − a₁⁽²⁾)·a₂⁽¹⁾", "the sign is wrong, as with a₁⁽²⁾ − y in place of y − a₁⁽²⁾"),
        ("w₁₂⁽²⁾", "−2(y − a₁⁽²⁾)", "the link ∂a₁⁽²⁾/∂w₁₂⁽²⁾ = a₂⁽¹⁾ is missing"),
        ("w₁₂⁽²⁾", "−2(y − a₁⁽²⁾)·a₁⁽¹⁾", "∂a₁⁽²⁾/∂w₁₂⁽²⁾ is taken as a₁⁽¹⁾, but is a₂⁽¹⁾"),
        ("w₁₂⁽²⁾", "−2(y − a₁⁽²⁾)·z₂⁽¹⁾", "∂a₁⁽²⁾/∂w₁₂⁽²⁾ is taken as z₂⁽¹⁾, but is a₂⁽¹⁾"),
        ("b₁⁽²⁾", "−2(y − a₁⁽²⁾)·b₁⁽²⁾", "the factor b₁⁽²⁾ is too many"),
        (
            "w₂₁⁽¹⁾",
            "−2(y − a₁⁽²⁾)·w₁₂⁽²⁾·a₂⁽¹⁾·x₁",
            "the link ∂a₂⁽¹⁾/∂z₂⁽¹⁾ = a₂⁽¹⁾(1 − a₂⁽¹⁾) is incomplete: the factor 1 − a₂⁽¹⁾ is missing",
        ),
        (
            "w₂₁⁽¹⁾",
            "−2(y − a₁⁽²⁾)·w₁₂⁽²⁾·x₁",
            "the link ∂a₂⁽¹⁾/∂z₂⁽¹⁾ = a₂⁽¹⁾(1 − a₂⁽¹⁾) is missing",
        ),
        (
            "w₂₁⁽¹⁾",
            "−2(y − a₁⁽²⁾)·w₁₂⁽²⁾·z₂⁽¹⁾(1 − z₂⁽¹⁾)·x₁",
            "∂a₂⁽¹⁾/∂z₂⁽¹⁾ is taken as z₂⁽¹⁾(1 − z₂⁽¹⁾), but is a₂⁽¹⁾(1 − a₂⁽¹⁾)",
        ),
        (
            "w₂₁⁽¹⁾",
            "−2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₂⁽¹⁾(1 − a₂⁽¹⁾)·x₁",
            "∂a₁⁽²⁾/∂a₂⁽¹⁾ is taken as w₁₁⁽²⁾, but is w₁₂⁽²⁾",
        ),
        (
            "w₂₂⁽¹⁾",
            "−2(y − a₁⁽²⁾)·w₁₂⁽²⁾·a₂⁽¹⁾(1 − a₂⁽¹⁾)·x₁",
            "it is that with respect to w₂₁⁽¹⁾",
        ),
    ],
)
def test_what_is_wrong_with_a_formula_of_the_lecture_is_named(name, typed, reason, spelling):
    mark = asked(name).mark(SPELLINGS[spelling](typed))
    if reason.startswith("it is that"):
        reason = "∂z₂⁽¹⁾/∂w₂₂⁽¹⁾ is taken as x₁, but is x₂"
    assert (mark.verdict, mark.reason) == ("wrong", reason)


@pytest.mark.parametrize("name", ["w₁₁⁽¹⁾", "b₂⁽¹⁾", "w₁₁⁽²⁾"])
def test_a_link_that_is_left_out_is_named(name):
    task = asked(name)
    (path,) = explain(LOSS, THETA[name]).paths
    for missing in path:
        factors = [link.formula.text for link in path if link is not missing]
        mark = task.mark("·".join(f"({factor})" for factor in factors) or "1")
        right = missing.formula.text == "1"
        assert mark.verdict == ("right" if right else "wrong")
        assert right or f"the link {missing.text} is missing" == mark.reason or " or " in mark.reason


def test_another_observation_is_named():
    task = exercise(nn.lecture.loss(NETWORK), THETA["w₁₂⁽²⁾"])
    assert task.mark("-2(e[1]·a₂⁽¹⁾[1] + e[2]·a₂⁽¹⁾[2])")
    assert task.mark("-2*(e[1]*a2_1[1] + e[2]*a2_1[2])")
    said = {
        "-2(e[1]·a₂⁽¹⁾[1] + e[2]·a₂⁽¹⁾[1])": "∂a₁⁽²⁾[2]/∂w₁₂⁽²⁾ is taken as a₂⁽¹⁾[1], but is a₂⁽¹⁾[2]",
        "-2e[1]·a₂⁽¹⁾[1]": "the sum over the 2 terms of R(θ) is missing: only the first is counted",
        "-2e[2]·a₂⁽¹⁾[2]": "the sum over the 2 terms of R(θ) is missing: only the last is counted",
        "-(e[1]·a₂⁽¹⁾[1] + e[2]·a₂⁽¹⁾[2])": "the factor 2 is missing",
        "-2(e[1]·z₂⁽¹⁾[1] + e[2]·z₂⁽¹⁾[2])": (
            "∂a₁⁽²⁾[2]/∂w₁₂⁽²⁾ is taken as z₂⁽¹⁾[2], but is a₂⁽¹⁾[2], and likewise ∂a₁⁽²⁾[1]/∂w₁₂⁽²⁾"
        ),
    }
    for typed, reason in said.items():
        mark = task.mark(typed)
        assert mark.verdict == "wrong"
        assert mark.reason.startswith(reason), mark


def test_a_formula_must_be_right_on_both_sides_of_each_kink():
    w, x = Value(0.5, "w"), Value(2.0, "x")
    task = exercise(relu(w * x), w)
    assert task.mark("x").verdict == "wrong"
    assert task.mark("0·x").verdict == "wrong"
    assert task.mark("relu′(w·x)·x").verdict == "right"
    assert task.mark("x·(sign(w·x) + 1)/2").verdict == "right"
    size = exercise(abs(w), w)
    assert size.mark("w/w").verdict == "wrong"
    assert size.mark("w/|w|").verdict == "right"
    largest = exercise(ad.maximum(w, x), w)
    assert [largest.mark(text).verdict for text in ("w/w", "0w", "(1 + sign(w − x))/2")] == [
        "wrong",
        "wrong",
        "right",
    ]


def test_the_points_show_both_sides_of_each_kink():
    network = nn.Network(2, [4, 3, 1], activation="relu", seed=0)
    task = exercise((1.0 - network(0.5, -0.3)) ** 2, "w11_1")
    shown = [task._function.sides(point) for point in task._marking.points]
    kinked = {node.id for node in task._function.graph if node.symbol == "relu"}
    assert len(kinked) == 7
    assert all(len({side for sides in shown for id, side in sides if id == kink}) == 2 for kink in kinked)
    assert task.mark(task.answer)
    assert task.mark(task.answer.replace("relu′", "sign")).verdict == "wrong"


def test_where_paths_are_many_the_answer_is_layer_by_layer():
    network = nn.Network(2, [4, 4, 4, 1], activation="tanh", seed=0)
    task = exercise((1.0 - network(0.5, -0.3)) ** 2, "w11_1")
    assert task.solution().n_paths == 16
    assert "δ" in task.answer
    assert task.mark(task.answer)
    assert task.hints[-1] == "Multiply the links of each path, and add the paths."


def test_what_is_right_at_the_numbers_given_alone_is_wrong():
    mark = asked("w₁₂⁽²⁾").mark("-2(y − 0.8095)·a₂⁽¹⁾")
    assert mark.verdict == "wrong"
    assert mark.reason.startswith("it is right at the numbers given, at least nearly, but must be everywhere")
    x = Value(2.0, "x")
    assert exercise(x**3, x).mark("6x").verdict == "wrong"  # 3x² = 6x at 2


def test_numbers_in_the_place_of_data_are_right_for_these_data():
    mark = asked("w₁₁⁽²⁾").mark("-2(1.2 − a₁⁽²⁾)·a₁⁽¹⁾")
    assert mark.verdict == "right"
    assert "for these data (x₁ = 3, x₂ = −2, y = 1.2)" in mark.reason
    w = Value(0.5, "w")
    one, other = (Value(1.0, name, constant=True) for name in ("x", "y"))
    task = exercise(w * one + other, w)
    assert task.mark("x").verdict == "right"
    assert task.mark("y").verdict == "wrong"  # which has the same number


def test_the_output_itself_may_be_named():
    w = Value(0.5, "w")
    task = exercise(ad.exp(3.0 * w), w)
    assert task.mark("3f")
    assert task.mark("f").reason.endswith("is missing")


def test_what_a_saturated_function_hides_is_not_right():
    w, x = Value(0.5, "w"), Value(500.0, "x", constant=True)
    task = exercise(ad.tanh(w * x), w)
    for typed in ("w − w", "w·1e-30", "0.001w"):
        assert task.mark(typed).verdict == "wrong"
    assert task.mark("(1 − f²)x").verdict == "right"


def test_a_derivative_on_the_way_can_be_asked_for():
    loss = nn.lecture.loss(NETWORK, 1)
    nodes = {node.name: node.source for node in ad.graph.Graph(loss)}
    task = exercise(nodes["a₁⁽²⁾"], nodes["a₁⁽¹⁾"])
    assert task.mark("w₁₁⁽²⁾").verdict == "right"
    assert task.mark("w₁₂⁽²⁾").verdict == "wrong"
    assert exercise(loss, "a1_1").mark("-2(y − a₁⁽²⁾)w₁₁⁽²⁾").verdict == "right"


def test_a_value_called_e_is_itself_and_eulers_number():
    x, y = Value(0.5, "x"), Value(2.0, "y")
    e = y - x
    e.name = "e"
    task = exercise(ad.exp(e * x), x)
    assert task.mark("exp(e·x)·(e − x)").verdict == "right"
    assert task.mark("exp((y − x)x)(y − 2x)").verdict == "right"
    assert task.mark("e^((y − x)x)(y − 2x)").verdict == "right"


def test_formulas_and_their_number_may_have_equality_signs_between_them():
    task = asked("w₁₂⁽²⁾")
    right = "-2(y − a₁⁽²⁾)·a₂⁽¹⁾"
    assert task.mark(f"∂R/∂w = {right} = 2(a₁⁽²⁾ − y)·a₂⁽¹⁾ = −0.486").verdict == "right"
    assert task.mark(f"{right} = −0.49").verdict == "right"
    mark = task.mark(f"{right} = 0.486")
    assert mark.reason == "the formula is right, but at the numbers given it comes to −0.4861"
    assert task.mark(f"{right} = -(y − a₁⁽²⁾)·a₂⁽¹⁾").reason == "the factor 2 is missing"
    assert task.mark(f"{right} = q").place == 22


def test_the_derivative_with_respect_to_another_parameter_is_named():
    assert asked("w₁₂⁽¹⁾").mark("-2(y − a₁⁽²⁾)·w₁₂⁽²⁾·a₂⁽¹⁾(1 − a₂⁽¹⁾)·x₂").reason == (
        "it is the derivative with respect to w₂₂⁽¹⁾"
    )


# -- unreadable ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "place", "reason"),
    [
        ("", None, "nothing was typed"),
        (" \n", None, "nothing was typed"),
        ("-0.486", None, "a number, not a formula: write ∂R/∂w₁₂⁽²⁾ in names"),
        ("-2*(1.2 - 0.8095)*0.622", None, "a number, not a formula"),
        ("∂R/∂w = −0.486", None, "a number, not a formula"),
        ("-2(y − a₁⁽²⁾·a₂⁽¹⁾", 2, "this bracket is never closed"),
        ("-2(y − a₁⁽²⁾)·a₂⁽¹⁾ =", 21, "nothing was typed"),
        ("∂R/∂w = -2(y − a₁⁽²⁾·a₂⁽¹⁾", 10, "this bracket is never closed"),
        ("-2(y − a₁⁽²⁾)·q", 14, "q is not known here; the names are"),
        ("-2(y − a1)·a₂⁽¹⁾", 7, "a1 is not known here (a₁⁽¹⁾ or a₁⁽²⁾?); the names are"),
        ("-2(y − a₁⁽²⁾)·ya", 14, "ya is not known here; the names are"),
        (r"-2 \frac{y}", 10, "a fraction has two parts"),
        (r"\sum -2(y − a₁⁽²⁾)", 0, "of LaTeX"),
        ("−2 ∂R/∂a₂⁽¹⁾", 3, "write the formula of this derivative out"),
        ("__import__('os').system('true')", 0, "unexpected '_'"),
        ("y.__class__", 1, "unexpected '.'"),
        ("<script>alert(1)</script>", 0, "unexpected '<'"),
        ("y" + "+y" * 6000, 10_000, "longer than 10,000 characters"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(typed, place, reason):
    mark = asked("w₁₂⁽²⁾").mark(typed)
    assert (mark.verdict, mark.place) == ("unreadable", place)
    assert reason in mark.reason


def test_names_that_may_be_used_are_given():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    mark = exercise(x * y, x).mark("z")
    assert mark.reason == "z is not known here; the names are x, y, f"


def test_a_constant_derivative_is_a_number():
    x = Value(1.0, "x")
    task = exercise(3.0 * x + 1.0, x)
    assert task.mark("3").verdict == "right"
    assert task.mark("2").verdict == "wrong"


def test_the_derivative_is_not_its_own_name():
    x = Value(1.0, "x")
    assert exercise(sigmoid(x), x).mark("σ′(x)").reason == "that is another name of ∂f/∂x: write it out"
    assert exercise(sigmoid(x), x).mark("σ(x)(1 − σ(x))").verdict == "right"


PIECES = [
    "-2", "(", ")", "y", "a₁⁽²⁾", "a_2^{(1)}", r"\frac", "{", "}", "^", "_", "|", "'", "σ", "=", ";", " ",
    "e", r"\sigma", "[1]", "√", ",", "1e", ".", "$", "\\", "<b>", "∂",
]  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.text(max_size=20)))
def test_any_text_is_marked_and_never_becomes_markup(typed):
    mark = TASK.mark(typed)
    assert isinstance(mark, Mark)
    assert mark.place is None or 0 <= mark.place <= len(typed)
    assert (mark.place is None) or mark.verdict == "unreadable"
    shown = mark._repr_html_()
    assert re.sub(r"</?(?:div|b|pre)(?: style=\"[^\"<>]*\")?>", "", shown).count("<") == 0


TASK = exercise(LOSS, THETA["w₁₂⁽²⁾"])


def test_hostile_numbers_end():
    for typed in ("y^9^9^9^9", "exp(exp(exp(exp(y·999))))", "y/0", "0/(y − y)", "(-1)^0.5·y"):
        assert TASK.mark(typed).verdict == "wrong"


# -- what may be asked -----------------------------------------------------------------------------


def test_what_cannot_be_asked_is_refused_at_the_call():
    x, y, q = Value(1.0, "x"), Value(2.0, "y"), Value(3.0, "q")
    c, v = Value(2.0, "c", constant=True), Value(np.ones(3), "v")
    r = x * y * c
    for args, error, message in [
        ((2.0, x), TypeError, "expected a Value that was computed from others, got float"),
        ((r, 2.0), TypeError, "expected a Value or its name to derive with respect to, got float"),
        ((v * 2.0, v), ValueError, "the output must be a number"),
        ((r, q), ValueError, "does not depend on 'q'"),
        ((r, "q"), ValueError, "there is no value 'q'"),
        ((r, c), ValueError, "is a constant"),
        ((r, r), ValueError, "does not depend on"),
        ((ad.sum(v * v), v), ValueError, "is an array; formulas are marked for numbers"),
        ((ad.tanh(x + 99.0), x), ValueError, "is 0, or is not a number, at all points"),
        ((ad.log(-(x**2)), x), ValueError, "is 0, or is not a number, at all points"),
    ]:
        with pytest.raises(error, match=message):
            exercise(*args)
    with pytest.raises(TypeError, match="expected what was typed, as text, got float"):
        exercise(r, x).mark(2.0)


def test_a_parameter_that_was_assigned_is_refused():
    x = Value(1.0, "x")
    r = x * x
    x.data = 2.0
    with pytest.raises(ValueError, match="was assigned new data"):
        exercise(r, x)


def test_a_value_is_found_by_its_name_in_any_spelling():
    for name in ("w₁₁⁽²⁾", "w11_2", "w_11_2"):
        assert exercise(LOSS, name).wrt is THETA["w₁₁⁽²⁾"]
    with pytest.raises(ValueError, match="there is no value"):
        exercise(nn.lecture.loss(NETWORK), "a₁⁽²⁾")
    assert exercise(nn.lecture.loss(NETWORK), "a1_2[2]").mark("-2e[2]")


# -- question, hints and solution ------------------------------------------------------------------


def test_the_question_shows_the_way_from_the_parameter():
    assert asked("w₁₂⁽¹⁾").text == (
        "Find ∂R/∂w₁₂⁽¹⁾ as a formula.\n"
        "  z₁⁽¹⁾ = w₁₁⁽¹⁾·x₁ + w₁₂⁽¹⁾·x₂ + b₁⁽¹⁾\n"
        "  a₁⁽¹⁾ = σ(z₁⁽¹⁾)\n"
        "  a₁⁽²⁾ = w₁₁⁽²⁾·a₁⁽¹⁾ + w₁₂⁽²⁾·a₂⁽¹⁾ + b₁⁽²⁾\n"
        "  R = (y − a₁⁽²⁾)²"
    )
    assert r"\frac{\partial R}{\partial w_{12}^{(1)}}" in asked("w₁₂⁽¹⁾").markdown


def test_hints_reveal_the_links_of_explain_one_by_one():
    task = asked("w₁₁⁽¹⁾")
    links = [link.text for link in explain(LOSS, THETA["w₁₁⁽¹⁾"]).paths[0]]
    chain = "∂R/∂w₁₁⁽¹⁾ = ∂R/∂a₁⁽²⁾ · ∂a₁⁽²⁾/∂a₁⁽¹⁾ · ∂a₁⁽¹⁾/∂z₁⁽¹⁾ · ∂z₁⁽¹⁾/∂w₁₁⁽¹⁾"
    assert list(task.hints) == [chain, *links, "Multiply the links."]
    assert [task.hint() for _ in range(7)] == [
        *task.hints,
        "That was the last hint; solution() shows how it is done.",
    ]


def test_the_solution_is_the_derivation():
    assert asked("w₁₁⁽¹⁾").solution().text == explain(LOSS, THETA["w₁₁⁽¹⁾"]).text


def test_marking_changes_nothing():
    before = {name: (x.data, x.grad) for name, x in THETA.items()}
    asked("w₁₁⁽¹⁾").mark("-2(y − a₁⁽²⁾)·x₁")
    assert {name: (x.data, x.grad) for name, x in THETA.items()} == before


def test_marks_are_the_same_each_time_and_at_twenty_points():
    first, second = asked("w₁₁⁽¹⁾"), asked("w₁₁⁽¹⁾")
    assert [p.item() for p in first._marking.points[7]] == [p.item() for p in second._marking.points[7]]
    assert len(first._marking.points) == POINTS
    assert first.mark("x₁·y") == second.mark("x₁·y")


@pytest.mark.parametrize("name", ["2x", "1", "-w", "(w)", "2·π"])
def test_names_that_are_read_as_calculations_are_refused(name):
    w, x = Value(2.0, name), Value(3.0, "x")
    with pytest.raises(ValueError, match="is read as a calculation"):
        exercise((w * x - 1.0) ** 2, w)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: ad.maximum(x, y) ** 2,
        lambda x, y: ad.minimum(x * y, y) * x,
        lambda x, y: ad.sqrt(ad.sigmoid(x)) * y,
        lambda x, y: ad.sqrt(abs(x)) + y,
        lambda x, y: x / y * y,
    ],
)
def test_the_answer_of_the_key_is_right(f):
    x, y = Value(0.5, "x"), Value(0.3, "y")
    task = exercise(f(x, y), x)
    assert task.mark(task.answer), task.answer


@pytest.mark.parametrize("f", [relu, nn.silu, nn.leaky_relu, nn.elu, nn.softplus, tanh, abs])
@pytest.mark.parametrize("inner", [False, True])
def test_the_key_of_an_activation_can_be_typed(f, inner) -> None:
    x = Value(0.7, "x")
    task = exercise((1.0 - f(3.0 * x)) ** 2 if inner else f(x), x)
    assert task.mark(task.answer).verdict == "right"


def test_a_slope_by_its_name_is_no_answer_where_it_has_a_formula() -> None:
    x = Value(0.7, "x")
    assert exercise(relu(x), x).mark("[x > 0]").verdict == "right"
    assert exercise(tanh(x), x).mark("tanh′(x)").verdict == "unreadable"
    assert exercise(nn.silu(x), x).mark("silu′(x)").verdict == "unreadable"
