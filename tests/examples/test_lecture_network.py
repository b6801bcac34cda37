"""The main job prints what the lecture should have printed."""

from __future__ import annotations

import importlib.util
import io
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from autodiff import Value, gradients
from examples.lecture_network import THETA, closed_form, loss, main


@pytest.fixture(scope="module")
def dot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the graph is saved: in the format that needs no Graphviz."""
    return tmp_path_factory.mktemp("lecture") / "network.dot"


@pytest.fixture(scope="module")
def printed(dot: Path) -> str:
    """Everything that the main job prints."""
    with redirect_stdout(io.StringIO()) as output:
        main(str(dot))
    return output.getvalue()


def cells(printed: str, start: str) -> list[str]:
    """The words of the only line that begins so."""
    (line,) = [line for line in printed.splitlines() if line.strip().startswith(start)]
    return line.split()[1:]


@pytest.mark.parametrize(
    ("observation", "numbers"),
    [
        ("1.  ", "3.00000 -2.00000 1.20000 -0.10000 0.47502 0.50000 0.62246 0.80950 0.39050"),
        ("2.  ", "-1.00000 1.00000 0.70000 0.30000 0.57444 0.80000 0.68997 0.88266 -0.18266"),
    ],
)
def test_activations_and_residuals(printed: str, observation: str, numbers: str) -> None:
    assert cells(printed, observation) == numbers.split()


@pytest.mark.parametrize(
    ("parameter", "first", "second", "slope", "formula"),
    [
        ("w₁₁⁽¹⁾", "0.448877", "-0.146675", "-0.404152", "w₁₁⁽²⁾·σ′(z₁⁽¹⁾)·x₁"),
        ("w₁₂⁽¹⁾", "-0.299251", "0.146675", "0.287296", "w₁₁⁽²⁾·σ′(z₁⁽¹⁾)·x₂"),
        ("b₁⁽¹⁾", "0.149626", "0.146675", "-0.063273", "w₁₁⁽²⁾·σ′(z₁⁽¹⁾)"),
        ("w₂₁⁽¹⁾", "0.141002", "-0.042782", "-0.125751", "w₁₂⁽²⁾·σ′(z₂⁽¹⁾)·x₁"),
        ("w₂₂⁽¹⁾", "-0.094001", "0.042782", "0.089043", "w₁₂⁽²⁾·σ′(z₂⁽¹⁾)·x₂"),
        ("b₂⁽¹⁾", "0.047001", "0.042782", "-0.021078", "w₁₂⁽²⁾·σ′(z₂⁽¹⁾)"),
        ("w₁₁⁽²⁾", "0.475021", "0.574443", "-0.161131", "a₁⁽¹⁾"),
        ("w₁₂⁽²⁾", "0.622459", "0.689974", "-0.234073", "a₂⁽¹⁾"),
        ("b₁⁽²⁾", "1.000000", "1.000000", "-0.415670", "1"),
    ],
)
def test_nudges_beside_the_formulas(
    printed: str, parameter: str, first: str, second: str, slope: str, formula: str
) -> None:
    assert cells(printed, f"{parameter}  ") == [first, first, second, second, slope, formula]


def test_the_formulas_of_the_lecture_are_the_gradient() -> None:
    theta = {name: Value(number, name) for name, number in THETA.items()}
    r, networks = loss(theta)
    r.backward()
    for name, parameter in theta.items():
        for v in networks:
            assert closed_form(v)[name][1] == pytest.approx(gradients(v["a₁⁽²⁾"], parameter), rel=1e-14)
        by_hand = sum(-2.0 * v["e"].item() * closed_form(v)[name][1] for v in networks)
        assert parameter.grad == pytest.approx(by_hand, rel=1e-14)


def test_each_place_where_the_lecture_differs_has_a_line(printed: str) -> None:
    lines = printed.partition("Where the lecture differs")[2].partition("steps of")[0].splitlines()
    assert [line[3:].rstrip() for line in lines[2:-2]] == [
        "1. forward                  a₁⁽²⁾             0.809    0.80950   truncated",
        "1. nudges in layer 1        ∂a₁⁽²⁾/∂b₂⁽¹⁾     0.045    0.04700   wrong",
        "1. residual (two places)    e                 0.311    0.39050   wrong",
        "1. part of −∇R(θ)           e                 0.311    0.39050   wrong",
        "1. part of −∇R(θ)           ∂a₁⁽²⁾/∂b₂⁽¹⁾     0.045    0.04700   wrong",
        "1. part of −∇R(θ)           ∂a₁⁽²⁾/∂w₁₁⁽²⁾    0.455    0.47502   wrong",
        "2. forward                  a₂⁽¹⁾             0.689    0.68997   truncated",
        "2. nudges in layer 2        ∂a₁⁽²⁾/∂w₁₁⁽²⁾    0.455    0.57444   wrong",
        "2. nudges in layer 2        ∂a₁⁽²⁾/∂w₁₂⁽²⁾    0.622    0.68997   wrong",
        "b₁⁽²⁾ is ranked before w₁₁⁽²⁾ before w₁₂⁽²⁾, but the nudges are 1, 0.475 and 0.622: "
        "w₁₂⁽²⁾ comes second",
        "w₂₁⁽¹⁾, w₂₂⁽¹⁾ and b₂⁽¹⁾ increase z₂⁽¹⁾ by 3η, −2η and 1η; printed is z₁⁽²⁾",
        "the part of −∇R(θ) lacks the factor 2:  −∂R/∂θ = 2·e·∂a₁⁽²⁾/∂θ",
        "−η·2(y − a₁⁽²⁾)·a₁⁽¹⁾ is +η·∂R/∂w₁₁⁽²⁾; printed is −η·∂R/∂w₁₁⁽²⁾",
    ]


def test_the_sign_that_the_lecture_misprints() -> None:
    theta = {name: Value(number, name) for name, number in THETA.items()}
    _, (v, _) = loss(theta)
    change = -2.0 * v["e"].item() * v["a₁⁽¹⁾"].item()
    assert change == pytest.approx(gradients(v["e"] ** 2, theta["w₁₁⁽²⁾"]))


def test_the_loss_falls(printed: str) -> None:
    table = printed.partition("step    R(θ)")[2].partition("\n\n")[0].split()
    assert table[::2] == ["0", "1", "2", "5", "10", "20", "50", "100"]
    assert table[1::2] == [
        "0.185851674", "0.144373011", "0.124116890", "0.084180247",
        "0.047127811", "0.016057041", "0.000616116", "0.000002278",
    ]  # fmt: skip


def test_the_graph_has_every_gradient_before_the_descent(printed: str, dot: Path) -> None:
    assert printed.splitlines()[-1] == f"The graph of R(θ) with its gradients: {dot}"
    graph = dot.read_text()
    assert "w₁₁⁽¹⁾ = 0.2|grad −0.4042" in graph
    assert "{R(θ) = 0.1859|grad 1}" in graph
    assert "changed" not in graph
    assert "grad –" not in graph  # constants have none, and all others were computed


@pytest.mark.skipif(
    not (shutil.which("dot") or importlib.util.find_spec("pygraphviz")), reason="no Graphviz here"
)
def test_the_picture_goes_to_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main()
    assert "b₁⁽²⁾ = 0.4" in (tmp_path / "lecture_network.svg").read_text(encoding="utf-8")
    assert capsys.readouterr().out.endswith("lecture_network.svg\n")
