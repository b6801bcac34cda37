"""Every number that the lecture computes, with the digits that it prints, and what it should be.

What is given, as x₁ = 3 and w₁₁⁽¹⁾ = 0.2, is no claim.
"""

from collections.abc import Iterator
from math import factorial

from autodiff import Claim, Value, derivative, gradients
from autodiff.graph import Graph

from .lecture import demonstration_1, network, observations

# Observation, slide, and numbers. p/q is ∂p/∂q, /q is ∂a₁⁽²⁾/∂q; e is y − a₁⁽²⁾, 2e is −∂R/∂a₁⁽²⁾.
PRINTED = [
    (1, "output", "a₁⁽²⁾ 0.809"),
    (1, "formula of the output", "/a₁⁽¹⁾ 0.6  a₁⁽¹⁾ 0.475  /a₂⁽¹⁾ 0.2  a₂⁽¹⁾ 0.622  /b₁⁽²⁾ 1"),
    (1, "nudges in layer 2", "/w₁₁⁽²⁾ 0.475  /w₁₂⁽²⁾ 0.622  /b₁⁽²⁾ 1  /a₁⁽¹⁾ 0.6  /a₂⁽¹⁾ 0.2"),
    (1, "one step backwards", "z₁⁽¹⁾ -0.1  z₁⁽¹⁾/w₁₁⁽¹⁾ 3  z₁⁽¹⁾/w₁₂⁽¹⁾ -2  z₁⁽¹⁾/b₁⁽¹⁾ 1"),
    (1, "nudges in layer 1", "/w₁₁⁽¹⁾ 0.449  /w₁₂⁽¹⁾ -0.299  /b₁⁽¹⁾ 0.150"),
    (1, "second hidden node", "z₂⁽¹⁾/w₂₁⁽¹⁾ 3  z₂⁽¹⁾/w₂₂⁽¹⁾ -2  z₂⁽¹⁾/b₂⁽¹⁾ 1"),
    (1, "second hidden node", "/w₂₁⁽¹⁾ 0.141  /w₂₂⁽¹⁾ -0.094  /b₂⁽¹⁾ 0.045"),
    (1, "residual", "e 0.311  e 0.311"),
    (1, "part of −∇R(θ)", "2e 0.311  /w₁₁⁽¹⁾ 0.449  /w₁₂⁽¹⁾ -0.299  /b₁⁽¹⁾ 0.150  /w₂₁⁽¹⁾ 0.141"),
    (1, "part of −∇R(θ)", "/w₂₂⁽¹⁾ -0.094  /b₂⁽¹⁾ 0.045  /w₁₁⁽²⁾ 0.455  /w₁₂⁽²⁾ 0.622  /b₁⁽²⁾ 1"),
    (2, "output", "a₁⁽²⁾ 0.88  e -0.18"),
    (2, "formula of the output", "/a₁⁽¹⁾ 0.6  a₁⁽¹⁾ 0.574  /a₂⁽¹⁾ 0.2  a₂⁽¹⁾ 0.689  /b₁⁽²⁾ 1"),
    (2, "nudges in layer 2", "/w₁₁⁽²⁾ 0.455  /w₁₂⁽²⁾ 0.622  /b₁⁽²⁾ 1"),
]  # fmt: skip


def _nodes(x: list[float], y: float) -> dict[str, Value]:
    """Everything that the lecture computes for one observation, by name."""
    e = Value(y, "y", constant=True) - network()(x)
    return {node.name: node.source for node in Graph(e) if node.name} | {"e": e, "2e": 2.0 * e}


def claims() -> Iterator[Claim]:
    """The lecture's numbers in the order of print, for `check_claims`.

    >>> first = next(claims())
    >>> first.name, first.printed, first.source
    ('x⁰ in f′(x)', '8', 8.0)
    """
    for k, digits in enumerate(("8", "-40", "15", "12")):
        yield Claim(f"x{'⁰¹²³'[k]} in f′(x)", digits, derivative(demonstration_1, k + 1)(0.0) / factorial(k))
    yield Claim("2.4 to 0.8, “three times”", "3", 2.4 / 0.8, "−∇R(θ)")
    yield Claim("nudges, “nine”", "9", len(network().parameters()), "−∇R(θ)")
    values = [_nodes(x, y) for x, y in zip(*(table.tolist() for table in observations()), strict=True)]
    for i, where, numbers in PRINTED:
        v, words = values[i - 1], numbers.split()
        for quantity, digits in zip(words[::2], words[1::2], strict=True):
            p, _, q = quantity.partition("/")
            source = gradients(v[p or "a₁⁽²⁾"], v[q], create_graph=True) if q else v[p]
            yield Claim(f"∂{p or 'a₁⁽²⁾'}/∂{q}" if q else p, digits, source, f"{i}. {where}")
