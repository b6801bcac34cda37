"""Operations without a spelling, written by their bodies.

A body that uses operators and NumPy's functions on its operands records, on Values, what it computes with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...values.value import Value
from ..listing import Line, Listing
from ..rewrites.draft import Draft, replaced
from ..tracing.trace import Recording, recorded_from
from .spellings import spelling_of

DEEPEST = 8
"""Bodies within bodies."""


def opened(listing: Listing, what: str) -> Listing:
    """The listing with the bodies of operations that have no spelling.

    Raises TypeError for one that has a body of another kind; `what` was called.
    """

    def body(draft: Draft, line: Line, at: Sequence[int]) -> int | None:
        if line.operation is None or spelling_of(line.operation):
            return None
        places = [at[i] for i in line.inputs]
        return _inlined(draft, _recorded(line, [draft.lines[i] for i in places], what), places)

    for _ in range(DEEPEST):
        wider = replaced(listing, body)
        if wider is listing:
            return listing
        listing = wider
    raise TypeError(f"{what}: operations that are made of one another cannot be written as JavaScript")


def _recorded(line: Line, inputs: Sequence[Line], what: str) -> Recording:
    """The body of a line, on operands of which only constants are known."""
    operation: Any = line.operation
    operands = [x.data if x.kind == "constant" else Value(x.data) for x in inputs]
    variables = [x for x in operands if isinstance(x, Value)]
    try:
        found = recorded_from(operation.forward, operands, line.metadata, variables, absorbs=True)
    except Exception as error:  # of whatever kind: it was not written for Values
        raise unspelled(operation, what) from error
    if any(body.operation is operation for body in found.listing.lines) or len(found.outputs) != 1:
        raise unspelled(operation, what)
    return found


def unspelled(operation: Any, what: str) -> TypeError:
    """The error for an operation that JavaScript has no spelling for."""
    return TypeError(
        f"{what}: {operation.name} cannot be written as JavaScript, in which the page computes; take an "
        "expression of numbers without it"
    )


def _inlined(draft: Draft, body: Recording, places: Sequence[int]) -> int:
    """The position of what a body computes, written into a draft."""
    given = iter([i for i in places if draft.lines[i].kind != "constant"])
    at: list[int] = []
    for line in body.listing.lines:
        at.append(next(given) if line.kind == "input" else draft.moved(line._replace(origin=None), at))
    return at[body.listing.outputs[0]]
