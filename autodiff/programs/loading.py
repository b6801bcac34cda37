"""The text of a program as a function: what is written around it so that calls are fast and safe.

Each call takes a way to run the lines from those that are free, with memory of its own, so that threads
share a program; where numbers fail, the lines run again on numbers that do as NumPy's do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from .runtime.ieee import on_numbers
from .runtime.running import runner
from .source import Function, Source

Run: TypeAlias = Callable[..., tuple[Any, ...]]

GUARD = """
    except (ArithmeticError, ValueError):
        return again({inputs})"""

GUARDED = f"""
def call({{inputs}}):
    try:
        return run({{inputs}}){GUARD}
"""

POOLED = """
def call({{inputs}}):
    try:
        run = take()
    except IndexError:
        run = new_run()
    try:
        return run({{inputs}}){guard}
    finally:
        give(run)
"""

AT_NAN = """
def call({inputs}):
    results = run({inputs})
    if results[-1] == results[-1]:
        return results[:-1]
    return at_nan({inputs})
"""


def loaded(source: Source) -> Run:
    """The function of a source: takes the inputs in order, returns the results as a tuple.

    The inputs are taken to be what the listing had: floats, and arrays of its shapes and dtypes.
    """
    names: dict[str, Any] = dict(source.bound)
    exec(compile(source, f"<program {source.name}>", "exec"), names)
    of_arrays = {name: eval(text, names) for name, text in source.of_arrays.items()}
    main, *others = (entry(function, names, of_arrays) for function in source.functions)
    if not others:
        return main
    return _written(AT_NAN, source.functions[0], run=main, at_nan=others[0])


def entry(function: Function, names: dict[str, Any], of_arrays: dict[str, Callable[..., Any]]) -> Run:
    """One function of a program, to be called with its inputs alone."""
    lines = names[function.name]
    memory = names[function.memory] if function.memory else None
    again = _pooled(function, on_numbers(lines, of_arrays), memory) if function.may_fail else None
    if function.is_loud:
        return _pooled(function, lines, memory, again)
    return _written(GUARDED, function, run=lines, again=again) if again else lines


def _pooled(function: Function, lines: Run, memory: Any, again: Run | None = None) -> Run:
    free: list[Run] = []
    new_run = runner(lines, memory)
    template = POOLED.format(guard=GUARD if again else "")
    return _written(template, function, take=free.pop, give=free.append, new_run=new_run, again=again)


MANY = 100
"""Inputs from which on naming them takes longer: Python maps new memory for each frame with so many names."""


def _written(template: str, function: Function, **names: Any) -> Run:
    """A function of the inputs by name: with *inputs a call would take longer, unless they are many."""
    count = len(function.inputs)
    inputs = "*inputs" if count > MANY else ", ".join(f"x{i}" for i in range(count))
    exec(template.format(inputs=inputs), names)
    call = names["call"]
    call.__name__ = call.__qualname__ = function.name
    return call  # type: ignore[no-any-return]
