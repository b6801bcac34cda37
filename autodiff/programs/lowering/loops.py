"""A loop as instructions: memory for what is collected, the loop itself, and its results.

hs = np.empty((200, 32, 64))
h = h0
for t in range(200):
    x = xs[t]
    h = np.tanh(…, out=hs[t])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...values.data import Data, dtype_of, shape_of
from ..examples import blank
from ..listing import Line
from ..spelling.identifiers import identifier
from ..spelling.literals import new_memory
from ..spelling.precedence import ATOM
from .calls import escaped
from .instructions import Instructions, Slot, Spelling, example_of

if TYPE_CHECKING:
    from ..loop_step import LoopStep


@dataclass(frozen=True, slots=True)
class LoopInstruction:
    """What there is to write of a loop: its step, the slots that it is given, and those of its results."""

    step: LoopStep
    length: int
    reverse: bool
    carries: tuple[int, ...]
    rows: tuple[int, ...]
    shared: tuple[int, ...]
    memory: tuple[int, ...]
    """The arrays that it collects in, by place."""
    results: list[int]
    """The last carries, and those arrays when the loop is over."""


def is_loop(line: Line) -> bool:
    """Whether a line is a loop."""
    return "step" in line.metadata


def looping(line: Line, inputs: Sequence[Slot], instructions: Instructions) -> list[Slot]:
    """The instructions of a loop; the slots of its results."""
    step: LoopStep = line.metadata["step"]
    length = line.metadata["length"]
    n, m = step.carries, step.carries + step.rows
    memory = [_memory(step.listing.lines[i], length, instructions) for i in step.listing.outputs[n:]]
    numbers = [slot.number for slot in inputs]
    results: list[int] = []
    told = LoopInstruction(
        step,
        length,
        line.metadata["reverse"],
        tuple(numbers[:n]),
        tuple(numbers[n:m]),
        tuple(numbers[m:]),
        tuple(slot.number for slot in memory),
        results,
    )
    examples = [example_of(step.listing.lines[i].data) for i in step.listing.outputs[:n]]
    whole = instructions.add(tuple(examples), [*inputs, *memory], Spelling(""), loop=told)
    found: list[Slot] = []
    for i, example in enumerate(examples):
        places = zip(memory, step.listing.outputs[n:], strict=True)
        inside = [slot for slot, place in places if place == step.listing.outputs[i]]
        text = Spelling(f"{{0}}[{i}]")
        found.append(instructions.add(example, [whole, *inside], text, may_share=True))
    found += [instructions.add(slot.example, [slot, whole], Spelling("{0}"), view=True) for slot in memory]
    results += [slot.number for slot in found]
    return found


def _memory(line: Line, length: int, instructions: Instructions) -> Slot:
    """An array for what is collected."""
    shape, dtype = (length, *shape_of(line.data)), _kept_dtype(line.data)
    text = escaped(new_memory(shape, dtype, range(len(shape))))
    stem = f"{identifier(line.name)}s" if line.name else "ys"
    return instructions.add(blank(shape, dtype), [], Spelling(text), Spelling("{out}", (), ATOM), stem=stem)


def _kept_dtype(data: Data) -> np.dtype[Any]:
    return np.dtype(bool) if type(data) is bool else dtype_of(data)
