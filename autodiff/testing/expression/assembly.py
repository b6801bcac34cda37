"""From nodes that were drawn to an expression: what leads to the result, in the order in which code runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from .builder import Builder
from .catalogue import named
from .expression import Expression
from .lines import Assignment, Literal
from .probes import Probe
from .spelling import mentioned

INPUTS = ("x", "y", "z", "w")
PARTS = ("u", "v", "r", "s", "t", "p", "q")

SUMS = ("np.sum(x)", "x.sum()", "ad.sum(x)")

NESTED = 6
"""Operations that are written into one another before a part gets a name."""


def finished(builder: Builder, number: bool) -> Expression | None:
    """The expression of what was drawn, as one number if asked; None if that is nothing.

    Its value is the node with the most operations behind it. Inputs that were given but not used are added.
    """
    lines = [node for node in builder.nodes if node.operands]
    if not lines:
        return None
    largest = max(reversed(lines), key=lambda node: len(leading_to(node)))
    known = leading_to(largest)
    result: Probe | None = largest
    for node in [node for node in builder.inputs if builder.offer.all_inputs and node not in known]:
        if result and (total := _number(builder, node)):
            result = builder.add(named("add"), "x + y", result, total)
    result = _number(builder, result) if result and number else result
    return assembled(result, builder.inputs) if result else None


def _number(builder: Builder, node: Probe) -> Probe | None:
    """Its sum, or where that is too large, its mean."""
    if not node.shape:
        return node
    total = builder.add(named("sum"), SUMS[len(builder.nodes) % len(SUMS)], node)
    return total or builder.add(named("mean"), "np.mean(x)", node)


def assembled(result: Probe, inputs: Sequence[Probe]) -> Expression:
    """The expression of which a node is the value; `inputs` are those in question, in order."""
    needed = leading_to(result)
    inputs = [node for node in inputs if node in needed]
    taken = {node.drawable.name for node in needed if node.drawable} | {
        node.name for node in needed if node.name
    }
    names = tuple(name for name, _ in zip(_names(INPUTS, "x", taken), inputs, strict=False))
    parts = _parts(needed)
    part_names = dict(zip(parts, _names(PARTS, "t", taken | {*names}), strict=False))
    places: dict[Probe, int | Literal] = {node: k for k, node in enumerate(inputs)}
    places |= {node: Literal(node.data, node.name) for node in needed if node.literal}
    lines: list[Assignment] = []
    for node in _in_order([*parts, result], places):
        operands = tuple(places[operand] for operand in node.operands)
        assert node.drawable is not None
        lines.append(Assignment(node.drawable, node.spelling, operands, part_names.get(node)))
        places[node] = len(inputs) + len(lines) - 1
    kinks = any(node.on_kink for node in needed)
    return Expression(tuple(lines), tuple(node.data for node in inputs), names, kinks)


def leading_to(result: Probe) -> dict[Probe, None]:
    """The nodes that lead to the result."""
    found: dict[Probe, None] = {}
    waiting = [result]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting += node.operands
    return found


def _parts(needed: dict[Probe, None]) -> list[Probe]:
    """Results that are mentioned more than once, or are deep inside, operands first."""
    lines = sorted((node for node in needed if node.operands), key=lambda node: node.birth)
    mentions = dict.fromkeys(needed, 0)
    for node in lines:
        for k in mentioned(node.spelling):
            mentions[node.operands[k]] += 1
    parts, nested = [], dict.fromkeys(needed, 0)
    for node in lines:
        nested[node] = 1 + max(nested[operand] for operand in node.operands)
        if mentions[node] > 1 or (nested[node] > NESTED and mentions[node]):
            parts.append(node)
            nested[node] = 0
    return parts


def _in_order(roots: Sequence[Probe], known: dict[Probe, int | Literal]) -> Iterator[Probe]:
    """Lines in the order in which Python computes them: operands from left to right, then the operation."""
    done = set(known)

    def visited(node: Probe) -> Iterator[Probe]:
        if node in done:
            return
        for k in dict.fromkeys(mentioned(node.spelling)):
            yield from visited(node.operands[k])
        done.add(node)
        yield node

    for root in roots:
        yield from visited(root)


def _names(preferred: Sequence[str], letter: str, taken: set[str]) -> Iterator[str]:
    yield from (name for name in preferred if name not in taken)
    yield from (name for n in count(1) if (name := f"{letter}{n}") not in taken)
