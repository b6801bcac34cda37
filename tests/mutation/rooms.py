"""What is mutated, by room, and a sample of it that stays the same when other lines change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from math import sqrt
from pathlib import Path

from .mutants import Mutant, mutants
from .source import Source

ROOMS = {
    "rules": ("autodiff/ops/*.py",),
    "pass": ("autodiff/differentiation/*.py",),
    "values": ("autodiff/values/*.py",),
    "rewrites": ("autodiff/programs/rewrites/**/*.py",),
    "lowering": ("autodiff/programs/lowering/*.py", "autodiff/programs/tracing/*.py"),
    "losses": ("nn/losses.py", "nn/likelihoods.py"),
    "activations": ("nn/activations.py",),
    "step rules": (
        "optim/step_rule.py", "optim/line_search.py", "optim/descent.py", "optim/run.py", "optim/stopping.py",
    ),
    "optimizers": ("optim/stochastic/*.py",),
}  # fmt: skip
"""The files of each room whose mutants are tried."""

MESSAGES = ("autodiff/differentiation/advice.py",)
"""Files that are text alone."""


def room_of(root: Path) -> dict[str, str]:
    """The room of each file."""
    return {
        str(path.relative_to(root)): room
        for room, patterns in ROOMS.items()
        for pattern in patterns
        for path in sorted(root.glob(pattern))
        if str(path.relative_to(root)) not in MESSAGES
    }


def every_mutant(root: Path) -> dict[str, list[Mutant]]:
    """All mutants, by room."""
    found: dict[str, list[Mutant]] = defaultdict(list)
    for path, room in room_of(root).items():
        found[room] += mutants(Source.of(root, path))
    return found


def sample(rooms: dict[str, list[Mutant]], size: int, seed: int) -> list[Mutant]:
    """About so many mutants: of four times as many in a room twice as many; in it, of each kind in turn.

    The rooms are mixed, so that a run that is stopped early has tried some of each.
    """
    whole = sum(sqrt(len(those)) for those in rooms.values())
    chosen: list[tuple[float, Mutant]] = []
    for those in rooms.values():
        number = round(size * sqrt(len(those)) / whole)
        chosen += [((i + 0.5) / number, m) for i, m in enumerate(islice(_in_turn(those, seed), number))]
    return [mutant for _, mutant in sorted(chosen, key=lambda pair: pair[0])]


def _in_turn(those: Sequence[Mutant], seed: int) -> Iterator[Mutant]:
    """One of each mutator, and again, in an order by chance that depends on each mutant alone."""
    kinds: dict[str, list[tuple[bytes, Mutant]]] = defaultdict(list)
    for mutant in those:
        kinds[mutant.mutator].append((_lot(mutant, seed), mutant))
    queues = [iter(sorted(kind, key=lambda pair: pair[0])) for _, kind in sorted(kinds.items())]
    while queues:
        for queue in tuple(queues):
            found = next((mutant for _, mutant in queue if mutant.compiles()), None)
            if found is None:
                queues.remove(queue)
            else:
                yield found


def _lot(mutant: Mutant, seed: int) -> bytes:
    """A number by chance, the same as long as line, function and change are."""
    source, (start, end, new) = mutant.source, mutant.change
    line = source.lines[source.line_of(start) - 1].strip()
    change = mutant.mutator, mutant.variant, source.text[start:end], new
    return sha256(repr((seed, source.path, mutant.function, line, *change)).encode()).digest()
