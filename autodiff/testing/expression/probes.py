"""Probes: a number or array at the point and near it, and how far that is from kinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ...values.data import Data, Shape, canonical, dtype_of, shape_of
from ..domains import Domain
from .catalogue.drawable import Drawable
from .placing import brought, raised

STEP = 2.0**-10
"""How far the nearby point is at which each line is evaluated, too."""

MARGIN = 0.125
"""How far from a kink a line is kept, in steps of the inputs."""


@dataclass(eq=False)
class Probe:
    """A number or array at the point and near it: an input, a literal, or the result of a line."""

    data: Data
    near: Data
    drawable: Drawable | None = None
    spelling: str = ""
    operands: tuple[Probe, ...] = ()
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
            found = self.known[id(domain)] = all(x in domain for x in np.ravel(self.data).tolist())
        return found


# -- kinks -------------------------------------------------------------------------------------


def near_kink_of(drawable: Drawable, operands: Sequence[Probe]) -> Data:
    """How far the entries that are near a kink are from it."""
    distances = drawable.distances(*(operand.data for operand in operands))
    steepest = max(1.0, *(operand.steepness for operand in operands))
    return distances[distances < MARGIN * steepest]


def off_kink(drawable: Drawable, operands: list[Probe]) -> list[Probe]:
    """The operands; where they tie, new numbers among them are moved."""
    if not drawable.kinked or not near_kink_of(drawable, operands).size:
        return operands
    for k in reversed([k for k, node in enumerate(operands) if _is_new(node)]):
        domain = drawable.domains[k]
        node = _with_data(operands[k], brought(raised(operands[k].data), domain))
        found = [*operands[:k], node, *operands[k + 1 :]]
        if not near_kink_of(drawable, found).size:
            return found
    return operands


def onto_kink(drawable: Drawable, operands: list[Probe]) -> list[Probe]:
    """The operands, new numbers among them moved onto a kink."""
    first, last = operands[0], operands[-1]
    if drawable.gap and last is not first and _is_new(last) and last.shape == first.shape:
        return [*operands[:-1], _with_data(last, first.data)]
    if not _is_new(first):
        return operands
    data = np.array(first.data, dtype_of(first.data))
    if drawable.corners:
        data.flat[0] = drawable.corners[0]
    elif drawable.unique:
        data.flat[-1] = data.flat[0]
    elif drawable.gap:  # of a norm
        data[...] = 0.0
    return [_with_data(first, canonical(data)), *operands[1:]]


def _is_new(node: Probe) -> bool:
    return not node.birth and not node.operands


def _with_data(node: Probe, data: Data) -> Probe:
    return replace(node, data=data, near=data if node.literal else stepped(data), known={})


def stepped(data: Data) -> Data:
    """The nearby point: each entry makes a step of its own, so that ties come apart."""
    steps = STEP * np.cos(1.0 + np.arange(np.size(data))).reshape(np.shape(data))
    return canonical(np.add(data, steps).astype(dtype_of(data)))
