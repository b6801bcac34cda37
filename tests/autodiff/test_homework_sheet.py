"""Sheets of homework: other numbers per student, nothing of the key in them, and steps of minimisation."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autodiff import Value, exercise, exercises, exp, gradients, log
from autodiff.homework import Sheet
from autodiff.homework.steps import STEPS

NETWORK = nn.lecture.network()
LOSS = nn.lecture.loss(NETWORK, 1)


def numbers(sheet):
    return dict(sheet[0].numbers)


# -- sheets ----------------------------------------------------------------------------------------


def test_a_sheet_asks_for_every_parameter_of_the_computation_once():
    sheet = exercises(LOSS)
    assert [task.left for task in sheet] == [f"∂R/∂{parameter.name}" for parameter in NETWORK.parameters()]
    assert len(sheet) == 9
    assert sheet.text.count("R = (y − a₁⁽²⁾)²") == 1
    assert [task.wrt.name for task in exercises(LOSS, ["b1_2", NETWORK.parameters()[0]])] == [
        "b₁⁽²⁾",
        "w₁₁⁽¹⁾",
    ]


def test_each_student_has_other_numbers_of_the_same_signs_and_decimals():
    usual, seen = numbers(exercises(LOSS)), set()
    for seed in (*range(8), "Ada", "Noether"):
        found = numbers(exercises(LOSS, seed=seed))
        assert list(found) == list(usual)
        for name, text in found.items():
            x, old = (float(number.replace("−", "-")) for number in (text, usual[name]))
            assert x * old > 0.0
            assert round(x, 1) == x
            assert old != round(old) or x == round(x)
        seen.add(tuple(found.values()))
        assert numbers(exercises(LOSS, seed=seed)) == found
    assert len(seen) == 10


def test_the_key_has_the_right_answers_and_numbers():
    sheet = exercises(LOSS, seed="Ada")
    lines = sheet.key.text.splitlines()[2:]
    assert len(lines) == len(sheet)
    for task, line in zip(sheet, lines, strict=True):
        left, answer, number = line.partition(". ")[2].split(" = ")
        assert left == task.left
        assert task.mark(answer)
        slope = gradients(task.output, task.wrt)
        assert float(number.replace("−", "-")) == pytest.approx(slope, rel=1e-5)
        assert task.solution().markdown.strip() in sheet.key.markdown


def test_a_whole_sheet_is_marked():
    sheet = exercises(LOSS, seed="Ada")
    answers = [task.answer for task in sheet]
    assert all(sheet.mark(answers))
    assert [bool(mark) for mark in sheet.mark([*answers[:-1], "1"])] == [True] * 8 + [False]
    for wrong in (answers[:-1], answers[0], [*answers, ""]):
        with pytest.raises(ValueError, match="expected a list of 9 answers"):
            sheet.mark(wrong)


def test_the_sheet_has_nothing_of_the_key():
    sheet = exercises(LOSS, seed=3)
    for page in (sheet.text, sheet.markdown, repr(sheet), sheet._repr_markdown_()):
        for task in sheet:
            assert task.answer not in page
            assert task.answer_latex not in page
    assert sheet[0].answer in sheet.key.text


def test_sheet_and_key_are_saved_apart(tmp_path):
    sheet = exercises(LOSS, seed=3)
    assert sheet.save(tmp_path / "sheet.md").read_text("utf-8") == sheet.markdown
    assert sheet.key.save(tmp_path / "key.txt").read_text("utf-8") == sheet.key.text
    with pytest.raises(ValueError, match=r"must end in one of .md, .txt"):
        sheet.save(tmp_path / "sheet.pdf")


def test_numbers_stay_in_the_domain():
    x, y = Value(2.0, "x"), Value(0.5, "y")
    for seed in range(10):
        (task, other) = exercises(log(x - y * 0.1) * y, seed=seed)
        assert np.isfinite(task.value)
        assert np.isfinite(other.value)
    with pytest.raises(ValueError, match="is not a number with other numbers"):
        exercises(exp(exp(exp(x * 1000.0))), seed=1)


def test_what_cannot_be_asked_is_refused_at_the_call():
    x = Value(2.0, "x")
    for args, options, error in [
        ((2.0,), {}, TypeError),
        ((x * x, [3.0]), {}, TypeError),
        ((x * x, ["q"]), {}, ValueError),
        ((x * x,), {"seed": -1}, ValueError),
        ((x * x,), {"seed": 1.5}, TypeError),
    ]:
        with pytest.raises(error):
            exercises(*args, **options)


def test_names_and_titles_never_become_markup():
    x = Value(2.0, "<img src=x>")
    page = exercises(x * x, seed="<script>alert(1)</script> [x](http://a.b)").markdown
    assert "<img" not in page
    assert not re.search(r"(?<!\\)<script", page)  # where it is escaped, Markdown shows it
    assert not re.search(r"(?<!\\)\](?=\()", page)


def test_a_name_of_two_lines_stays_on_one():
    x = Value(2.0, "x\n# y")
    sheet = exercises(x * x)
    assert sheet[0].left == "∂f/∂x\\n# y"
    for page in (sheet.text, sheet.key.text, sheet.markdown, str(sheet[0].mark("2q")).partition("\n")[0]):
        assert "\n# y" not in page
    assert sheet[0].mark(r"2x\n# y").verdict == "right"  # as it is shown


def test_the_homework_of_the_lecture():
    sheet = nn.lecture.homework()
    assert isinstance(sheet, Sheet)
    assert [task.question.partition(",")[0] for task in sheet] == [
        *(f"Find ∂R/∂{name} as a formula." for name in ("w₁₂⁽²⁾", "b₁⁽²⁾")),
        "Find ∂σ(v)/∂v as a formula.",
        *(f"Find ∂R/∂{name} as a formula." for name in ("w₁₂⁽¹⁾", "b₁⁽¹⁾", "w₂₁⁽¹⁾", "w₂₂⁽¹⁾", "b₂⁽¹⁾")),
        "Derive the Newton-Raphson method: to minimise f",
    ]
    assert "Again with the formulas and numbers of exercise 1:" in sheet.text
    for task in sheet:
        assert task.mark(task.answer)
        assert task.mark(task.answer_latex)
    assert nn.lecture.homework(7).text != nn.lecture.homework(8).text


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("e⁻ᵛ(1 + e⁻ᵛ)⁻²", "right"),
        (r"\frac{d\sigma}{dv} = \frac{e^{-v}}{\left(1 + e^{-v}\right)^2}", "right"),
        ("σ(v)(1 − σ(v))", "right"),
        ("sigmoid(v)*(1 - sigmoid(v))", "right"),
        ("1/(2 + e^v + e^-v)", "right"),
        ("σ′(v)", "unreadable"),
        ("σ(v)(1 + σ(v))", "wrong"),
        ("−e⁻ᵛ(1 + e⁻ᵛ)⁻²", "wrong"),
        ("(1 + e⁻ᵛ)⁻²", "wrong"),
        ("v(1 − v)", "wrong"),
    ],
)
def test_the_derivative_of_the_sigmoid_is_marked(typed, verdict):
    assert nn.lecture.homework()[2].mark(typed).verdict == verdict


def test_the_sigmoid_is_written_out_in_question_and_hints():
    task = nn.lecture.homework()[2]
    assert task.text == "Find ∂σ(v)/∂v as a formula.\n  σ(v) = 1/(1 + e⁻ᵛ)"
    assert task.hints == (
        "Put u₁ = 1 + e⁻ᵛ, σ(v) = 1/u₁",
        "∂σ(v)/∂v = ∂σ(v)/∂u₁ · ∂u₁/∂v",
        "∂σ(v)/∂u₁ = −1/u₁²",
        "∂u₁/∂v = −e⁻ᵛ",
        "Multiply the links.",
    )


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("σ(v)(1 + σ(v))", "∂σ(v)/∂v is taken as σ(v)(1 + σ(v)), but is σ(v)(1 − σ(v))"),
        ("v(1 − v)", "∂σ(v)/∂v is taken as v(1 − v), but is σ(v)(1 − σ(v))"),
        ("−e⁻ᵛ(1 + e⁻ᵛ)⁻²", "the sign is wrong"),
        ("e⁻ᵛ(1 + e⁻ᵛ)²", "∂σ(v)/∂v is taken as (1 + e⁻ᵛ)²·e⁻ᵛ, but is e⁻ᵛ/(1 + e⁻ᵛ)²"),
        ("(1 + e⁻ᵛ)⁻²", "the link ∂σ(v)/∂v = e⁻ᵛ/(1 + e⁻ᵛ)² is incomplete: the factor e⁻ᵛ is missing"),
        ("σ(v)", "the link ∂σ(v)/∂v = σ(v)(1 − σ(v)) is incomplete: the factor 1 − σ(v) is missing"),
    ],
)
def test_what_is_wrong_with_a_derivative_of_the_sigmoid_is_named_in_its_own_form(typed, reason):
    mark = nn.lecture.homework()[2].mark(typed)
    assert (mark.verdict, mark.reason) == ("wrong", reason)


# -- steps -----------------------------------------------------------------------------------------

NEWTON, STEEPEST = exercise.step("newton"), exercise.step("steepest descent")


@pytest.mark.parametrize(
    "typed",
    [
        "x - f'(x)/f''(x)",
        "x − f′(x)/f″(x)",
        "x_new = x - f'(x)*f''(x)**-1",
        r"x_{i+1} = x_i - \frac{f'(x_i)}{f''(x_i)}.",
        r"x - \frac{f^{\prime}(x)}{f^{\prime\prime}(x)}",
        r"\mathbf{x}_{i+1} = \mathbf{x}_i - H(\mathbf{x}_i)^{-1} \nabla f(\mathbf{x}_i)",
        "(x f''(x) − f'(x))/f''(x)",
        "s = 1/f''(x); x - s f'(x)",
        "x - η·f'(x)/f''(x)",
    ],
)
def test_the_newton_raphson_method_in_many_forms(typed):
    assert NEWTON.mark(typed), NEWTON.mark(typed)


@pytest.mark.parametrize(
    "typed",
    ["x - s f'(x)", "x − η·f′(x)", r"\theta - s \nabla f(\theta)", "x - f'(x)*alpha", "xᵢ − sᵢ f′(xᵢ)"],
)
def test_steepest_descent_in_many_forms(typed):
    assert STEEPEST.mark(typed), STEEPEST.mark(typed)


@pytest.mark.parametrize(
    ("task", "typed", "reason"),
    [
        (NEWTON, "x + f'(x)/f''(x)", "the sign is wrong"),
        (NEWTON, "x - f(x)/f'(x)", "that finds a root of f"),
        (NEWTON, "x - f''(x)/f'(x)", "upside down"),
        (NEWTON, "x - s f'(x)", "that is steepest descent"),
        (NEWTON, "x - f'(x)", "the step size 1/f″(x) is missing"),
        (NEWTON, "f'(x)/f''(x)", "that is how far to go"),
        (
            NEWTON,
            "x - 1/f'(x)",
            "for f(x) = x³, from x = 2 with s = 0.5, it comes to 1.917, and the next point is 1",
        ),
        (STEEPEST, "x + s f'(x)", "uphill"),
        (STEEPEST, "x - f'(x)", "the step size s is missing"),
        (STEEPEST, "x - s f(x)", "f(x) is taken for the slope"),
        (STEEPEST, "x - f'(x)/f''(x)", "that is the Newton-Raphson method"),
    ],
)
def test_what_is_wrong_with_a_step_is_named(task, typed, reason):
    mark = task.mark(typed)
    assert mark.verdict == "wrong"
    assert reason in mark.reason


@pytest.mark.parametrize(
    ("typed", "place", "reason"),
    [
        ("", None, "nothing was typed"),
        ("1", None, "a number, not a formula"),
        ("x - f'/f''", 6, "f′ needs brackets"),
        ("x - g'(x)", 4, "a prime follows the name of a function"),
        ("x - q", 4, "q is not known here; the names are x, s, f(x), f′(x), f″(x)"),
        ("x_{i+1} = x_i − (f'(x_i)", 16, "this bracket is never closed"),
        ("__import__('os')", 0, "unexpected '_'"),
    ],
)
def test_a_step_that_cannot_be_read_is_said_with_its_place(typed, place, reason):
    mark = NEWTON.mark(typed)
    assert (mark.verdict, mark.place) == ("unreadable", place)
    assert reason in mark.reason


@pytest.mark.parametrize("name", STEPS)
def test_no_mistake_that_is_named_is_right_and_each_is_named_by_itself(name):
    task = exercise.step(name)
    for formula, reason in STEPS[name].mistakes.items():
        mark = task.mark(formula)
        assert (mark.verdict, mark.reason) == ("wrong", reason)


@given(st.text(alphabet="xsf'()-+*/^ \\{}_∇1H=;", max_size=16))
def test_any_text_is_marked(typed):
    mark = NEWTON.mark(typed)
    assert mark.place is None or 0 <= mark.place <= len(typed)


def test_a_step_has_hints_and_a_solution():
    task = exercise.step("Newton-Raphson")
    assert [task.hint() for _ in task.hints] == list(task.hints)
    assert task.answer in task.solution().text
    assert re.search(r"\\frac\{f'\(x\)\}\{f''\(x\)\}", task.solution().latex)
    assert "f″" not in exercise.step("newton").question.partition("Write")[0]
    with pytest.raises(ValueError, match="did you mean 'newton'"):
        exercise.step("newtn")
    with pytest.raises(TypeError):
        exercise.step(2)
    with pytest.raises(TypeError, match="expected what was typed"):
        task.mark(2.0)


def test_a_sheet_that_asks_for_nothing_is_refused():
    w = Value(2.0, "w")
    for output, wrt in ((Value(2.0, constant=True), None), (w * w, [])):
        with pytest.raises(ValueError, match="nothing to ask"):
            exercises(output, wrt)
