"""What a live page computes, as listings: all numbers of a propagation, from those of its leaves.

The graph is recorded once more, from leaves that may be anything, together with its derivatives; so the
listing holds no rule of differentiation, only what the operations' rules came to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..animation.propagation import Propagation
from ..differentiation.engine import gradients
from ..ops.arithmetic import positive
from ..programs.listing import Listing
from ..programs.tracing.trace import Recording, recorded_from
from ..values.operation import Operation
from ..values.recording import recorded
from ..values.value import Value, data_of

MOST_CURVED = 50
"""Parameters of which the Hessian is computed."""

Function = Callable[..., list[Value]]

Link = tuple[int, int]
"""The ids of the named values that a link of the chain rule leads from and to."""


class Computation:
    """The numbers of a propagation as functions of its leaves, and where each is among the results.

    `leaves` are the ids of the named values that nothing computes, in the order of the arguments; `wrt` those
    that are differentiated with respect to.
    """

    def __init__(self, passes: Propagation) -> None:
        self.passes = passes
        self.leaves = tuple(id for id in passes.names if id not in passes.segments)
        self.wrt = tuple(sorted(passes.ends))
        links = [pull.link[:2] for pull in passes.backward]
        places = iter(range(len(passes.names) + len(passes.gradients) + 2 * len(links)))
        self.values: dict[int, int] = dict(zip(passes.names, places, strict=False))
        self.gradients: dict[int, int] = dict(zip(passes.gradients, places, strict=False))
        self.locals: dict[Link, int] = dict(zip(links, places, strict=False))
        self.terms: dict[Link, int] = dict(zip(links, places, strict=False))

    @cached_property
    def main(self) -> Recording:
        """All values, gradients, local derivatives and terms, in this order, from the leaves."""
        return self._recorded(self._numbers, self._inputs())

    @cached_property
    def absorbing(self) -> Listing:
        """The same with 0·∞ taken for 0 where a zero is structural: for where the other gives nan."""
        return self._recorded(self._numbers, self._inputs(), absorbs=True).listing

    @cached_property
    def curvature(self) -> Listing:
        """The Hessian times a vector, from the leaves and the vector."""
        direction = [Value(1.0) for _ in self.wrt]
        return self._recorded(self._turned, [*self._inputs(), *direction], absorbs=True).listing

    def _inputs(self) -> list[Value]:
        source = self.passes.source
        return [Value(source(id).item(), constant=not self.passes.varies(id)) for id in self.leaves]

    def _recorded(self, f: Function, inputs: list[Value], absorbs: bool = False) -> Recording:
        return recorded_from(f, inputs, {}, inputs, absorbs)

    # -- recorded ------------------------------------------------------------------------------

    def _numbers(self, *leaves: Value) -> list[Value]:
        named, segments = self._forward(leaves)
        output = named[self.passes.output]
        wanted = list(self.passes.gradients)
        slopes = dict(zip(wanted, slopes_of(output, [named[id] for id in wanted]), strict=True))
        locals_: dict[Link, Value] = {}
        terms: dict[Link, Value] = {}
        for upper, links in self.passes.chain.links.items():
            root, cuts = segments[upper]
            lowers = [link.lower for link in links]
            ends = [cuts[id] for id in lowers]
            keys = [(upper, lower) for lower in lowers]
            locals_.update(zip(keys, slopes_of(root, ends), strict=True))
            terms.update(zip(keys, slopes_of(root, ends, slopes[upper]), strict=True))
        return [
            *(_kept(named[id]) for id in self.values),
            *slopes.values(),
            *(locals_[link] for link in self.locals),
            *(terms[link] for link in self.terms),
        ]

    def _turned(self, *given: Value) -> list[Value]:
        leaves, direction = given[: len(self.leaves)], given[len(self.leaves) :]
        named, _ = self._forward(leaves)
        wanted = [named[id] for id in self.wrt]
        slopes = slopes_of(named[self.passes.output], wanted)
        along = sum((g * v for g, v in zip(slopes, direction, strict=True)), start=Value(0.0))
        return slopes_of(along, wanted)

    def _forward(self, leaves: Sequence[Value]) -> tuple[dict[int, Value], dict[int, tuple[Value, Cuts]]]:
        named = dict(zip(self.leaves, leaves, strict=True))
        segments = {}
        for id in self.passes.forward:
            segments[id] = self._segment(id, named)
            named[id] = segments[id][0]
        return named, segments

    def _segment(self, id: int, named: dict[int, Value]) -> tuple[Value, Cuts]:
        """A named value from those next to it, each of which ends there: so slopes do not go beyond."""
        cuts: Cuts = {}
        copies: dict[int, Any] = {}
        for node in self.passes.intermediates.view.inside(id):
            if node.id != id and node.id in named:
                cuts[node.id] = copies[node.id] = positive(named[node.id])
            elif node.operation is None:
                copies[node.id] = node.data
            else:
                copies[node.id] = _applied(node.operation, [copies[i] for i in node.inputs], node.metadata)
        return copies[id], cuts


Cuts = dict[int, Value]
"""The named values that a segment begins with, as nodes of its own."""


def _applied(operation: Operation, inputs: list[Any], metadata: dict[str, Any]) -> Value:
    data: Any = operation.computed([*map(data_of, inputs)], inputs, metadata)
    tracked = any(isinstance(x, Value) and not x.constant for x in inputs)
    return recorded(operation, data, inputs, metadata, tracked)


def slopes_of(output: Value, wanted: Sequence[Value], seed: Value | None = None) -> list[Value]:
    """Gradients as Values; those that depend on nothing are constant."""
    if output.constant:
        return [Value(np.zeros(x.shape)) for x in wanted]
    return [*map(_kept, gradients(output, wanted, seed, create_graph=True))]


def _kept(x: Any) -> Value:
    return x if isinstance(x, Value) else Value(x)
