"""All that makes the loops of a listing short, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from ...listing import Listing
from ...tracing.loop import LOOP
from ..draft import Draft, Rewrite, living
from .blocks import Block, OpenLoop, block_of, listing_of, loops_in
from .composing import composed, sisters
from .entries import in_numbers
from .hoisting import hoisted
from .keeping import kept
from .pruning import pruned
from .sums import summed, sunk

REWRITES = [
    Rewrite("what a loop back would compute again is kept by the loop there", True),
    Rewrite(
        "what does not depend on what is handed on is computed before the loop, to the last digits", False
    ),
    Rewrite(
        "loops that are linear in what they hand on multiply matrices, which are computed for all steps at "
        "once, those that differ in where they start together; to the last digits, unless some overflow",
        False,
    ),
    Rewrite("products that a loop adds up or collects are one product after it, in another order", False),
    Rewrite(
        "arrays of a few entries that a loop computes entry by entry are numbers, to the last digits", False
    ),
    Rewrite("what nobody needs is neither handed on nor collected", True),
]


def loops_shortened(listing: Listing, shortened: Callable[[Listing], Listing]) -> Listing:
    """The listing with short loops, if there are any; `shortened` is what is done with a step."""
    if not any(line.operation is LOOP for line in listing.lines):
        return listing
    block = block_of(living(Draft().copied(listing)))
    _shorten(block)
    return listing_of(block, shortened)


def _shorten(block: Block) -> None:
    """Make the loops of a block short, then those in their steps."""
    loops = loops_in(block)
    for loop in loops:
        pruned(loop)
    for there, back in combinations(loops, 2):
        kept(there, back)
    for loop in loops:
        pruned(loop)
    for group in sisters(loops):
        _composed_or_hoisted(group)
    loops = [item.loop for item in block.ordered() if item.loop is not None]
    for loop in loops:
        summed(loop)
        sunk(loop)
    for loop in reversed(loops):
        pruned(loop)
        if in_numbers(loop):
            pruned(loop)
        _shorten(loop.block)


def _composed_or_hoisted(loops: Sequence[OpenLoop]) -> None:
    """Make one loop of those that differ in where they start; or make each short."""
    hoisted(loops[0])
    if not composed(loops):
        for loop in loops[1:]:
            hoisted(loop)
