"""Derivations and formulas of random expressions: every text says what the engine computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, gradients
from autodiff.command.school import read
from autodiff.derivations.closed_form import Formula, formula
from autodiff.derivations.derivation import explain

BINARY = (ad.add, ad.subtract, ad.multiply, lambda a, b: a / (b * b + 1.0))
UNARY = (
    ad.sin,
    ad.tanh,
    ad.sigmoid,
    ad.square,
    ad.arctan,
    lambda a: a**3,
    lambda a: ad.exp(-a * a),
    lambda a: -a,
)
NUMBERS = (0.5, 2.0, -3.0)

Expression = Callable[[Mapping[str, float]], tuple[Value, dict[str, Value]]]


@st.composite
def expressions(draw: st.DrawFn, naming: bool = True) -> Expression:
    """A function from numbers for x, y and the constant c to a result with its graph, and the leaves."""
    plan = []
    for n in range(draw(st.integers(2, 7))):
        operands = st.integers(0, 2 + n)  # x, y, c, and the results so far
        plan.append(
            draw(
                st.one_of(
                    st.tuples(st.sampled_from(BINARY), operands, operands),
                    st.tuples(st.sampled_from(UNARY), operands),
                    st.tuples(st.sampled_from(BINARY), st.sampled_from(NUMBERS), operands),
                )
            )
        )
    named = draw(st.sets(st.integers(0, len(plan) - 1))) if naming else ()

    def build(point: Mapping[str, float]) -> tuple[Value, dict[str, Value]]:
        leaves = {name: Value(point[name], name, constant=name == "c") for name in "xyc"}
        values = list(leaves.values())
        for n, (function, *operands) in enumerate(plan):
            values.append(function(*(values[i] if isinstance(i, int) else i for i in operands)))
            if n in named:
                values[-1].name = f"u{n}"
        return sum(values[4:], values[3] + leaves["x"]), leaves

    return build


POINTS = st.fixed_dictionaries({name: st.floats(-2.0, 2.0).map(lambda x: round(x, 3)) for name in "xyc"})


@given(expressions(), POINTS, POINTS, st.sampled_from("xy"))
def test_a_derivation_is_the_gradient_here_and_elsewhere(build, here, there, name) -> None:
    output, leaves = build(here)
    found = explain(output, leaves[name])
    assert found.value == gradients(output, leaves[name])
    assert found.formula.evaluate() == pytest.approx(found.value, rel=1e-9, abs=1e-9)
    elsewhere, others = build(there)
    expected = gradients(elsewhere, others[name])
    point = {key: there[key] for key in there if key in found.formula.names}
    assert found.formula.evaluate(point) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(expressions(), POINTS, st.sampled_from("xy"))
def test_the_links_along_all_paths_sum_to_the_gradient(build, here, name) -> None:
    output, leaves = build(here)
    found = explain(output, leaves[name])
    total = 0.0 if found.paths else found.value
    for path in found.paths:
        product = 1.0
        for link in path:
            assert link.value is not None
            product *= link.value
        total += product
    assert total == pytest.approx(found.value, rel=1e-9, abs=1e-9)


@given(expressions(), POINTS, POINTS)
def test_a_formula_read_as_it_is_written_has_the_same_value(build, here, there) -> None:
    expected = build(there)[0].item()
    assert read_back(formula(build(here)[0], expand=True), there) == pytest.approx(
        expected, rel=1e-9, abs=1e-9
    )


@given(expressions(naming=False), POINTS, POINTS, st.sampled_from("xy"))
def test_a_derivative_read_as_it_is_written_has_the_same_value(build, here, there, name) -> None:
    (derived, leaves), (elsewhere, others) = build(here), build(there)
    expected = gradients(elsewhere, others[name])
    found = read_back(explain(derived, leaves[name]).formula, there)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def read_back(written: Formula, point: Mapping[str, float]) -> float:
    """What a reader of the printed formula, and of the formulas of its parts, would compute."""
    parts = [f"{name} = {meaning.text}" for name, meaning in written.definitions.items()]
    text = "; ".join([*parts, written.text])
    for n, name in enumerate(sorted(filter(lambda name: "∂" in name, written.definitions), key=len)[::-1]):
        text = text.replace(name, f"g{n}")  # as it is typed: a derivative is no name there
    calculation = read(text)
    return float(calculation.evaluate({name: point[name] for name in calculation.names}))
