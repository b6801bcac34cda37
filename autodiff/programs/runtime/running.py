"""How the lines of a program are run: on memory of their own, with no warnings, on inputs that were checked.

A saved program brings this along.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["runnable", "runner"]


def runner(lines: Callable[..., Any], new_memory: Callable[[], Any] | None = None) -> Callable[[], Any]:
    """Makes ways to run lines: each for one call at a time, with memory and NumPy's settings of its own."""

    def new_run() -> Callable[..., Any]:
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")
        memory = () if new_memory is None else (new_memory(),)
        return functools.partial(context.run, lines, *memory)

    return new_run


def pooled(new_run: Callable[[], Any]) -> Callable[..., tuple[Any, ...]]:
    """A function that any number of threads may call: each call takes a way to run that is free."""
    free: list[Any] = []

    def call(*inputs: Any) -> tuple[Any, ...]:
        try:
            run = free.pop()
        except IndexError:
            run = new_run()
        try:
            return run(*inputs)  # type: ignore[no-any-return]
        finally:
            free.append(run)

    return call


def _checked(name: str, x: Any, shape: tuple[int, ...], dtype: str) -> Any:
    """An input in its dtype. Raises ValueError for another shape, TypeError for what would be lost."""
    given, wanted = np.asarray(x), np.dtype(dtype)
    if given.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {given.shape}")
    is_numpys = isinstance(x, (np.ndarray, np.generic))
    if not np.can_cast(given.dtype, wanted, "safe" if is_numpys else "same_kind"):
        raise TypeError(f"{name} must be of dtype {wanted}, got {given.dtype}; convert it first")
    data = given.astype(wanted, copy=False)
    return data if shape else float(data) if dtype == "float" else data[()]


def runnable(
    lines: Callable[..., Any],
    inputs: dict[str, tuple[tuple[int, ...], str]],
    new_memory: Callable[[], Any] | None = None,
    again: Callable[..., Any] | None = None,
    at_nan: Callable[..., Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., tuple[Any, ...]]]:
    """Puts lines behind the head of a function, and checks its inputs, whose shapes and dtypes are given.

    Where numbers fail, `again` runs instead; where the last result is nan, `at_nan` computes the others.
    """
    run = pooled(runner(lines, new_memory))
    run_again = pooled(runner(again or lines, new_memory))

    def behind(head: Callable[..., Any]) -> Callable[..., tuple[Any, ...]]:
        name, signature = head.__name__, inspect.signature(head)

        def call(*args: Any, **named: Any) -> tuple[Any, ...]:
            bound = signature.bind(*args, **named).arguments
            given = [_checked(f"{name}: {x}", bound[x], *expected) for x, expected in inputs.items()]
            try:
                results = run(*given)
            except (ArithmeticError, ValueError):
                if again is None:
                    raise
                results = run_again(*given)
            if at_nan is None:
                return results
            return results[:-1] if results[-1] == results[-1] else at_nan(*given)

        functools.update_wrapper(call, head)
        call.__doc__ = lines.__doc__
        return call

    return behind
