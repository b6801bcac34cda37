"""Derivatives of all kinds, against each other and against finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autodiff as ad
from autodiff import Value, gradients
from autodiff.graph import Graph

from .agreement import agree, arrays, largest
from .case import Case
from .conditioning import again
from .modes import LeftOut, mode

STEPS = (2.0**-6, 2.0**-9)
"""Steps of finite differences: two, whose difference says how exact they are."""

TRUSTED = 1e-3
"""Relative difference of the two from which on they say nothing."""


def inner(xs: Sequence[Any], ys: Sequence[Any]) -> float:
    """⟨x, y⟩ of lists of numbers and arrays."""
    return float(sum(np.sum(x * y) for x, y in zip(arrays(list(xs)), arrays(list(ys)), strict=True)))


def differences(f: Callable[[float], Any], step: float) -> Any:
    """f′(0) by the central formula with an error of order h⁴."""
    return (8.0 * (f(step) - f(-step)) - (f(2.0 * step) - f(-2.0 * step))) / (12.0 * step)


def sloped_as(f: Callable[[float], Any], slope: float, scale: float, what: str) -> None:
    """Raise AssertionError unless f′(0) is the slope, within what differences can say."""
    coarse, fine = (differences(f, step) for step in STEPS)
    doubt = abs(coarse - fine)
    if not doubt <= TRUSTED * (1.0 + abs(slope)):
        raise LeftOut("differences say nothing")
    if not abs(fine - slope) <= doubt + 1e-8 * (1.0 + scale):
        raise AssertionError(f"{what}: got {slope!r}, finite differences {fine!r}")


@mode(smooth=True)
def finite_differences(case: Case) -> None:
    """The gradient, in a direction, is the slope of the loss along it."""
    u = case.direction()
    sloped_as(
        lambda t: _number(case, t, u),
        inner(case.gradient, u),
        abs(float(case.value)),
        "∇f·u",
    )


def _number(case: Case, t: float, u: Sequence[Any]) -> float:
    return float(np.asarray(case.loss(*case.moved(t, u))))


@mode(share=0.05, smooth=True)
def checker(case: Case) -> None:
    """`check_gradients` finds nothing."""
    ad.check_gradients(case.loss, *case.inputs)


@mode()
def backward(case: Case) -> None:
    """`backward()` stores what `gradients` returns; a second one doubles leaves exactly, and nothing else."""
    y, xs = case.recorded()
    if y.constant:
        raise LeftOut("depends on no input")
    y.backward()
    reached = [x.grad is not None for x in xs]
    once = [np.array(x.grad) if x.grad is not None else np.zeros(x.shape) for x in xs]
    agree(once, case.gradient, case.slacks[1:], "grad after backward()")
    y.backward()
    for x, g, is_reached in zip(xs, once, reached, strict=True):
        assert (x.grad is not None) == is_reached
        assert x.grad is None or np.array_equal(x.grad, 2.0 * g), f"twice backward(): {x.grad}, once {g}"
    assert y.grad == 1.0


@mode()
def subgraphs(case: Case) -> None:
    """Gradients with respect to inner nodes: asked together or one by one, and chained through them.

    The graph is cut at a node, which becomes a leaf v:  ∂f/∂x = ∂f/∂x with v fixed  +  ∂f/∂v · ∂v/∂x.
    """
    y, xs = case.recorded()
    inside = [x.source for x in Graph(y) if x.operation is not None and not isinstance(x.data, tuple)]
    inside = [v for v in inside if not v.constant]
    if not inside:
        raise LeftOut("depends on no input")
    together = gradients(y, [*inside, *xs])
    agree(together[len(inside) :], case.gradient, case.slacks[1:], "asked together with inner nodes")
    v = inside[int(case.rng("cut").integers(len(inside)))]
    alone = gradients(y, v)
    agree(alone, together[[x is v for x in inside].index(True)], _granted(case), "asked alone")
    upper, leaf = cut(y, v)
    if upper is leaf:
        agree(alone, 1.0, what="∂y/∂y")
        return
    at_leaf, *fixed = gradients(upper, [leaf, *xs])
    agree(at_leaf, alone, _granted(case), "with respect to the cut")
    chained = [a + b for a, b in zip(fixed, gradients(v, xs, at_leaf), strict=True)]
    agree(chained, case.gradient, _granted(case), "chained through the cut")


def _granted(case: Case) -> float:
    return max(case.slacks) + 1e-12 * max(1.0, largest(arrays(case.gradient)))


def cut(y: Value, v: Value) -> tuple[Value, Value]:
    """The graph of y with a leaf in place of v, and that leaf."""
    leaf = Value(v.data)
    made: dict[int, Any] = {}
    graph = Graph(y)
    for node in graph:
        if node.source is v:
            made[node.id] = leaf
        elif node.operation is None:
            made[node.id] = node.source
        else:
            made[node.id] = again(node, [made[x] for x in node.inputs])
    return made[graph.output.id], leaf


@mode()
def create_graph(case: Case) -> None:
    """Recording the gradient does not change it."""
    y, xs = case.recorded()
    agree(gradients(y, xs, create_graph=True), case.gradient, case.slacks[1:], "∇f, recorded")


@mode(order=2, smooth=True)
def second_order(case: Case) -> None:
    """∇(∇f·u), by differentiating the recorded gradient, is the slope of the gradient along u."""
    _order(case, 2)


@mode(share=0.3, order=3, smooth=True)
def third_order(case: Case) -> None:
    """The same, once more."""
    _order(case, 3)


def _order(case: Case, order: int) -> None:
    u, v = case.direction(), case.direction("another")

    def slope(t: float) -> float:
        y, xs = case.recorded(case.moved(t, v))
        below = y
        for _ in range(order - 2):
            below = sum(
                ad.sum(g * d) for g, d in zip(gradients(below, xs, create_graph=True), u, strict=True)
            )
        return inner(gradients(below, xs), u)

    found = case.tower(order)[order]
    sloped_as(slope, inner(found, v), largest(arrays(case.tower(order)[order - 1])), f"order {order}")


@mode()
def jvp_and_vjp(case: Case) -> None:
    """⟨J·u, w⟩ = ⟨u, Jᵀ·w⟩, and both give the value."""
    u = case.direction()
    value, pushed = ad.jvp(case.f, case.inputs, u)
    again_, pull = ad.vjp(case.f, *case.inputs)
    w = 1.0 if case.weights is None else case.weights
    pulled = pull(w)
    agree(value, again_, what="the value of jvp and vjp")
    agree(np.sum(value * w), case.value, case.slacks[:1], "the value of jvp")
    agree(pulled, case.gradient, case.slacks[1:], "Jᵀ·w")
    scale = sum(abs(x).sum() for x in arrays(case.gradient))
    agree(np.sum(pushed * w), inner(pulled, u), _granted(case) + 1e-12 * scale, "⟨J·u, w⟩ and ⟨u, Jᵀ·w⟩")


@mode(share=0.3)
def rows_and_columns(case: Case) -> None:
    """The Jacobian, row by row from vjp and column by column from jvp."""
    matrices = ad.jacobian(case.f, case.argnums)(*case.inputs)
    value, pull = ad.vjp(case.f, *case.inputs)
    rows = [pull(unit) for unit in units(value)]
    for k, matrix in enumerate(matrices):
        x = case.inputs[k]
        by_row = np.array([row[k] for row in rows]).reshape(np.shape(matrix))
        agree(by_row, matrix, _granted(case), f"rows, argument {k}")
        columns = []
        for unit in units(x):
            tangents = [np.zeros(np.shape(x)) for x in case.inputs]
            tangents[k] = unit
            columns.append(ad.jvp(case.f, case.inputs, tuple(tangents))[1])
        by_column = np.array(columns).reshape(np.shape(x) + np.shape(value))
        turned = np.moveaxis(by_column, range(np.ndim(x)), range(-np.ndim(x), 0)) if np.ndim(x) else by_column
        agree(turned, matrix, _granted(case), f"columns, argument {k}")


def units(x: Any) -> list[Any]:
    """One array for each entry of x, 1 there and 0 elsewhere."""
    return list(np.eye(int(np.size(x))).reshape(-1, *np.shape(x)))


@mode(share=0.3, order=2)
def hessian(case: Case) -> None:
    """The Hessian is symmetric, and times a direction it is `hvp`, and the derivative of the gradient."""
    u = case.direction()
    sizes = [int(np.size(x)) for x in case.inputs]
    blocks = ad.hessian(case.loss, case.argnums)(*case.inputs)
    matrix = np.block(
        [
            [np.reshape(block, (m, n)) for block, n in zip(row, sizes, strict=True)]
            for row, m in zip(blocks, sizes, strict=True)
        ]
    )
    granted = max(case.slack(2), default=0.0) + 1e-11 * max(1.0, largest([matrix]))
    agree(matrix, matrix.T, granted, "the Hessian and its transpose")
    flat = np.concatenate([np.ravel(x) for x in u])
    products = np.split(matrix @ flat, np.cumsum(sizes)[:-1])
    shaped = [np.reshape(p, np.shape(x)) for p, x in zip(products, case.inputs, strict=True)]
    agree(shaped, case.tower(2)[2], granted * max(1, len(flat)), "H·u")
    direct = ad.hvp(lambda xs: case.loss(*xs), case.inputs, u)
    agree(list(direct), case.tower(2)[2], granted, "hvp")
