"""The bench: an expression is drawn line by line, with the numbers of each node at the point in hand.

An operation is offered the nodes in its domains, and its line is kept if the result is of moderate size,
changes moderately as the inputs change, and is away from kinks: so the whole is well-conditioned for finite
differences. An input is drawn where an operation first needs it, in that operation's domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..values.data import Data, Shape, canonical, dtype_of, shape_of
from ..values.value import Value
from .catalogue import named
from .catalogue.drawable import Drawable
from .spelling import applied
from .strategies import REAL, Domain, arrays

STEP = 2.0**-10
"""How far the nearby point is at which each line is evaluated, too."""

LARGEST, STEEPEST = 1e3, 1e2
"""Largest result, and largest change per step of the inputs, of a line that is kept."""

MARGIN = 0.125
"""How far from a kink a line is kept, in steps of the inputs."""


def _admits(domain: Domain, x: float) -> bool:
    """Whether a computed number is in a domain, or beyond an end that is only how far numbers are drawn."""
    return x in domain or x > domain.high >= REAL.high or x < domain.low <= REAL.low


@dataclass(eq=False)
class Node:
    """A number or array at the point and near it: an input, a literal, or the result of a line."""

    data: Data
    near: Data
    drawable: Drawable | None = None
    spelling: str = ""
    operands: tuple[Node, ...] = ()
    literal: bool = False
    name: str | None = None
    birth: int = 0
    uses: int = 0
    on_kink: bool = False
    known: dict[int, bool] = field(default_factory=dict)

    @cached_property
    def shape(self) -> Shape:
        """Shape of the data."""
        return shape_of(self.data)

    @cached_property
    def steepness(self) -> float:
        """Largest change per step of the inputs."""
        return float(np.max(np.abs(np.subtract(self.near, self.data)), initial=0.0)) / STEP

    @cached_property
    def depth(self) -> int:
        """Operations on the longest way from an input."""
        return 1 + max(node.depth for node in self.operands) if self.operands else 0

    def within(self, domain: Domain) -> bool:
        """Whether all entries are in the domain."""
        found = self.known.get(id(domain))
        if found is None:
            found = self.known[id(domain)] = all(_admits(domain, x) for x in np.ravel(self.data).tolist())
        return found


@dataclass(frozen=True)
class Plan:
    """What may be drawn."""

    drawables: tuple[Drawable, ...]
    most_inputs: int
    most_operations: int
    depth: int | None
    only_numbers: bool
    broadcasting: bool
    kinks: bool
    by_shape: dict[Shape, Sequence[Drawable]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{len(self.drawables)} operations>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # hypothesis shows all fields of a dataclass otherwise

    def taking(self, shape: Shape) -> Sequence[Drawable]:
        """The operations that take a first operand of a shape."""
        if shape not in self.by_shape:
            self.by_shape[shape] = [drawable for drawable in self.drawables if drawable.takes(shape)]
        return self.by_shape[shape]

    def shapes_of(self, drawable: Drawable, first: Node | None) -> Sequence[Shape]:
        """Shapes of an operand that is drawn anew: of the first, or of another."""
        if self.only_numbers:
            return ((),)
        if first is None:
            return drawable.shapes
        found = drawable.others(first.shape)
        return found if self.broadcasting or first.shape not in found else (first.shape,)


@cache
def upto(most: int) -> SearchStrategy[int]:
    """Whole numbers from 0, which shrink to 0."""
    return st.integers(0, most)


@cache
def _data(shape: Shape, dtype: Any, domain: Domain, unique: bool) -> SearchStrategy[Data]:
    return arrays(shape, dtype, domain, unique=unique)


@cache
def _without(domain: Domain, points: tuple[float, ...]) -> Domain:
    return domain.without(*points)


@dataclass
class Bench:
    """The nodes drawn so far."""

    draw: DrawFn
    plan: Plan
    dtype: Any
    nodes: list[Node] = field(default_factory=list)
    inputs: list[Node] = field(default_factory=list)
    constants: int = 0

    # -- a line --------------------------------------------------------------------------------

    def line(self) -> None:
        """Try one more line: on a node, one of the operations that it fits; or any, on a new input."""
        first = self._chosen(self._open_nodes(), fresh=[False] * self._more_inputs())
        known: Sequence[Drawable] = self.plan.drawables
        if isinstance(first, Node):
            known = [d for d in self.plan.taking(first.shape) if first.within(d.domains[0])]
        if not known:
            return
        drawable = known[self.draw(upto(len(known) - 1))]
        operands = [first if isinstance(first, Node) else self._new(drawable, drawable.domains[0])]
        if drawable.regular:
            regular = self._regular(operands[0])
            if regular is None:
                return
            operands = [regular]
        for domain in drawable.domains[1:]:
            operands.append(self._another(drawable, domain, operands[0]))
        if spellings := drawable.spelled(*(node.shape for node in operands)):
            self.add(drawable, spellings[self.draw(upto(len(spellings) - 1))], *operands)

    def _open_nodes(self) -> list[Node]:
        """Nodes that an operation may be applied to, the newest first, unused ones before others."""
        deepest = self.plan.depth
        found = [node for node in reversed(self.nodes) if deepest is None or node.depth < deepest]
        return sorted(found, key=lambda node: node.uses > 0)

    def _chosen(self, nodes: Sequence[Node], fresh: Sequence[bool]) -> Node | bool:
        """A node, unused ones more often; or that one is to be drawn, and whether as a literal."""
        choices = [*nodes, *fresh, *[node for node in nodes if not node.uses] * 2] or [False]
        return choices[self.draw(upto(len(choices) - 1))]

    def _more_inputs(self) -> bool:
        return len(self.inputs) < self.plan.most_inputs

    def _another(self, drawable: Drawable, domain: Domain, first: Node) -> Node:
        """A further operand: a node that fits, a new input, or a literal."""
        shapes = self.plan.shapes_of(drawable, first)
        fitting = [node for node in self._open_nodes() if node.shape in shapes and node.within(domain)]
        chosen = self._chosen(fitting, [False] * self._more_inputs() + [True])
        return chosen if isinstance(chosen, Node) else self._new(drawable, domain, first, literal=chosen)

    def _regular(self, x: Node) -> Node | None:
        """A·Aᵀ + diag(1, 2, …): of a matrix, a regular one that is well-conditioned."""
        batch = "np.swapaxes(x, -1, -2)" if len(x.shape) > 2 else "x.T"
        transposed = self.add(named("transpose" if batch == "x.T" else "swapaxes"), batch, x)
        product = transposed and self.add(named("matmul"), "x @ y", x, transposed)
        diagonal = np.diag(np.arange(1.0, x.shape[-1] + 1.0)).astype(dtype_of(x.data))
        return product and self.add(named("add"), "x + y", product, Node(diagonal, diagonal, literal=True))

    # -- numbers -------------------------------------------------------------------------------

    def _new(
        self, drawable: Drawable, domain: Domain, first: Node | None = None, literal: bool = False
    ) -> Node:
        """An operand drawn anew: an input or a literal."""
        shapes = self.plan.shapes_of(drawable, first)
        shape = shapes[self.draw(upto(len(shapes) - 1))]
        if first is None:
            domain = _without(domain, drawable.corners)
        dtype = np.dtype(float) if literal and not shape else self.dtype
        data = self.draw(_data(shape, dtype, domain, drawable.unique and first is None))
        if self.plan.kinks:
            data = self._onto_kink(drawable, data, first)
        return self._literal(data) if literal else self.input(data)

    def _onto_kink(self, drawable: Drawable, data: Data, first: Node | None) -> Data:
        """The numbers moved onto a kink of the operation, or left."""
        if not drawable.kinked or not self.draw(upto(1)):
            return data
        if first is not None:
            return first.data if first.shape == shape_of(data) else data
        moved = np.array(data, dtype_of(data))
        if drawable.corners:
            moved.flat[0] = drawable.corners[0]
        elif drawable.unique:
            moved.flat[-1] = moved.flat[0]
        return canonical(moved)

    def _literal(self, data: Data) -> Node:
        """Numbers in the text, plain or as a constant Value with a name."""
        named = self.draw(upto(2)) == 2
        self.constants += named
        return Node(data, data, literal=True, name=f"c{self.constants}" if named else None)

    def input(self, data: Data) -> Node:
        """One more input."""
        node = Node(data, _moved(data))
        self.inputs.append(node)
        self.nodes.append(node)
        return node

    # -- keeping -------------------------------------------------------------------------------

    def add(self, drawable: Drawable, spelling: str, *operands: Node) -> Node | None:
        """A line, if its result is well-conditioned."""
        function = applied(spelling, drawable.function)
        with np.errstate(all="ignore"):
            data = function(*(Value(node.data, constant=True) for node in operands)).data
            near = function(*(Value(node.near, constant=True) for node in operands)).data
        node = Node(data, near, drawable, spelling, operands, birth=len(self.nodes))
        if not np.all(np.abs(data) <= LARGEST) or not node.steepness <= STEEPEST:
            return None
        distances = drawable.distances(*(operand.data for operand in operands))
        steepest = max(1.0, *(operand.steepness for operand in operands))
        near_kink = distances[distances < MARGIN * steepest]
        if near_kink.size and (near_kink.any() or drawable.jump or not self.plan.kinks):
            return None
        node.on_kink = near_kink.size > 0
        for operand in operands:
            operand.uses += 1
        self.nodes.append(node)
        return node


def _moved(data: Data) -> Data:
    """The nearby point: each entry makes a step of its own, so that ties come apart."""
    steps = STEP * np.cos(1.0 + np.arange(np.size(data))).reshape(np.shape(data))
    return canonical(np.add(data, steps).astype(dtype_of(data)))
