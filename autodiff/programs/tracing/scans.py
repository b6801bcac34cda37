"""A scan, recorded as one operation: its step is listed once, whatever the number of steps.

With `checkpoint`, it is a loop over loops, whose derivative computes the inner ones again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...differentiation.loops import Loop
from ...differentiation.signatures import BY_POSITION, parameters_of
from ...differentiation.structure import leaves, mapped, named_leaves, rebuilt
from ...ops import concatenate, reshape
from ...values.data import canonical, shape_of
from ...values.value import Value, data_of
from .loop import applied_loop, is_variable, stand_in

FEW = 3
"""Steps that are written one by one."""

MANY = 33
"""Steps that are no longer written one by one in the form that looks for structural zeros, also across them.

Of more, that text would take minutes to make: there they are known within a step alone, and 0·∞ of one that
comes from a later step is nan.
"""


def looped(trace: Any, loop: Loop) -> Any:
    """What a scan gives, recorded as one operation; None where it is to be recorded step by step."""
    if loop.length < (MANY if trace.absorbs else FEW):
        return None
    if loop.checkpoint is not None and loop.checkpoint < loop.length:
        return _by_chunks(trace, loop, loop.checkpoint)
    return _as_one(trace, loop, keeps=True)


def _by_chunks(trace: Any, loop: Loop, size: int) -> Any:
    """A loop over loops of so many steps, of which only the first carries are kept; then the rest."""
    whole, rest = divmod(loop.length, size)
    start = rest if loop.reverse else 0  # what is left over comes last
    part_of = slice(start, start + whole * size)
    left = slice(0, rest) if loop.reverse else slice(whole * size, None)

    def chunk(carry: Any, xs: Any) -> Any:
        inner = loop._replace(carry=carry, xs=xs, length=size, checkpoint=None)
        return looped(trace, inner) or inner.unrolled()

    def rows(x: Any) -> Any:
        return reshape(x[part_of], (whole, size, *shape_of(x)[1:]))

    xs = mapped(rows, loop.xs)
    chunks = loop._replace(step=chunk, xs=xs, length=whole)
    carry, ys = _as_one(trace, chunks, keeps=False)
    joined = [reshape(y, (whole * size, *shape_of(y)[2:])) for y in leaves(ys)]
    if rest:
        xs = mapped(lambda x: x[left], loop.xs)
        carry, others = loop._replace(carry=carry, xs=xs, length=rest, checkpoint=None).unrolled()
        pairs = zip(joined, leaves(others), strict=True)
        joined = [concatenate(pair[::-1] if loop.reverse else pair) for pair in pairs]
    return carry, rebuilt(ys, iter(joined))


# -- forward -----------------------------------------------------------------------------------


def _as_one(trace: Any, loop: Loop, keeps: bool) -> Any:
    """The loop as one node: the last carries, the carries that were saved, and what is collected."""
    carries, rows = leaves(loop.carry), leaves(loop.xs)
    kinds, step, ends, y = [*map(is_variable, carries)], None, [], None
    while step is None:
        at = _stand_ins(loop, carries, rows, kinds)
        with trace.inside(at) as since:
            carry, y = loop.stepped(*rebuilt((loop.carry, loop.xs), iter(at)))
            new = leaves(carry)
            follow = [before or is_variable(after) for before, after in zip(kinds, new, strict=True)]
            if follow == kinds:
                ends = [*map(_as_value, (*new, *at[: len(new)], *leaves(y)))]
                check = trace.check_since(since, ends)
                step, shared = trace.step(since, at, [*ends, *check], len(carries), len(rows), loop.title)
            kinds = follow
    results = applied_loop(
        step, [*carries, *rows, *shared], [*ends, *check], loop.length, loop.reverse, keeps
    )
    if check:
        trace.checks.append(results[-1].sum())
    count = len(carries)
    return rebuilt((loop.carry, y), iter([*results[:count], *results[2 * count :]]))


def _stand_ins(loop: Loop, carries: Sequence[Any], rows: Sequence[Any], kinds: Sequence[bool]) -> list[Value]:
    """What the step is given, called as its parameters are; variables where these are."""
    trees, names = (loop.carry, loop.xs), _parameters(loop.step)
    places = [place for tree, name in zip(trees, names, strict=True) for place, _ in named_leaves(tree, name)]
    first = [canonical(data_of(x)[loop.order[0]]) for x in rows]
    data, variable = [*map(data_of, carries), *first], [*kinds, *map(is_variable, rows)]
    return [*map(stand_in, data, variable, places)]


def _parameters(step: Any) -> list[str]:
    """What a step calls its carry, and a row."""
    names = [p.name for p in parameters_of(step) or () if p.kind in BY_POSITION]
    return names[:2] if len(names) > 1 else ["carry", "x"]


def _as_value(x: Any) -> Value:
    return x if type(x) is Value else Value(x, constant=True)
