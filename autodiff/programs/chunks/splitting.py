"""A listing in two: what is computed for each chunk of rows, and what of the sums over all of them.

    R(θ) = Σᵢ Rᵢ(θ),   ∇R(θ) = Σᵢ ∇Rᵢ(θ)      over chunks i

Lines that depend on rows belong to the chunks, up to those that sum them, or take their mean; what follows
from these is computed once. Rows that depend on such a sum would need a second pass over the chunks: refused.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Literal, NamedTuple, TypeAlias

from ..listing import Line, Listing
from .rows import Sizes, Way, rescaled, row_axis, way_of

State: TypeAlias = Literal["same", "rows", "whole"]
"""Whether a line is the same for all chunks, has rows, or follows from sums over all rows."""


class Split(NamedTuple):
    """The listing of a chunk, and that of the rest, to which the results of chunks are given behind all else.

    `ways` says what becomes of each result of a chunk: its rows are put one after the other, along `axes`, or
    they are added, or their mean is taken. `places` says where each result is: whether among the rows of the
    chunks, and at which place.
    """

    chunk: Listing
    rest: Listing
    ways: tuple[Way, ...]
    axes: tuple[int, ...]
    places: tuple[tuple[bool, int], ...]
    results: tuple[Line, ...]


def split(listing: Listing, trial: Listing, lazy: Sequence[bool], sizes: Sizes) -> Split:
    """Split a listing, recorded for the rows of a chunk; another, of fewer rows, tells what goes by these.

    `lazy` says which inputs have rows. Raises TypeError naming the line that does not split.
    """
    lines = _Reading(listing, trial, lazy, sizes)
    partial = [i for i, way in lines.ways.items() if way != "rows"]
    rows = [i for i in dict.fromkeys(listing.outputs) if lines.states[i] == "rows"]
    others = [i for i in listing.outputs if lines.states[i] != "rows"]
    wanted = [*partial, *rows]
    places = tuple((i in rows, rows.index(i) if i in rows else others.index(i)) for i in listing.outputs)
    return Split(
        part(lines.lines, wanted),
        part(lines.lines, others, partial, {i for i, is_lazy in enumerate(lazy) if is_lazy}),
        tuple(lines.ways.get(i, "rows") for i in wanted),
        tuple(lines.axes[i] or 0 for i in rows),
        places,
        tuple(listing.lines[i] for i in listing.outputs),
    )


def part(
    lines: Sequence[Line], wanted: Sequence[int], given: Sequence[int] = (), without: Container[int] = ()
) -> Listing:
    """The lines that some follow from, where others are given: inputs behind those that there are."""
    needed, stack = set(given), list(wanted)
    while stack:
        i = stack.pop()
        if i not in needed:
            needed.add(i)
            stack.extend(lines[i].inputs)
    inputs = [i for i, line in enumerate(lines) if line.kind == "input" and i not in without]
    rest = sorted(needed - {*inputs, *given})
    place = {old: new for new, old in enumerate([*inputs, *given, *rest])}
    new = [lines[i] for i in inputs]
    new += [Line("input", lines[i].data, name=lines[i].name, origin=lines[i].origin) for i in given]
    new += [lines[i]._replace(inputs=tuple([place[j] for j in lines[i].inputs])) for i in rest]
    return Listing(new, tuple([place[i] for i in wanted]))


class _Reading:
    """The lines with numbers for all rows, the state of each, and what those do that are given rows."""

    def __init__(self, listing: Listing, trial: Listing, lazy: Sequence[bool], sizes: Sizes) -> None:
        self.lines: list[Line] = []
        self.states: list[State] = []
        self.axes: list[int | None] = []
        self.ways: dict[int, Way] = {}
        self.trial, self.sizes = trial, sizes
        flags = iter(lazy)
        if len(listing.lines) != len(trial.lines) or listing.outputs != trial.outputs:
            raise TypeError("what f does goes by the number of rows, so that it cannot be computed in chunks")
        for line, other in zip(listing.lines, trial.lines, strict=True):
            try:
                state = self._entered(line, other, next(flags, False) if line.kind == "input" else False)
            except Exception as error:  # also what an operation raises that is tried
                raise TypeError(refusal(line, f"{error}")) from error
            self.states.append(state)

    def _entered(self, line: Line, trial: Line, is_lazy: bool) -> State:
        """Note a line; its state."""
        if (line.kind, line.operation, line.inputs) != (trial.kind, trial.operation, trial.inputs):
            raise ValueError("what f does goes by the number of rows")
        self.axes.append(row_axis(line, trial, self.sizes))
        if line.kind == "constant":
            return self._constant(line, trial)
        self.lines.append(line)
        return self._computed(line, trial) if line.kind == "computed" else ("rows" if is_lazy else "same")

    def _constant(self, line: Line, trial: Line) -> State:
        axis = self.axes[-1]
        self.lines.append(line._replace(data=rescaled(line.data, trial.data, self.sizes, axis)))
        return "same" if axis is None else "rows"

    def _computed(self, line: Line, trial: Line) -> State:
        states = {self.states[i] for i in line.inputs}
        if "whole" in states and ("rows" in states or self.axes[-1] is not None):
            raise ValueError("it needs a sum over all rows before each row, which is a second pass over them")
        if "rows" not in states:
            return "rows" if self.axes[-1] is not None else "whole" if "whole" in states else "same"
        operands = [self.trial.lines[i] for i in line.inputs]
        axes = [self.axes[i] for i in line.inputs]
        way = way_of(line, trial, operands, axes, self.sizes)
        self.ways[len(self.lines) - 1] = way
        return "rows" if way == "rows" else "whole"


def refusal(line: Line, why: str) -> str:
    """Why rows in chunks cannot be given to a program, naming the line."""
    what = line.operation.name if line.operation else line.name or "a number"
    where = f" at {line.origin.place}, `{line.origin.code}`" if line.origin and line.origin.place else ""
    return (
        f"compile: this does not split into chunks of rows: {what}{where}: {why}; call f itself, which takes "
        "dask arrays as they are, or compute() what fits into memory"
    )
