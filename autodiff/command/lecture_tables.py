"""The command `lecture`: the lecture's network on its two observations, and the slides' errata, in tables."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, NamedTuple

from ..differentiation.engine import gradients
from ..graph import Graph
from ..text.table import Table
from ..values.value import Value
from .answers import Answer


class Observation(NamedTuple):
    """What the network computes from one observation, by the names of its nodes and parameters."""

    x: list[float]
    y: float
    nodes: dict[str, float]
    nudges: dict[str, float]


def answer_lecture(asked: Namespace) -> Answer:
    """Activations, nudges ∂a₁⁽²⁾/∂θ, the gradient of R(θ), and which numbers are printed otherwise."""
    from ..checking.claims import check_claims
    from ..nn import lecture, lecture_claims

    network = lecture.network()
    theta = {str(parameter.name): parameter for parameter in network.parameters()}
    inputs, targets = (table.tolist() for table in lecture.observations())
    seen = [_observed(network(*x), theta, x, y) for x, y in zip(inputs, targets, strict=True)]
    loss = lecture.loss(network)
    errata = check_claims(lecture_claims.claims()).errata
    data = {
        "theta": {name: parameter.item() for name, parameter in theta.items()},
        "observations": [observation._asdict() for observation in seen],
        "loss": loss.item(),
        "gradient": _gradient(loss, theta),
        "errata": [_erratum(row) for row in errata.rows],
    }
    tables = _forward(seen), _backward(data, seen), errata.table
    return Answer("\n\n".join(table.text for table in tables), data)


def _observed(output: Value, theta: dict[str, Value], x: list[float], y: float) -> Observation:
    nodes = {node.name: float(node.data) for node in Graph(output) if node.name and node.symbol}
    return Observation(x, y, nodes, _gradient(output, theta))


def _gradient(output: Value, theta: dict[str, Value]) -> dict[str, float]:
    return dict(zip(theta, gradients(output, list(theta.values())), strict=True))


def _erratum(row: Any) -> dict[str, Any]:
    known = row.claim._asdict() | row._asdict()
    return {name: known[name] for name in ("where", "name", "printed", "computed", "verdict", "cause")}


def _forward(seen: list[Observation]) -> Table:
    rows = (
        (str(i), *(f"{number:g}" for number in (*x, y)), *(f"{number:.5f}" for number in nodes.values()))
        for i, (x, y, nodes, _) in enumerate(seen, 1)
    )
    header = ("observation", "x₁", "x₂", "y", *seen[0].nodes)
    return Table("Forward: z = w·x + b, a⁽¹⁾ = σ(z⁽¹⁾), a⁽²⁾ = z⁽²⁾", header, tuple(rows))


def _backward(data: dict[str, Any], seen: list[Observation]) -> Table:
    columns = [*(observation.nudges for observation in seen), data["gradient"]]
    rows = (
        (name, f"{value:g}", *(f"{column[name]:.5f}" for column in columns))
        for name, value in data["theta"].items()
    )
    title = f"Back propagation: R(θ) = Σ (y − a₁⁽²⁾)² = {data['loss']:.6f}"
    return Table(title, ("θ", "value", "1. ∂a₁⁽²⁾/∂θ", "2. ∂a₁⁽²⁾/∂θ", "∂R/∂θ"), tuple(rows), align="l")
