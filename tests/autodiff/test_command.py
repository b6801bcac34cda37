"""The command line: answers, JSON, exit status, and mistakes told on stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff.command.line import main

DEMONSTRATION = "3*x**4 + 5*x**3 - 20*x**2 + 8*x + 10"


@pytest.fixture
def ask(capsys):
    """Ask a question; the answer is the exit status, stdout and stderr."""

    def asked(*words):
        try:
            status = main(words)
        except SystemExit as end:
            status = end.code
        return status, *capsys.readouterr()

    return asked


def data(answer):
    status, out, err = answer
    assert (status, err) == (0, "")
    return json.loads(out)


def test_grad_prints_the_value_and_all_partial_derivatives(ask):
    assert ask("grad", DEMONSTRATION, "x=2") == (0, "f = 34\n∂f/∂x = 84\n", "")
    assert ask("grad", "f = x²y", "y=3", "x=2")[1] == "f = 12\n∂f/∂y = 4\n∂f/∂x = 12\n"


def test_order_2_adds_the_second_derivatives(ask):
    answer = data(ask("grad", "x^4*y^2 + 3z", "x=1", "y=2", "z=5", "--order", "2", "--json"))
    assert answer["value"] == 19.0
    assert answer["gradient"] == {"x": 16.0, "y": 4.0, "z": 3.0}
    assert answer["hessian"]["x"] == {"x": 48.0, "y": 16.0, "z": 0.0}
    assert answer["hessian"]["z"] == {"x": 0.0, "y": 0.0, "z": 0.0}
    assert "∂²f/∂x∂y = 16" in ask("grad", "x^4*y^2", "x=1", "y=2", "--order", "2")[1]


def test_numbers_may_be_calculated_and_follow_options(ask):
    assert data(ask("grad", "--json", "cos(x) + y", "x=2pi", "y = -1e0"))["value"] == 0.0
    assert data(ask("grad", "x + y", "x=2", "--json", "y=3"))["value"] == 5.0


def test_an_expression_may_begin_with_a_minus(ask):
    assert data(ask("grad", "-x^2", "x=3", "--json")) == {"value": -9.0, "gradient": {"x": -6.0}}


def test_an_expression_without_unknowns_has_a_value(ask):
    assert ask("grad", "2 + 3") == (0, "f = 5\n", "")


def test_json_has_no_infinities(ask):
    answer = ask("grad", "1/x - y", "x=0", "y=0/0", "--json")[1]
    numbers = json.loads(answer, parse_constant=pytest.fail)
    assert numbers == {"value": "NaN", "gradient": {"x": "-Infinity", "y": -1.0}}


def test_explain_derives_link_by_link(ask):
    question = ("explain", "z = w*x + b; a = sigmoid(z); (y − a)²", "w=0.2", "x=3", "b=0.1", "y=1")
    status, out, _ = ask(*question)
    assert status == 0
    assert "∂f/∂w = ∂f/∂z · ∂z/∂w            chain rule" in out
    assert "∂a/∂z = a(1 − a)" in out
    assert ask("explain", question[1], "wrt", *question[2:])[1] == out
    answer = data(ask(*question, "--wrt", "b", "--json"))
    assert answer["wrt"] == "b"
    assert answer["derivative"] == data(ask("grad", *question[1:], "--json"))["gradient"]["b"]
    assert "aligned" in ask(*question, "--format", "latex")[1]


def test_draw_saves_the_file_and_without_one_prints_a_tree(ask, tmp_path):
    path = tmp_path / "graph.dot"
    assert ask("draw", "tanh(2x)", "x=1", "-o", str(path)) == (0, f"{path}\n", "")
    assert "tanh" in path.read_text(encoding="utf-8")
    assert "└─ ·" in ask("draw", "tanh(2x)", "x=1")[1]
    assert data(ask("draw", "x^2", "x=1", "-o", str(path), "--json")) == {"file": str(path)}


def test_play_writes_a_page(ask, tmp_path):
    path = tmp_path / "play.html"
    assert ask("play", "(y - w*x)^2", "w=1", "x=2", "y=3", "-o", str(path)) == (0, f"{path}\n", "")
    assert "One step downhill" in path.read_text(encoding="utf-8")


def test_a_drawing_is_as_it_was_asked_for(ask, tmp_path):
    path = tmp_path / "graph.dot"
    question = "draw", "sigmoid(w*x + b)^2 - y", "w=1", "x=2", "b=3", "y=1", "-o", str(path)

    def drawn(*options):
        assert ask(*question, *options)[0] == 0
        return path.read_text(encoding="utf-8")

    assert 'rankdir="TB"' in drawn("--direction", "TB")
    assert 'bgcolor="#15181c"' in drawn("--theme", "dark")
    assert "∂: the derivative" not in drawn()
    assert "∂: the derivative" in drawn("--legend")
    assert drawn("--no-each-operation").count("grad") < drawn("--each-operation").count("grad")
    assert 'size="20.0000,11.2500!"' in drawn("--size", "1920x1080")
    assert 'size="10.0000,5.0000!"' in drawn("--size", "960", "--aspect", "2:1")


def test_animate_goes_step_by_step_as_text_or_in_a_file(ask, tmp_path):
    text = ask("animate", "x^2", "x=3")[1]
    assert "∂f/∂x = 6" in text
    path = tmp_path / "page.html"
    assert ask("animate", "tanh(2x)", "x=1", "-o", str(path)) == (0, f"{path}\n", "")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_minimisation_is_drawn_as_a_page(ask, tmp_path):
    path = tmp_path / "way.html"
    assert data(ask("minimize", "x^2", "x=1", "--plot", str(path), "--json"))["file"] == str(path)
    assert "<svg" in path.read_text(encoding="utf-8")


def test_a_page_of_three_unknowns_is_refused_before_anything_is_minimised(ask, tmp_path):
    words = ("minimize", "x^2 + y^2 + z^2", "x=1", "y=1", "z=1", "--plot", str(tmp_path / "way.html"))
    status, out, err = ask(*words)
    assert (status, out) == (2, "")
    assert "an .html page shows one or two unknowns, there are 3" in err


@pytest.mark.parametrize(
    "words",
    [
        ("draw", "x", "x=1", "-o", ""),
        ("animate", "x", "x=1", "-o", ""),
        ("minimize", "x^2", "x=1", "--plot", ""),
    ],
)
def test_an_empty_name_of_a_file_is_refused(ask, words):
    status, out, err = ask(*words)
    assert (status, out) == (2, "")
    assert "the name must end in one of" in err


def test_minimize_finds_the_minimum_and_draws_the_way(ask, tmp_path):
    path = tmp_path / "way.png"
    words = ("minimize", "(x − 1)^2 + 100(y − x²)^2", "x=-1.2", "y=1", "--method", "newton")
    answer = data(ask(*words, "--json", "--plot", str(path)))
    assert answer["converged"] is True
    assert answer["x"] == pytest.approx({"x": 1.0, "y": 1.0})
    assert path.read_bytes().startswith(b"\x89PNG")
    assert "Newton-Raphson  converged" in ask(*words)[1]


def test_a_minimisation_that_does_not_converge_has_status_1(ask):
    status, out, err = ask("minimize", "x", "x=1", "--json")
    assert (status, err) == (1, "")
    assert json.loads(out)["converged"] is False


def test_lecture_prints_its_numbers(ask):
    assert "0.80950" in ask("lecture")[1]
    answer = data(ask("lecture", "--json"))
    assert round(answer["loss"], 6) == 0.185852
    assert round(answer["observations"][0]["nudges"]["w₁₁⁽¹⁾"], 3) == 0.449


def test_lecture_says_where_the_slides_are_wrong(ask):
    assert "52 printed numbers: 42 right, 2 truncated, 8 wrong" in ask("lecture")[1]
    residual = data(ask("lecture", "--json"))["errata"][2]
    assert (residual["name"], residual["printed"], residual["verdict"]) == ("e", "0.311", "wrong")
    assert round(residual["computed"], 4) == 0.3905


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "required: COMMAND"),
        (["gard", "x"], "invalid choice: 'gard'"),
        (["grad"], "required: expression"),
        (["grad", "x", "x=1", "--oder"], "grad has no --oder"),
        (["grad", "x", "x=1", "--order", "3"], "invalid choice: 3"),
        (["lecture", "x"], "lecture has no x"),
        (["grad", "x", "x"], "expected name=number, as x=2, got 'x'"),
        (["grad", "x", "x=1", "x=2"], "two numbers"),
        (["grad", "x", "x=1", "y=2"], "y is given a number, but is no unknown"),
        (["explain", "x", "x=1", "--wrt", "y"], "--wrt: expected one of x, got 'y'"),
        (["explain", "2"], "no unknown"),
        (["draw", "x", "x=1", "-o", "x.gif"], "must end in one of .svg"),
        (["draw", "x", "x=1", "-o", "nowhere/x.svg"], "no directory 'nowhere'"),
        (["draw", "x", "x=1", "--size", "1920x1080"], "--size is of a picture: add -o FILE"),
        (
            ["draw", "x", "x=1", "-o", "x.svg", "--size", "wide"],
            "expected pixels such as 1920x1080, got 'wide'",
        ),
        (
            ["draw", "x", "x=1", "-o", "x.svg", "--aspect", "16:0"],
            "expected a shape such as 16:9, got '16:0'",
        ),
        (["draw", "x", "x=1", "-o", "x.svg", "--theme", "drak"], "invalid choice: 'drak'"),
        (["animate", "x", "x=1", "-o", "x.svg"], "must end in one of .html"),
        (["animate", "2"], "no unknown"),
        (["play", "x", "x=1", "-o", "x.svg"], "must end in one of .html"),
        (["minimize", "2"], "no unknown"),
        (["minimize", "x", "x=1", "--method", "newtn"], "did you mean 'newton'"),
        (["minimize", "x", "x=1", "--plot", "x.txt"], "must end in one of .png"),
    ],
)
def test_a_question_that_has_no_meaning_has_status_2(ask, words, message):
    status, out, err = ask(*words)
    assert (status, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(
    ("words", "caret"),
    [
        (["grad", "x + * y", "x=1"], "    x + * y\n        ^\n"),
        (["grad", "x + y", "x=1"], "    x + y\n        ^\n"),
        (["grad", "x", "x=1 +"], "    x=1 +\n         ^\n"),
        (["grad", "x", "x = a"], "    x = a\n        ^\n"),
        (["grad", "x", "3x=1"], "    3x=1\n    ^\n"),
        (["grad", "x", "pi=3"], "    pi=3\n    ^\n"),
    ],
)
def test_a_mistake_in_an_expression_has_a_caret_and_status_2(ask, words, caret):
    status, out, err = ask(*words)
    assert (status, out) == (2, "")
    assert err.startswith("autodiff: ")
    assert err.endswith(caret)


def test_a_failure_has_status_1_and_no_traceback(ask):
    status, out, err = ask("minimize", "log(x)", "x=0")
    assert (status, out) == (1, "")
    assert err.startswith("autodiff: ")
    assert "Traceback" not in err


@given(st.lists(st.text(max_size=6), max_size=4), st.sampled_from(["grad", "explain", "draw"]))
def test_any_words_end_in_a_known_status(words, command):
    try:
        status = main([command, *words])
    except SystemExit as end:
        status = end.code
    assert status in (0, 2)


def run(*words, **options):
    return subprocess.run([sys.executable, *words], capture_output=True, check=False, **options)


def test_the_module_runs_also_in_a_console_of_ascii():
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    ended = run("-m", "autodiff", "grad", "x^2", "x=3", env=environment)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.splitlines() == [b"f = 9", b"?f/?x = 6"]
    assert run("-m", "autodiff", "grad", "x^", "x=3", env=environment).returncode == 2


def test_neither_the_engine_nor_its_command_line_imports_what_stands_on_it():
    code = "import autodiff.__main__, sys; print({'optim', 'nn', 'matplotlib'} & set(sys.modules))"
    assert run("-c", code).stdout.strip() == b"set()"


HOMEWORK = ("exercise", "a = sigmoid(w*x); (y - a)^2", "w=0.2", "x=3", "y=1")


def test_an_exercise_is_asked_with_hints_and_its_solution(ask):
    status, out, _ = ask(*HOMEWORK)
    assert status == 0
    assert out.startswith("Find ∂f/∂w as a formula.\n")
    assert "f = (y − a)²" in out
    assert "x" not in ask(*HOMEWORK, "--wrt", "y")[1].partition("\n")[0]
    assert "Hint 1: ∂f/∂w = ∂f/∂a · " in ask(*HOMEWORK, "--hints", "1")[1]
    assert "Hint 2" not in ask(*HOMEWORK, "--hints", "1")[1]
    assert ask("explain", *HOMEWORK[1:])[1].strip() in ask(*HOMEWORK, "--solution")[1]


def test_an_answer_is_marked(ask):
    assert ask(*HOMEWORK, "--answer", "-2(y − a)·a(1 − a)·x") == (0, "right: it is ∂f/∂w\n", "")
    status, out, err = ask(*HOMEWORK, "--answer", "-(y − a)·a(1 − a)·x")
    assert (status, out, err) == (1, "wrong: the factor 2 is missing\n", "")
    status, out, _ = ask(*HOMEWORK, "--answer", "y −")
    assert (status, out.splitlines()[-1]) == (1, "       ^")
    answer = json.loads(ask(*HOMEWORK, "--answer", "0.5", "--json")[1])
    assert (answer["verdict"], answer["place"]) == ("unreadable", None)


def test_an_exercise_without_a_derivative_has_status_2(ask):
    for words in (("2 + 3",), ("0x + y", "x=1", "y=2", "--wrt", "q"), ("floor(x)", "x=0.5")):
        assert ask("exercise", *words)[0] == 2
