"""scan: one step done again and again, each on what the last one left.

    carryₜ₊₁, yₜ = step(carryₜ, xₜ)

While a program is recorded, its tracer takes the loop as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from operator import index
from typing import Any

from ..values import modes
from ..values.data import shape_of
from ..values.modes import having
from ..values.scopes import mark_call
from ..values.value import Value, births
from .checkpoints import remembered
from .loops import Loop, Step, collected, entered
from .structure import leaves, named_leaves

LENGTH = (
    "the number of steps decides what is recorded, so it is a plain number: do as many steps as may be "
    "needed and keep the carry by where(done, carry, new) from then on, or write a while loop outside of "
    "programs"
)


def scan(
    step: Step,
    carry: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    checkpoint: int | None = None,
) -> tuple[Any, Any]:
    """A loop over the rows of `xs` that hands something on: the last carry, and all that was collected.

        carry₁, y₀ = step(carry₀, xs[0]),   carry₂, y₁ = step(carry₁, xs[1]),   …

    `carry`, `xs` and what `step` returns are numbers and arrays, alone or in tuples, lists, dicts and
    dataclasses. The arrays in `xs` have one size of their first axis, the number of steps; a list as `xs`
    is a sequence of steps. Without `xs`, `length` is that number, and x is None. The carry keeps its
    structure, shapes and dtypes. What is collected is stacked along a new first axis; y may be None. With
    `reverse` the last row comes first, and what is collected is at the places of the rows.

    Values that `step` closes over are differentiated, too. With `checkpoint=k` only each k-th carry is kept
    for the derivative, which computes those between again: memory for time. In a program a loop of any
    length is one operation, and `step` is recorded once.

    Raises TypeError for a carry that is no data, and a `step` that returns no pair; ValueError for
    arrays of unequal lengths, and where a step changes the structure, a shape or a dtype of the carry.

    The meaning is that of `jax.lax.scan`.

    >>> import numpy as np
    >>> def step(total, x):
    ...     return total + x, total + x
    >>> scan(step, 0.0, np.array([1.0, 2.0, 3.0]))
    (6.0, array([1., 3., 6.]))
    """
    if not callable(step):
        raise TypeError(f"scan: the first argument is the function of one step, got {step!r}")
    entries = entered(_steps_stacked(xs) if modes.tracer() else xs, "xs")
    loop = Loop(
        step,
        entered(carry, "carry"),
        entries,
        _length(entries, length),
        _flag(reverse),
        None if checkpoint is None else _whole("checkpoint", checkpoint, 1),
    )
    since = next(births)
    tracer = modes.tracer()
    found = None if tracer is None else tracer.looped(loop)
    result = _step_by_step(loop) if found is None else found
    mark_call(leaves(result), "scan", since)
    return result


def _flag(reverse: object) -> bool:
    if type(reverse) is not bool:
        raise TypeError(f"scan: reverse must be True or False, got {reverse!r}")
    return reverse


def _whole(what: str, number: Any, least: int) -> int:
    """A number of steps. Raises TypeError for anything but an integer, ValueError where it is too small."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"scan: {what} must be an integer, got {number!r}")
    if number < least:
        raise ValueError(f"scan: {what} must be {least} or above, got {number}")
    return index(number)


class StepCounter:
    """How many steps of loops were done one by one."""

    steps = 0


_counter: ContextVar[StepCounter | None] = ContextVar("step_counter", default=None)


@contextmanager
def counted_steps() -> Iterator[StepCounter]:
    """Count the steps of the loops in the block that are not part of a program, in this thread or task."""
    counter = StepCounter()
    with having(_counter, counter):
        yield counter


def _step_by_step(loop: Loop) -> tuple[Any, Any]:
    """The loop as the engine records it."""
    if (counter := _counter.get()) is not None:
        counter.steps += loop.length
    forgets = loop.checkpoint is not None and loop.length and modes.tracer() is None
    return remembered(loop) if forgets else loop.unrolled()


def _length(xs: Any, length: Any) -> int:
    """The number of steps. Raises ValueError where sizes disagree, TypeError for anything but a number."""
    if isinstance(length, Value):
        raise TypeError(f"scan: length is a Value; {LENGTH}")
    wanted = None if length is None else _whole("length", length, 0)
    if type(xs) is list:
        sizes = {"xs": len(xs)}
    else:
        given = dict(named_leaves(xs, "xs"))
        for name, x in given.items():
            if not shape_of(x):
                raise ValueError(
                    f"scan: {name} is a number: its first axis is that of the steps; close over it"
                )
        sizes = {name: shape_of(x)[0] for name, x in given.items()}
    if wanted is not None:
        sizes = {"length": wanted, **sizes}
    if not sizes:
        raise ValueError("scan: without xs, length says how many steps there are")
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(f"scan: the number of steps must be one, got {told}")
    return next(iter(sizes.values()))


def _steps_stacked(xs: Any) -> Any:
    """A list of steps as what a loop goes through: arrays with an axis more."""
    if type(xs) is not list or not xs:
        return xs
    return collected([entered(x, f"xs[{t}]") for t, x in enumerate(xs)], len(xs), "xs")
