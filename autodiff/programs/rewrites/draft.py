"""A listing in the making: each line is simplified as it is written, and none is written twice.

A rule sees one line whose inputs are written already. It answers with the position of a line that says
the same, which it may have added, or with None. A line of another shape or dtype is never taken, whatever
a rule answers. What a rule adds is itself simplified, so one pass over the lines is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ...values.data import Data, compact, dtype_of
from ...values.operation import Operation
from ..examples import example
from ..listing import Line, Listing, Origin, computed
from ..sameness import frozen

Apply: TypeAlias = "Callable[[Draft, Line], int | None]"


class Rewrite(NamedTuple):
    """What a rewrite says, and whether results stay the same to the last digit and the sign of a zero."""

    says: str
    exact: bool


class Rule(NamedTuple):
    """A rewrite of single lines: what it says, which operations it looks at, and the function.

    Lines with masks among their operands are shown only to rules that say so: for masks + is or.
    """

    says: str
    exact: bool
    masks: bool
    suits: Callable[[Operation], bool]
    apply: Apply


def rule(
    says: str,
    *functions: Any,
    exact: bool = True,
    masks: bool = False,
    suits: Callable[[Operation], bool] | None = None,
) -> Callable[[Apply], Rule]:
    """Declare a rule for the lines of some operations, or of all that `suits` says."""
    operations = {function.operation for function in functions}
    return lambda apply: Rule(says, exact, masks, suits or operations.__contains__, apply)


REWRITES = [
    Rewrite("what is computed from constants alone is a constant", True),
    Rewrite("what is computed twice is computed once; so are x + y and y + x, x·y and y·x", True),
    Rewrite("what no result needs is not computed", True),
]


class Draft:
    """Lines written so far. `take` writes a line whose inputs are positions in the draft.

    `origin` is that of the lines that are added.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.lines: list[Line] = []
        self._masks: set[int] = set()
        """The lines that are anything but floating-point numbers."""
        self.origin: Origin | None = None
        self._known: dict[Hashable, int] = {}
        self._options: dict[int, tuple[dict[str, Any], Hashable]] = {}
        """Metadata by identity, as long as it lives, and what it is the same as."""
        self._examples: dict[Hashable, Data] = {}
        self._numbers: dict[int, float | None] = {}
        self._rules = tuple(rules)
        self._suiting: dict[Operation, list[Rule]] = {}

    # -- writing -------------------------------------------------------------------------------

    def copied(self, listing: Listing) -> Listing:
        """The listing, written anew."""
        at: list[int] = []
        for line in listing.lines:
            at.append(self.moved(line, at))
        return Listing(self.lines, tuple(at[i] for i in listing.outputs))

    def moved(self, line: Line, at: Sequence[int]) -> int:
        """The position of a line of another listing; `at` has those of its inputs."""
        self.origin = line.origin
        return self.take(_placed(line, at))

    def take(self, line: Line) -> int:
        """The position of a line that says the same, new or older."""
        if line.kind == "input":
            return self._append(line)
        if line.kind == "computed":
            line = self._folded(line)
        key = self._key(line)
        found = self._known.get(key)
        if found is None:
            found = self._simplified(line)
            if found is None:
                found = self._append(line)
            self._known[key] = found
        self.adopt(found, line)
        return found

    def add(self, function: Any, *inputs: int, **metadata: Any) -> int:
        """The position of an operation applied to lines; `function` is what users call."""
        operation: Operation = function.operation
        return self.apply(operation, inputs, {**operation.defaults, **metadata})

    def apply(self, operation: Operation, inputs: Sequence[int], metadata: dict[str, Any]) -> int:
        """The same, of an operation itself with all of its metadata."""
        data = self._example(operation, [self.lines[i] for i in inputs], metadata)
        return self.take(Line("computed", data, operation, tuple(inputs), metadata, origin=self.origin))

    def _example(self, operation: Operation, inputs: Sequence[Line], metadata: dict[str, Any]) -> Data:
        """What the result is like: computed once for operands of one kind."""
        kinds = [(type(x.data), x.shape, x.dtype) for x in inputs]
        key = operation, self._frozen(metadata), *kinds
        if key not in self._examples or any(type(x.data) is tuple for x in inputs):
            data = [x.data for x in inputs]
            like = example(operation, data, metadata)
            self._examples[key] = computed(operation, data, metadata) if like is None else like
        return self._examples[key]

    def instead(self, line: Line, function: Any, *inputs: int, **metadata: Any) -> int:
        """The position of an operation that gives what a line does, without computing it for its shape."""
        operation: Operation = function.operation
        options = {**operation.defaults, **metadata}
        return self.take(Line("computed", line.data, operation, inputs, options, origin=self.origin))

    def constant(self, data: Data) -> int:
        """The position of a constant."""
        return self.take(Line("constant", data, origin=self.origin))

    def _folded(self, line: Line) -> Line:
        """The line as a constant, if it was computed from constants."""
        for i in line.inputs:
            if self.lines[i].kind != "constant":
                return line
        if line.operation is None or not line.inputs:
            return line
        data = computed(line.operation, [self.lines[i].data for i in line.inputs], line.metadata)
        return Line("constant", data, name=line.name, origin=line.origin)

    def _append(self, line: Line) -> int:
        if _is_masked(line.data):
            self._masks.add(len(self.lines))
        self.lines.append(line)
        return len(self.lines) - 1

    def _simplified(self, line: Line) -> int | None:
        if line.operation is None:
            return None
        rules = self._of(line.operation)
        if not rules:
            return None
        masked = not self._masks.isdisjoint(line.inputs)
        for rule in rules:
            found = rule.apply(self, line) if rule.masks or not masked else None
            if found is not None and alike(self.lines[found], line):
                return found
        return None

    def _of(self, operation: Operation) -> list[Rule]:
        """The rules that look at an operation."""
        if operation not in self._suiting:
            self._suiting[operation] = [rule for rule in self._rules if rule.suits(operation)]
        return self._suiting[operation]

    def adopt(self, position: int, line: Line) -> None:
        """Let a line without a name have that of one that it replaces."""
        found = self.lines[position]
        if line.name and not found.name and found.kind == "computed":
            self.lines[position] = found._replace(name=line.name)

    # -- reading -------------------------------------------------------------------------------

    def made_by(self, position: int, function: Any) -> Line | None:
        """The line at a position where the operation of `function` made it, else None."""
        line = self.lines[position]
        return line if line.operation is function.operation else None

    def known(self, function: Any, *inputs: int, **metadata: Any) -> int | None:
        """The position of an operation that was applied to lines already."""
        line = Line("computed", None, function.operation, inputs, {**function.operation.defaults, **metadata})
        return self._known.get(self._key(line))

    def _key(self, line: Line) -> Hashable:
        """Equal for lines that compute the same."""
        operation, inputs, options = line.operation, line.inputs, line.metadata
        if operation is None:
            return line.name, frozen(line.data)
        if operation.symmetric and len(inputs) > 1:
            inputs = tuple(sorted(inputs))
        if not options:
            return operation, inputs
        return operation, inputs, self._frozen(options)

    def _frozen(self, options: dict[str, Any]) -> Hashable:
        """Metadata as something hashable."""
        known = self._options.get(id(options))
        if known is None:
            known = self._options[id(options)] = options, frozen(options)
        return known[1]

    def number(self, position: int) -> float | None:
        """The number that a constant is, or that all of its entries are; None for others.

        Arrays of zeros do not count: among the rows of a matrix they are one row more.
        """
        line = self.lines[position]
        if line.kind != "constant":
            return None
        if line.is_float:
            return float(line.data)
        if position not in self._numbers:
            self._numbers[position] = _repeated(line.data)
        return self._numbers[position]


def replaced(
    listing: Listing,
    replacement: Callable[[Draft, Line, Sequence[int]], int | None],
    rules: Iterable[Rule] = (),
) -> Listing:
    """The listing with others in place of some lines; the replacement of a line that stays is None.

    A replacement is given the line, and where the lines before it stand in the draft. The rules are applied
    to what it adds, and to what follows.
    """
    draft, at, changed = Draft(rules), list[int](), False
    for line in listing.lines:
        draft.origin = line.origin
        found = replacement(draft, line, at)
        changed |= found is not None
        at.append(draft.moved(line, at) if found is None else found)
        draft.adopt(at[-1], line)
    return Listing(draft.lines, tuple(at[i] for i in listing.outputs)) if changed else listing


def living(listing: Listing) -> Listing:
    """The inputs, and the lines that a result was computed from."""
    needed = [line.kind == "input" for line in listing.lines]
    for output in listing.outputs:
        needed[output] = True
    for position in range(len(needed) - 1, -1, -1):
        if needed[position]:
            for i in listing.lines[position].inputs:
                needed[i] = True
    lines: list[Line] = []
    at: dict[int, int] = {}
    for position, line in enumerate(listing.lines):
        if needed[position]:
            at[position] = len(lines)
            lines.append(_placed(line, at))
    return Listing(lines, tuple(at[i] for i in listing.outputs))


def _placed(line: Line, at: Any) -> Line:
    """A line with its inputs where `at` says, in a fraction of the time of `_replace`."""
    inputs = tuple([at[i] for i in line.inputs])
    if inputs == line.inputs:
        return line
    return Line(line.kind, line.data, line.operation, inputs, line.metadata, line.name, line.origin)


def is_a(line: Line, function: Any) -> bool:
    """Whether the operation that users call `function` made a line."""
    return line.operation is function.operation


def alike(a: Line, b: Line) -> bool:
    """Whether the results of two lines have one shape and dtype."""
    if isinstance(a.data, tuple) or isinstance(b.data, tuple):
        return type(a.data) is type(b.data) and len(a.data) == len(b.data)
    return a.shape == b.shape and a.dtype == b.dtype


def _is_masked(data: Data) -> bool:
    """Whether data are anything but floating-point numbers."""
    return type(data) is not float and dtype_of(data).kind != "f"


def _repeated(x: Data) -> float | None:
    """The number that all entries are, to the bit; None where they differ, or there is none."""
    entries = np.asarray(compact(x))
    if not entries.size or entries.dtype.kind != "f":
        return None
    first = entries.flat[0]
    same = np.all(entries == first) and np.all(np.signbit(entries) == np.signbit(first))
    return float(first) if same and first else None
