"""Formulas of docstrings are typeset; prose is never taken for one."""

from __future__ import annotations

import cmath
import inspect
import math
import re
import unicodedata
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.foreign import FOREIGN

from .site import reference
from .site.docstring_text import as_markdown
from .site.formulas import pieces
from .site.signs import RELATIONS, SIGNS
from .test_documentation import PAGES, prose

WORDS = ("eps", "max_norm", "step_size", "momentum")


def formulas(text: str) -> list[str]:
    return [said for is_formula, said in pieces(text, WORDS) if is_formula]


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("y = √x;", r"y=\sqrt{x}"),
        ("dy/dx = 1/(2y)", r"\frac{dy}{dx}=\frac{1}{2y}"),
        ("y = x·π/180", r"y=x\cdot \frac{π}{180}"),
        ("s = Δx·Δx / Δx·Δg", r"s=\frac{Δx\cdot Δx}{Δx\cdot Δg}"),
        ("θ = a / b · c / d", r"θ=\frac{\frac{a}{b}\cdot c}{d}"),
        ("y = a/b/c", r"y=\frac{\frac{a}{b}}{c}"),
        ("y = Σᵢ xᵢ / n", r"y=\frac{\sum _{i}\,x_{i}}{n}"),
        ("yᵢ = Πₖ≤ᵢ xₖ", r"y_{i}=\prod _{k\le i}\,x_{k}"),
        ("y = (Σᵢ |xᵢ|ᵖ)^(1/p)", r"y=(\sum _{i}\,\left|x_{i}\right|^{p})^{1/p}"),
        ("∂²f/∂xᵢ∂xⱼ", r"\frac{\partial ^{2}f}{\partial x_{i}\partial x_{j}}"),
        ("Ā = −Yᵀ·Ȳ·Yᵀ", r"\bar{A}=-Y^{T}\cdot \bar{Y}\cdot Y^{T}"),
        ("f″(x) = 2", r"f^{\prime \prime }(x)=2"),
        ("x_{i+1} = x_i − s·∇f(x_i)", r"x_{i+1}=x_{i}-s\cdot \nabla f(x_{i})"),
        ("g ← max_norm / (‖g‖ + 1e-6)", r"g\leftarrow \frac{\text{max_norm}}{\left\|g\right\|+10^{-6}}"),
        ("z = −y·log σ(z)", r"z=-y\cdot \text{log}\,σ(z)"),
        ("y = x·(1 − x/2)", r"y=x\cdot \left(1-\frac{x}{2}\right)"),
    ],
)
def test_a_formula_is_read_as_the_eye_reads_it(text: str, latex: str) -> None:
    assert formulas(text) == [latex]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("y = x where it is found, else 0", ["y=x"]),
        ("with momentum v ← μ·v + g, at first g", [r"v\leftarrow μ\cdot v+g"]),
        ("z = 1 where x > 0, else s·x", ["z=1", r"x\gt 0", r"s\cdot x"]),
        ("R = a number of things", []),
        ("y = (m over j)·p", []),
        ("y = Σ of them", []),
        ("y = ∫₀ˣ e^(−t²) dt", []),
        ("x = 3-dimensional", []),
        ("with `y = x` in code", []),
        ("wrt=None or axis = -1", []),
        ("A or an I, and a and b", []),
        ("(n, …) becomes (n, n_features)", []),
        ("e.g. a/b testing, and/or both", []),
    ],
)
def test_prose_around_a_formula_stays(text: str, found: list[str]) -> None:
    assert formulas(text) == found


@settings(deadline=None)
@given(FOREIGN)
def test_any_text_is_cut_without_loss_of_prose(text: str) -> None:
    place = 0
    text = unicodedata.normalize("NFC", text)
    for is_formula, said in pieces(text):
        if not is_formula:
            assert (place := unicodedata.normalize("NFC", text).find(said, place)) >= 0
        assert "$" not in said or not is_formula


def test_sentences_of_the_documentation_are_not_formulas() -> None:
    """All that has no sign of mathematics, and no sign of a relation."""
    for page in PAGES:
        for line in prose(page).splitlines():
            if not SIGNS.search(line) and not any(sign in line for sign in RELATIONS):
                assert formulas(line) == [], line


# -- what it means ---------------------------------------------------------------------------------

NUMBERS = {"x": 1.7, "y": -0.6, "z": 2.3}


class Term(NamedTuple):
    """A formula, how tight it binds (0 a sum, 1 a product with spaces, 2 without, 3 an atom), its value."""

    text: str
    tightness: int
    value: complex

    def at_least(self, tightness: int) -> str:
        return self.text if self.tightness >= tightness else f"({self.text})"


LEAVES = st.one_of(
    st.sampled_from([Term(name, 3, value) for name, value in NUMBERS.items()]),
    st.integers(1, 99).map(lambda n: Term(str(n), 3, float(n))),
)


def combined(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    a, b = inner, inner
    return st.one_of(
        st.builds(lambda a, b: Term(f"{a.text} + {b.at_least(1)}", 0, a.value + b.value), a, b),
        st.builds(lambda a, b: Term(f"{a.text} − {b.at_least(1)}", 0, a.value - b.value), a, b),
        st.builds(lambda a, b: Term(f"{a.at_least(1)} · {b.at_least(2)}", 1, a.value * b.value), a, b),
        st.builds(lambda a, b: Term(f"{a.at_least(1)} / {b.at_least(2)}", 1, _ratio(a, b)), a, b),
        st.builds(lambda a, b: Term(f"{a.at_least(3)}·{b.at_least(3)}", 2, a.value * b.value), a, b),
        st.builds(lambda a, b: Term(f"{a.at_least(3)}/{b.at_least(3)}", 2, _ratio(a, b)), a, b),
        st.builds(lambda a, b: Term(f"{a.at_least(3)}·{b.text}", 2, a.value * b.value), LEAVES, LEAVES),
        a.map(lambda a: Term(f"√({a.text})", 3, cmath.sqrt(a.value))),
        a.map(lambda a: Term(f"({a.text})²", 3, a.value**2)),
    )


def _ratio(a: Term, b: Term) -> complex:
    return a.value / b.value if b.value else math.nan


def evaluated(latex: str) -> complex:
    """What LaTeX says, computed."""
    python = latex.replace(r"\cdot ", "*").replace(r"\left", "").replace(r"\right", "")
    inner = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\})*)\}"
    while "\\" in python or "^" in python:
        python = re.sub(rf"\\frac{inner}{inner}", r"((\1)/(\2))", python)
        python = re.sub(rf"\\sqrt{inner}", r"sqrt((\1))", python)
        python = re.sub(rf"\^{inner}", r"**(\1)", python)
    return complex(eval(python, {"sqrt": cmath.sqrt, **NUMBERS}))


@settings(deadline=None)
@given(st.recursive(LEAVES, combined, max_leaves=8))
def test_a_formula_means_what_it_says(term: Term) -> None:
    assume(abs(term.value) < 1e12)
    (latex,) = formulas(f"r = {term.text}")
    assert cmath.isclose(evaluated(latex.removeprefix("r=")), term.value, rel_tol=1e-6, abs_tol=1e-6)


# -- docstrings ------------------------------------------------------------------------------------


def test_every_formula_of_the_reference_becomes_mathml() -> None:
    convert = pytest.importorskip("latex2mathml.converter").convert
    count = 0
    for page in reference.contents().values():
        for name in page.names:
            if reference.documented(page.module, name):
                text = as_markdown(inspect.getdoc(getattr(page.module, name)) or "")
                for latex in re.findall(r"\$([^$\n]+)\$", text):
                    count += 1
                    assert "merror" not in convert(latex)
                    assert latex.count("{") == latex.count("}")
    assert count > 250


def test_formulas_keep_their_lines_and_other_text_its_form() -> None:
    assert as_markdown("Power.   z = xʸ;   ∂z/∂y = 1.") == (
        r"Power.<br>$z=x^{y}$;<br>$\frac{\partial z}{\partial y}=1$."
    )
    formulas = "    y = x,  z = 2\n    x = 1 there"
    assert as_markdown(f"Text.\n\n{formulas}\n\nEnd.") == (
        "Text.\n\n$y=x$, \N{EM SPACE}$z=2$<br>$x=1$ there\n{: .formulas }\n\nEnd."
    )
    table = "    .html   the page\n    .gif    x = 1"
    assert as_markdown(f"Text.\n\n{table}\n\nEnd.") == (
        "Text.\n\n```text\n.html   the page\n.gif    x = 1\n```\n\nEnd."
    )
    assert as_markdown("It is *so* if y = x.") == r"It is \*so\* if y = x."
