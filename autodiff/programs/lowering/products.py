"""Products of matrices for which it counts how they, or their factors, lie in memory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..listing import Line
from ..operations import in_order, product_with_transposed, products, sum_of_product
from ..rewrites.draft import is_a
from ..spelling.literals import new_memory
from ..spelling.precedence import ATOM
from ..spelling.words import Words
from .calls import Calls, escaped
from .instructions import Instructions, Slot, Spelling

MIDDLING = range(2**17, 10**6)
"""Products of numbers in A·Bᵀ for which BLAS takes less time if B is laid row by row first: of fewer the copy
is felt, and of more it makes one itself.
"""

ROWS = 48
"""Rows of A from which on the copy takes less than it saves."""


def laid_out(line: Line, inputs: Sequence[Slot], instructions: Instructions, words: Words) -> Slot | None:
    """The slot of such a product; None for any other line."""
    if is_a(line, products):
        return _in_order(line, inputs, instructions, words)
    if is_a(line, product_with_transposed) and _is_middling(line, inputs):
        left, right = inputs
        return Calls(instructions, words).method(left, "dot", [_turned(right, instructions)], {})
    if is_a(line, sum_of_product) and all(_is_matrix(x.example) for x in inputs):
        left, right = _flat(inputs, instructions, words)
        return Calls(instructions, words).method(left, "dot", [right], {})
    return None


def _is_matrix(x: Any) -> bool:
    """Whether an array has several axes, and is laid row by row."""
    return isinstance(x, np.ndarray) and x.ndim > 1 and x.dtype.kind == "f" and x.flags.c_contiguous


def _flat(inputs: Sequence[Slot], instructions: Instructions, words: Words) -> Iterator[Slot]:
    """The entries of arrays in a row: their products are summed by `dot`, without a dispatch."""
    calls, flat = Calls(instructions, words), dict[int, Slot]()
    for x in inputs:
        if x.number in instructions.constants:
            flat[x.number] = instructions.constant(x.example.reshape(-1))
        elif x.number not in flat:
            flat[x.number] = calls.method(x, "reshape", [(x.example.size,)], {})
        yield flat[x.number]


def _in_order(line: Line, inputs: Sequence[Slot], instructions: Instructions, words: Words) -> Slot:
    """Products of many matrices, in memory whose axes lie in an order."""
    described = line.shape, line.dtype, line.metadata["order"]
    memory = in_order(*described)
    memory[...] = 0.0
    name, alone = words.spelled(np.matmul), escaped(new_memory(*described))
    call, into = (Spelling(f"{name}({{0}}, {{1}}, out={out})") for out in (alone, "{out}"))
    return instructions.add(memory, inputs, call, into)


def _is_middling(line: Line, inputs: Sequence[Slot]) -> bool:
    a, b = (x.example for x in inputs)
    if not a.ndim == b.ndim == 2 or len(a) < ROWS or 1 in b.shape or line.dtype.kind != "f":
        return False
    return math.prod(line.shape) * a.shape[1] in MIDDLING


def _turned(x: Slot, instructions: Instructions) -> Slot:
    """A copy of x.T, row by row."""
    copied = Spelling("np.copyto({out}, {0}.T)", (ATOM,), is_statement=True)
    return instructions.add(x.example.T.copy(), [x], Spelling("{0}.T.copy()", (ATOM,)), copied)
