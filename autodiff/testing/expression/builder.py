"""The builder of expressions: line by line, with the numbers of each node at the point in hand.

An operation is offered the nodes in its domains, and its line is kept if the result is of moderate size,
changes moderately as the inputs change, and is away from kinks: so the whole is well-conditioned for finite
differences. Numbers for inputs come first; each is brought into the domain, and the shape, of the operation
that is the first to use it.

A line is asked for by whole numbers that choose among what there is, the simplest by 0. So any line can be
left out and the others still mean something: that is how hypothesis finds the smallest expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from ...values.data import Data, Shape, dtype_of, shape_of
from ...values.value import Value
from ..domains import Domain
from .catalogue import named
from .catalogue.drawable import Drawable
from .placing import brought, spread
from .probes import Probe, near_kink_of, off_kink, onto_kink, stepped
from .spelling import applied

LARGEST, STEEPEST = 1e3, 1e2
"""Largest result, and largest change per step of the inputs, of a line that is kept."""

ANEW = 10
"""One operation of so many begins with a new input, though there are nodes that it could take."""

NUMBERS = (1.0, 2.0, 3.0, -1.0, 0.5, -2.5)
"""What is written into expressions."""


class Wish(NamedTuple):
    """Whole numbers that choose a line. Few enough for hypothesis to leave one out as a whole."""

    operation: int
    first: int
    others: int
    spelling: int


@dataclass(frozen=True)
class Offer:
    """What may be drawn."""

    drawables: tuple[Drawable, ...]
    dtype: np.dtype[Any]
    depth: int | None
    arrays: bool
    broadcasting: bool
    kinks: bool
    all_inputs: bool

    def partners(self, drawable: Drawable, first: Shape) -> Sequence[Shape]:
        """Shapes of further operands beside a first one."""
        if not self.arrays:
            return ((),)
        found = drawable.others(first)
        return found if self.broadcasting or first not in found else (first,)


@dataclass
class Builder:
    """The nodes so far, and the numbers that are left for inputs."""

    offer: Offer
    left: list[Data]
    nodes: list[Probe] = field(default_factory=list)
    inputs: list[Probe] = field(default_factory=list)
    constants: int = 0

    def __post_init__(self) -> None:
        if self.offer.all_inputs:
            for data in [*self.left]:
                self._born(Probe(data, stepped(data)))

    def try_line(self, wish: Wish) -> None:
        """One more line, if there is one near what is wished for."""
        drawables = self.offer.drawables
        for k in range(len(drawables)):
            drawable = drawables[(wish.operation + k) % len(drawables)]
            if first := self._first(drawable, wish.first):
                self._apply(drawable, first, wish)
                return

    def _apply(self, drawable: Drawable, first: Probe, wish: Wish) -> None:
        """A line with this operation and first operand."""
        operands = [first]
        for k, domain in enumerate(drawable.domains[1:]):
            operands.append(self._another(drawable, domain, operands, wish.others + k))
        spellings = drawable.spelled(*(node.shape for node in operands))
        if not spellings:
            return
        if drawable.regular:
            if not (matrix := self._regular(first)):
                return
            operands[0] = matrix
        onto = self.offer.kinks and wish.spelling % 2 == 1
        operands = (onto_kink if onto else off_kink)(drawable, operands)
        self.add(drawable, spellings[wish.spelling % len(spellings)], *operands)

    # -- operands ------------------------------------------------------------------------------

    def _open_nodes(self) -> list[Probe]:
        """Nodes that an operation may be applied to, the newest first, unused ones before others."""
        deepest = self.offer.depth
        found = [node for node in reversed(self.nodes) if deepest is None or node.depth < deepest]
        return sorted(found, key=lambda node: node.uses > 0)

    def _first(self, drawable: Drawable, wish: int) -> Probe | None:
        """A first operand: a node that fits, unused ones more often, or a new input."""
        domain = drawable.domains[0]
        nodes = [node for node in self._open_nodes() if node.within(domain) and takes(drawable, node.shape)]
        choices = [*nodes, *_unused(nodes) * 4]
        if self.left and (not choices or wish % ANEW == ANEW - 1):
            return self._new(drawable, domain, self._shapes(drawable), wish // ANEW, 0)
        return choices[wish % len(choices)] if choices else None

    def _shapes(self, drawable: Drawable) -> Sequence[Shape]:
        return drawable.shapes if self.offer.arrays else ((),)

    def _another(self, drawable: Drawable, domain: Domain, before: Sequence[Probe], wish: int) -> Probe:
        """A further operand: a node that fits, a new input, or a literal."""
        first = before[0]
        shapes = self.offer.partners(drawable, first.shape)
        nodes = [node for node in self._open_nodes() if node.shape in shapes and node.within(domain)]
        taken = sum(not node.birth and not node.literal for node in before)
        choices: list[Probe | str] = [*nodes, *["input", "array"] * (taken < len(self.left))]
        choices += ["number", "constant"] if () in shapes else ["array"]
        choices += [first] * (not first.birth and first.shape in shapes and first.within(domain))
        choices += _unused(nodes) * 4
        chosen, wish = choices[wish % len(choices)], wish // len(choices)
        if isinstance(chosen, Probe):
            return chosen
        node = self._new(drawable, domain, shapes, wish, taken)
        if chosen == "input":
            return node
        if chosen == "array" and node.shape:
            return self._literal(node.data, wish % 2 == 1)
        numbers = [x for x in NUMBERS if x in domain]
        return self._literal(numbers[wish % len(numbers)], chosen == "constant")

    def _new(
        self, drawable: Drawable, domain: Domain, shapes: Sequence[Shape], wish: int, taken: int
    ) -> Probe:
        """The next numbers, in a shape and the domain that are needed; an input once a line has it."""
        data = self.left[taken] if taken < len(self.left) else self.offer.dtype.type(taken)
        if shape_of(data) not in shapes:
            data = spread(data, shapes[wish % len(shapes)])
        data = brought(data, _without(domain, drawable.corners if shapes is drawable.shapes else ()))
        return Probe(data, stepped(data))

    def _literal(self, data: Data, with_name: bool) -> Probe:
        """Numbers in the text, plain or as a constant Value with a name."""
        self.constants += with_name
        return Probe(data, data, literal=True, name=f"c{self.constants}" if with_name else None)

    def _regular(self, x: Probe) -> Probe | None:
        """A·Aᵀ + diag(1, 2, …): of a matrix, a regular one that is well-conditioned."""
        batch = len(x.shape) > 2
        spelling = "np.swapaxes(x, -1, -2)" if batch else "x.T"
        transposed = self.add(named("swapaxes" if batch else "transpose"), spelling, x)
        product = transposed and self.add(named("matmul"), "x @ y", x, transposed)
        diagonal = np.diag(np.arange(1.0, x.shape[-1] + 1.0)).astype(dtype_of(x.data))
        return product and self.add(named("add"), "x + y", product, Probe(diagonal, diagonal, literal=True))

    # -- keeping -------------------------------------------------------------------------------

    def add(self, drawable: Drawable, spelling: str, *operands: Probe) -> Probe | None:
        """A line, if its result is well-conditioned."""
        function = applied(spelling, drawable.name, drawable.function)
        with np.errstate(all="ignore"):
            data = function(*(Value(node.data, constant=True) for node in operands)).data
            near = function(*(Value(node.near, constant=True) for node in operands)).data
        node = Probe(data, near, drawable, spelling, operands)
        if not np.all(np.abs(data) <= LARGEST) or not node.steepness <= STEEPEST:
            return None
        near_kink = near_kink_of(drawable, operands)
        if near_kink.size and (near_kink.any() or drawable.jump or not self.offer.kinks):
            return None
        node.on_kink = near_kink.size > 0
        for operand in operands:
            self._born(operand)
            operand.uses += 1
        self._born(node)
        return node

    def _born(self, node: Probe) -> None:
        """Make a node one of those that are there; new numbers become an input."""
        if node.literal or node.birth:
            return
        if not node.operands:
            self.inputs.append(node)
            self.left[:1] = []
        self.nodes.append(node)
        node.birth = len(self.nodes)


def _unused(nodes: Sequence[Probe]) -> list[Probe]:
    return [node for node in nodes if not node.uses]


@cache
def takes(drawable: Drawable, shape: Shape) -> bool:
    """Whether a first operand may have this shape."""
    return drawable.takes(shape)


@cache
def _without(domain: Domain, points: tuple[float, ...]) -> Domain:
    return domain.without(*points) if points else domain
