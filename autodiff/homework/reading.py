"""What was typed as an answer, read in the names of the values of a computation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ..graph import Graph
from ..school.calculation import Calculation
from ..school.misreading import misread
from ..school.reading import read
from ..school.spelling import NAME
from ..school.vocabulary import Apply, Vocabulary, functions, slope, slopes
from ..text.letters import lettered
from ..text.notation import visible
from ..values.operation import Operation

DERIVATIVE = re.compile(r"[∂∇′″']|\\partial|\\nabla|\\mathrm\{d\}|\\d?frac\s*\{\s*d|\bd\w*\s*/\s*d")
"""What is asked for, in front of the answer: ∂R/∂w = …"""

MOST, LISTED = 4, 24
"""Names that are suggested for one, and listed of all."""


def sides(answer: str) -> Iterator[str]:
    """The formulas between the equality signs of an answer, each at its place, without what is asked for.

    >>> list(sides("∂R/∂w = -2x = 3")), list(sides("u = 2x; 3u"))
    (['        -2x ', '              3'], ['u = 2x; 3u'])
    """
    first, *others = [answer] if ";" in answer else answer.split("=")
    is_asked = DERIVATIVE.search(first) or re.fullmatch(NAME, first.strip())
    if not (others and is_asked):
        yield first
    start = len(first) + 1
    for part in others:
        yield " " * start + part
        start += len(part) + 1


def own_functions(graph: Graph) -> dict[str, Apply]:
    """What a computation applies beside the engine's functions, such as silu, and the derivatives, silu′."""
    found: dict[str, Apply] = {}
    for operation in {node.operation for node in graph if node.operation}:
        if operation.elementwise and operation.usual == 1 and operation.name not in functions():
            apply = partial(_computed, operation)
            for name in {operation.name, operation.symbol}:
                found |= {name: Apply(apply, 1), f"{name}′": slope(operation, apply)}
    return found


def _computed(operation: Operation, x: Any) -> Any:
    return operation.computed([x], [x], operation.defaults)


def is_a_name(calculation: Calculation, own: Mapping[str, Apply]) -> bool:
    """Whether it is nothing but the derivative of a function by its name, σ′(v)."""
    (_, steps), *others = calculation.parts
    named = [*slopes().values(), *(apply for name, apply in own.items() if name.endswith("′"))]
    return not others and len(steps) == 2 and steps[1] in named


def read_answer(answer: str, words: Vocabulary, names: Sequence[str]) -> Calculation:
    """A formula as a calculation. Raises SyntaxError, with its place, for what cannot be read."""
    if not answer.strip():
        raise misread("nothing was typed", answer, len(answer))
    calculation = read(answer, words)
    for name, column in calculation.names.items():
        if name not in words.values:
            more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
            there_are = ", ".join(map(visible, names[:LISTED])) + more
            lacking = f"{visible(name)} is not known here{_longer(name, names)}; the names are {there_are}"
            message = calculation.missing(name, names, lacking).msg
            raise misread(message, answer, column)
    return calculation


def _longer(name: str, names: Iterable[str]) -> str:
    """The names that have more indices than one that was typed: a₁⁽¹⁾ or a₁⁽²⁾ for a1."""
    found = [visible(known) for known in names if known.startswith(lettered(name))]
    return f" ({' or '.join(found[:MOST])}?)" if 0 < len(found) <= MOST else ""
