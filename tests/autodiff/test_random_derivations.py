"""Derivations and formulas of random expressions: every text says what the engine computes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, gradients
from autodiff.derivations.closed_form import Formula, formula
from autodiff.derivations.derivation import explain
from autodiff.derivations.typesetting import Text
from autodiff.school import read
from autodiff.testing import Expression, expressions

SMOOTH = ["add", "subtract", "multiply", "sin", "tanh", "sigmoid", "square", "arctan", "negative"]
"""Operations of any number, so that a formula holds elsewhere, too."""

drawn = expressions(SMOOTH, arrays=False)
POINTS = st.fixed_dictionaries({name: st.floats(-2.0, 2.0).map(lambda x: round(x, 3)) for name in "xyz"})
which = st.integers(0, 2)


def at(e: Expression, point: Mapping[str, float], naming: bool = True) -> tuple[Value, dict[str, Value]]:
    """The value of an expression elsewhere with its graph, parts named or not, and the leaves."""
    leaves = {name: Value(point[name], name) for name in e.names}
    return read(e.text).evaluate(leaves) if naming else e(*leaves.values()), leaves


@given(drawn, POINTS, POINTS, which)
def test_a_derivation_is_the_gradient_here_and_elsewhere(e, here, there, k) -> None:
    name = e.names[k % len(e.names)]
    output, leaves = at(e, here)
    found = explain(output, leaves[name])
    assert found.value == gradients(output, leaves[name])
    assert found.formula.evaluate() == pytest.approx(found.value, rel=1e-9, abs=1e-9)
    elsewhere, others = at(e, there)
    expected = gradients(elsewhere, others[name])
    point = {key: there[key] for key in there if key in found.formula.names}
    assert found.formula.evaluate(point) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(drawn, POINTS, which)
def test_the_links_along_all_paths_sum_to_the_gradient(e, here, k) -> None:
    output, leaves = at(e, here)
    found = explain(output, leaves[e.names[k % len(e.names)]])
    total = 0.0 if found.paths else found.value
    for path in found.paths:
        product = 1.0
        for link in path:
            assert link.value is not None
            product *= link.value
        total += product
    assert total == pytest.approx(found.value, rel=1e-9, abs=1e-9)


@given(drawn, POINTS, POINTS)
def test_a_formula_read_as_it_is_written_has_the_same_value(e, here, there) -> None:
    expected = at(e, there)[0].item()
    assert read_back(formula(at(e, here)[0], expand=True), there) == pytest.approx(
        expected, rel=1e-9, abs=1e-9
    )


@given(drawn, POINTS, POINTS, which)
def test_a_derivative_read_as_it_is_written_has_the_same_value(e, here, there, k) -> None:
    name = e.names[k % len(e.names)]
    (derived, leaves), (elsewhere, others) = at(e, here, naming=False), at(e, there, naming=False)
    expected = gradients(elsewhere, others[name])
    found = read_back(explain(derived, leaves[name]).formula, {**there, **e.constants})
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def read_back(written: Formula, point: Mapping[str, float]) -> float:
    """What a reader of the formula, and of the formulas of its parts, would compute, with all digits."""
    write = Text(number_format=".17g").write
    parts = [f"{name} = {write(meaning.term)}" for name, meaning in written.definitions.items()]
    text = "; ".join([*parts, write(written.term)])
    for n, name in enumerate(sorted(filter(lambda name: "∂" in name, written.definitions), key=len)[::-1]):
        text = text.replace(name, f"g{n}")  # as it is typed: a derivative is no name there
    calculation = read(text)
    return float(calculation.evaluate(point))
