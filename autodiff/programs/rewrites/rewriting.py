"""The rewrites that make a recorded listing short and fast: all of them, in one list.

Each says whether it is exact: then results are the same to the last digit, and to the sign of a zero. The
others add the same terms in another order, or differ in the last digits, as they say. What is infinite or
nan stays so.
"""

from __future__ import annotations

from ..listing import Listing
from . import (
    additions,
    broadcasts,
    contractions,
    draft,
    indexing,
    neutral,
    opened,
    orders,
    powers,
    signs,
    sums,
)
from .draft import Draft, Rewrite, Rule, living
from .loops import shortening
from .loops.shortening import loops_shortened
from .rows import packing

RULES = [
    found
    for module in (neutral, signs, powers, broadcasts, contractions, sums, indexing, opened)
    for found in vars(module).values()
    if isinstance(found, Rule)
]
"""Those of single lines, in the order in which they are declared."""

REWRITES: list[Rewrite] = [
    *draft.REWRITES,
    *[Rewrite(rule.says, rule.exact) for rule in RULES],
    *indexing.REWRITES,
    *additions.REWRITES,
    *packing.REWRITES,
    *sums.REWRITES,
    *orders.REWRITES,
    *shortening.REWRITES,
]
"""All of them."""


def rewritten(listing: Listing) -> Listing:
    """The listing with every rewrite applied, in time proportional to its length."""
    alone = loops_shortened(listing, rewritten)
    simple = living(Draft(RULES).copied(alone))
    short = additions.summed(simple, RULES)
    unpacked = indexing.unpacked(short)
    if unpacked is not short:
        short = Draft(RULES).copied(unpacked)
    short = living(short)
    packed = packing.packed(short, RULES)
    return orders.as_read(sums.of_few(packed if packed is short else living(packed)))
