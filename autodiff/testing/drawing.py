"""Drawing an expression line by line, with the numbers of each node at the point in hand.

Only operands inside an operation's domains are offered to it, and a line is kept if its result is of moderate
size, changes moderately as the inputs change, and is away from kinks: so the whole is well-conditioned for
finite differences. An input is drawn where an operation first needs it, in that operation's domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..values.data import Data, Shape, canonical, shape_of
from ..values.value import Value
from .catalogue.arrays import ARRAYS
from .catalogue.drawable import Drawable
from .catalogue.elementwise import ELEMENTWISE
from .expression import Expression, Line
from .spelling import Literal, applied, operands_of
from .strategies import Domain, arrays

STEP = 2.0**-10
"""How far the nearby point is at which a line is evaluated, too."""

LARGEST, STEEPEST = 1e3, 1e2
"""Largest result, and change per step, of a line that is kept."""

MARGIN = 0.125
"""How far from a kink a line is kept, in steps of the inputs."""

MORE = st.sampled_from([False, True, True, True, True])
NAMES = ("x", "y", "z", "w")
CONSTANTS = ("c", "k", "m", "h")


@dataclass(frozen=True, eq=False)
class Node:
    """A number or array at the point and near it; `place` is where a line finds it, None while it is new."""

    data: Data
    near: Data
    literal: bool = False

    @cached_property
    def shape(self) -> Shape:
        return shape_of(self.data)

    @cached_property
    def entries(self) -> list[float]:
        return np.ravel(self.data).tolist()  # type: ignore[no-any-return]

    @cached_property
    def steepness(self) -> float:
        """Change per step of the inputs."""
        return float(np.max(np.abs(np.subtract(self.near, self.data)), initial=0.0)) / STEP

    def within(self, domain: Domain) -> bool:
        """Whether all entries are."""
        return all(x in domain for x in self.entries)


@dataclass
class Bench:
    """What is drawn so far."""

    draw: DrawFn
    operations: SearchStrategy[Drawable]
    most_inputs: int
    shapes: bool
    dtype: Any
    kinks: bool
    inputs: list[Node] = field(default_factory=list)
    results: list[tuple[Drawable, str, tuple[Node, ...]]] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    on_kink: bool = False

    def line(self) -> None:
        """Try one more line."""
        drawable = self.draw(self.operations)
        operands: list[Node] = []
        for k, domain in enumerate(drawable.domains):
            node = self.operand(drawable, k, domain, operands)
            if node is None:
                return
            operands.append(node)
        spellings = drawable.spelled(*(node.shape for node in operands))
        if spellings:
            self.keep(drawable, self.draw(_sampled(tuple(spellings))), operands)

    def operand(self, drawable: Drawable, k: int, domain: Domain, before: Sequence[Node]) -> Node | None:
        """An operand: a node that fits, a new input, or a number."""
        shapes = self.fitting_shapes(drawable, k, before)
        fitting = [
            node
            for node in reversed(self.nodes)
            if (shapes is None or node.shape in shapes)
            and (k or drawable.spelled_for(node.shape))
            and node.within(domain)
        ]
        fresh = [False] * (len(self.inputs) < self.most_inputs) + [True] * bool(k)
        fitting.sort(key=lambda node: id(node) in self.used)
        choices = [*fitting[:1] * 2, *fitting, *fresh]
        if not choices:
            return None
        chosen = choices[self.draw(_upto(len(choices) - 1))]
        if isinstance(chosen, Node):
            return chosen
        return self.new(drawable, domain, shapes, before, literal=chosen)

    def fitting_shapes(self, drawable: Drawable, k: int, before: Sequence[Node]) -> Sequence[Shape] | None:
        """Shapes that an operand may have; None for any."""
        if not self.shapes:
            return ((),)
        return drawable.others(before[0].shape) if k else None

    def new(
        self,
        drawable: Drawable,
        domain: Domain,
        shapes: Sequence[Shape] | None,
        before: Sequence[Node],
        literal: bool,
    ) -> Node:
        """Numbers drawn anew."""
        if not self.kinks and not before:
            domain = domain.without(*drawable.corners)
        shape = self.draw(_sampled(tuple(drawable.shapes if shapes is None else shapes)))
        data = self.draw(_arrays(shape, self.dtype, domain, drawable.unique and not self.kinks))
        node = Node(data, data if literal else _moved(data), literal)
        if not literal:
            self.inputs.append(node)
            self.nodes.append(node)
        return node

    def keep(self, drawable: Drawable, spelling: str, operands: list[Node]) -> None:
        """Add a line, if its result is well-conditioned."""
        function = applied(spelling, drawable.function)
        with np.errstate(all="ignore"):
            data = function(*(Value(node.data, constant=True) for node in operands)).data
            near = function(*(Value(node.near, constant=True) for node in operands)).data
        node = Node(data, near)
        if not np.all(np.abs(data) <= LARGEST) or not node.steepness <= STEEPEST:
            return
        distance = drawable.distance(*(node.data for node in operands))
        steepest = max(1.0, *(node.steepness for node in operands))
        if distance < MARGIN * steepest:
            if distance or not self.kinks or drawable.jump:
                return
            self.on_kink = True
        self.results.append((drawable, spelling, tuple(operands)))
        self.used |= set(map(id, operands))
        self.nodes.append(node)

    def expression(self) -> Expression:
        """What leads to the last node."""
        node_of = {id(node): line for node, line in zip(self._line_nodes(), self.results, strict=True)}
        used: set[int] = set()
        wanted = [self.nodes[-1]]
        while wanted:
            node = wanted.pop()
            if id(node) not in used:
                used.add(id(node))
                wanted += node_of[id(node)][2] if id(node) in node_of else ()
        inputs = [node for node in self.inputs if id(node) in used]
        places: dict[int, int | Literal] = {id(node): k for k, node in enumerate(inputs)}
        lines = []
        for node in self._line_nodes():
            if id(node) in used:
                drawable, spelling, operands = node_of[id(node)]
                line = Line(
                    drawable,
                    spelling,
                    tuple(
                        places.setdefault(id(x), Literal(x.data)) if x.literal else places[id(x)]
                        for x in operands
                    ),
                )
                places[id(node)] = len(inputs) + len(lines)
                lines.append(line)
        names = tuple(_name(k) for k in range(len(inputs)))
        return Expression(tuple(lines), tuple(node.data for node in inputs), names, self.on_kink)

    def _line_nodes(self) -> list[Node]:
        given = {id(node) for node in self.inputs}
        return [node for node in self.nodes if id(node) not in given]


def _name(k: int) -> str:
    return NAMES[k] if k < len(NAMES) else f"x{k + 1}"


def _moved(data: Data) -> Data:
    """The nearby point: each entry has its own step, so that ties come apart."""
    steps = STEP * np.cos(1.0 + np.arange(np.size(data))).reshape(np.shape(data))
    return canonical(np.asarray(np.add(data, steps), getattr(data, "dtype", float)))


@cache
def _sampled(choices: tuple[Any, ...]) -> SearchStrategy[Any]:
    return st.sampled_from(choices)


@cache
def _upto(most: int) -> SearchStrategy[int]:
    return st.integers(0, most)


@cache
def _arrays(shape: Shape, dtype: Any, domain: Domain, unique: bool) -> SearchStrategy[Data]:
    return arrays(shape, dtype, domain, unique=unique)


def expressions(
    operations: Iterable[Any] | None = None,
    *,
    max_operations: int = 8,
    inputs: int = 3,
    dtype: Any = np.float64,
    output: str = "number",
    arrays: bool = True,
    kinks: bool = False,
    linear_algebra: bool = True,
) -> SearchStrategy[Expression]:
    """Random expressions: functions of Values, each with a point inside all domains.

    >>> from hypothesis import find
    >>> find(expressions(["tanh"]), lambda e: True).text
    'tanh(x)'
    """
    known = [*ELEMENTWISE, *(ARRAYS if arrays else [])]
    if operations is not None:
        names = {x if isinstance(x, str) else x.__name__ for x in operations}
        known = [drawable for drawable in known if drawable.name in names]
    elif not linear_algebra:
        known = [drawable for drawable in known if drawable.family != "linear algebra"]
    dtypes = dtype if isinstance(dtype, SearchStrategy) else st.just(dtype)
    return _expressions(st.sampled_from(known), max_operations, inputs, dtypes, output, arrays, kinks)


@st.composite
def _expressions(
    draw: DrawFn,
    operations: SearchStrategy[Drawable],
    most: int,
    inputs: int,
    dtypes: SearchStrategy[Any],
    output: str,
    shapes: bool,
    kinks: bool,
) -> Expression:
    bench = Bench(draw, operations, inputs, shapes, np.dtype(draw(dtypes)), kinks)
    bench.line()
    for _ in range(most - 1):
        if not draw(MORE):
            break
        bench.line()
    if not bench.nodes:
        bench.new(ELEMENTWISE[0], ELEMENTWISE[0].domains[0], ((),), (), literal=False)
    if output == "number" and bench.nodes[-1].shape:
        total = next(drawable for drawable in ARRAYS if drawable.name == "sum")
        bench.keep(total, draw(_sampled(("np.sum(x)", "x.sum()", "ad.sum(x)"))), [bench.nodes[-1]])
        if bench.nodes[-1].shape:
            mean = next(drawable for drawable in ARRAYS if drawable.name == "mean")
            bench.keep(mean, "np.mean(x)", [bench.nodes[-1]])
    return bench.expression()
