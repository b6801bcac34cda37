"""Tracing: f is called once on Values, and what the engine records becomes a listing.

Arguments become named Values. Leaves that f closes over are found in the recorded graph and become
inputs, too, read anew at each call. What f makes itself of plain numbers is constant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ...differentiation.loops import Loop
from ...differentiation.reverse import Pending
from ...differentiation.structure import leaves, mapped
from ...ops import add
from ...ops.plain import FAMILIES, SHAPES
from ...values import modes
from ...values.data import Data
from ...values.operation import Operation, inputs_of
from ...values.user_code import are_rules_own
from ...values.value import Value, births, data_of
from ..columns.columns import Columns, Disjoined
from ..columns.computed import Computed
from ..examples import brief, example
from ..listing import Listing
from ..loop_step import LoopStep
from . import refusals
from .conditions import CONDITIONS
from .line_names import names_of
from .lines import listed, recorded_since
from .nan_check import total
from .origins import CHECK, Origins
from .scans import looped

OF_SHAPES = {name for family in FAMILIES if family.recorded == SHAPES for name in family.names}

Pulled: TypeAlias = tuple[LoopStep, list[Value]]
"""The derivative of a step as a step, and what it gives."""


class Pass(NamedTuple):
    """What f differentiated, how, and the gradients by birth."""

    output: Any
    seed: Any
    how: tuple[bool, ...]
    found: Pending


class Recording(NamedTuple):
    """What one call of f recorded."""

    listing: Listing
    result: Any
    """What f returned, in its structure."""
    outputs: tuple[Value, ...]
    """The Values in it, in order: the first results of the listing."""
    captured: tuple[Value, ...]
    """The Values that f closes over: the inputs behind those of the call."""
    checks_nan: bool
    """Whether the last result of the listing is a number that is nan where a gradient holds nan."""
    trace: Trace


class Trace:
    """What the engine asks while f runs; see `modes.Tracer`."""

    def __init__(self, absorbs: bool, joins: bool, likens: bool) -> None:
        self.absorbs = absorbs
        self.joins = joins
        self.likens = likens
        self.has_likened = False
        """Whether something was recorded with an example of its result."""
        self.origins = Origins(recorded_from.__code__)
        self.gradients: set[int] = set()
        """The births of those that passes gave."""
        self.is_spoilt = False
        """Whether a gradient holds nan that all calls would have."""
        self.arguments: frozenset[int] = frozenset()
        self.checks: list[Value] = []
        """Numbers besides that are nan where a gradient inside of a loop holds nan."""
        self._pulls: dict[Any, tuple[LoopStep, Pulled]] = {}
        self._ended: set[int] = set()
        """The births of what steps of loops were given that are recorded."""
        self.outputs: Sequence[Value] = ()
        """What f returned, before what is alike was put side by side."""
        self.passes: list[Pass] = []
        """What f differentiated by itself, outside of steps and rules."""
        self.open: list[bool] = []
        """The steps and the passes that are being recorded, one inside another: whether it is a pass."""
        self._operations: set[Operation] = set()
        self.repeats = True
        """Whether passes give the same each time: no rule is the user's, and none is inside of a step."""
        self.start = next(births)
        self._columns = Columns(self.start, self.gradients)

    def is_constant(self, value: Value) -> bool:
        """Whether a value was made of plain numbers while f ran, so that its data are known."""
        birth = value._birth
        return value._operation is None and birth > self.start and birth not in self.arguments

    def is_known(self, x: Any) -> bool:
        """Whether x is plain data, or a Value made of these."""
        return type(x) is not Value or self.is_constant(x)

    # -- loops ---------------------------------------------------------------------------------

    @contextmanager
    def inside(self, given: Sequence[Value]) -> Iterator[int]:
        """Record one step of a loop, which is given these; what is born after this number is its own."""
        pulled, births_given = self.origins.pulled, {x._birth for x in given}
        self.arguments |= births_given
        around, self.checks = self.checks, []
        with self._within(a_pass=False):
            yield next(births)
        self.origins.pulled, self.checks = pulled, around
        self._ended |= births_given

    def check_since(self, since: int, outputs: Sequence[Value]) -> list[Value]:
        """A number, if there must be one, that is nan where a gradient that the step computes holds nan."""
        nodes = recorded_since(since, outputs)
        found = total(self.gradients, nodes, outputs) if self.gradients else None
        own = [*([] if found is None else [found]), *self.checks]
        self.checks = []
        return [] if not own else [reduce(add, own)]

    def step(
        self,
        since: int,
        given: Sequence[Value],
        outputs: Sequence[Value],
        carries: int,
        rows: int,
        title: str,
    ) -> tuple[LoopStep, tuple[Value, ...]]:
        """What was recorded since then as a step, and the Values that it takes besides what it is given."""
        nodes = recorded_since(since, outputs)
        shared = self.captured(nodes, outputs, {x._birth for x in given})
        names = names_of(self.origins, nodes) if self.origins.told is None else {}
        listing, fixed = listed(self.origins, names, nodes, (*given, *shared), outputs)
        return LoopStep(listing, fixed, carries, rows, title), shared

    def pulled_once(
        self, step: LoopStep, g: Sequence[Any], at: Sequence[Value], pull: Callable[[], Pulled]
    ) -> Pulled:
        """The derivative of a step; that of the same step by the same is recorded once.

        There may be many, as of the columns of a Jacobian. `g` has None for results that do not count, `at`
        what the derivative is given.
        """
        kinds = tuple([(x.shape, x.dtype, x._tracked) for x in at])
        key = id(step), tuple([seed is None for seed in g]), kinds
        if key not in self._pulls:
            self._pulls[key] = step, pull()
        return self._pulls[key][1]

    def captured(
        self, nodes: Sequence[Value], outputs: Sequence[Value], given: Collection[int]
    ) -> tuple[Value, ...]:
        """The Values that are used without being made or given, in the order of their births."""
        own = {*given, *[node._birth for node in nodes]}
        used = [x for node in nodes for x in inputs_of(node) if isinstance(x, Value)]
        found = {x._birth: x for x in (*used, *outputs) if x._birth not in own and not self.is_constant(x)}
        if not self._ended.isdisjoint(found):
            raise ValueError(refusals.LEFT_BEHIND)
        return tuple(found[birth] for birth in sorted(found))

    # -- what the engine asks ------------------------------------------------------------------

    def check_read(self, value: Value, how: str) -> None:
        """Refuse to read what a program computes anew at each call."""
        if not self.is_constant(value):
            raise TypeError(refusals.read(value, how))

    def asked(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Record a condition; answer what shapes tell; refuse the rest, naming it."""
        values = (x for x in leaves((arguments, options)) if isinstance(x, Value))
        if name in OF_SHAPES or all(map(self.is_constant, values)):
            return getattr(np, name)(*mapped(data_of, arguments), **mapped(data_of, options))
        if name in ("equal", "not_equal") and any(x is None or isinstance(x, str) for x in arguments):
            return name == "not_equal"  # no number is None, or a string
        if name not in CONDITIONS:
            raise TypeError(refusals.function(name))
        return CONDITIONS[name](*arguments, **options)

    def side_by_side(self, outputs: Sequence[Value], targets: Collection[int] = ()) -> list[Value]:
        """The outputs of columns, where parts of what was recorded are alike."""
        if not self.joins:
            return [*outputs]
        try:
            return self._columns.of(outputs, targets, self.is_constant, self._tell)
        finally:
            self.origins.aside = None

    def _tell(self, kind: Computed) -> None:
        """Note what the columns that are recorded next are."""
        self.origins.aside = self.origins.of_columns(kind.members[0], kind.sizes)

    def given(self, operands: Sequence[Any]) -> Sequence[Any]:
        """What an operation is given; that one number fills a large array, nobody need find out again."""
        return [*map(brief, operands)]

    def computed(
        self, operation: Operation, data: Sequence[Data], inputs: Sequence[Any], metadata: dict[str, Any]
    ) -> Data:
        """The result of an operation; of large ones an example."""
        found = example(operation, data, metadata) if self.likens else None
        if found is None:
            return operation.computed(data, inputs, metadata)
        self.has_likened = True
        return found

    def looped(self, loop: Loop) -> Any:
        """A scan as one operation; None where it is recorded step by step."""
        return looped(self, loop)

    @contextmanager
    def _within(self, a_pass: bool) -> Iterator[None]:
        self.open.append(a_pass)
        try:
            yield
        finally:
            self.open.pop()

    def pulled(
        self, output: Any, seed: Any, how: tuple[bool, ...], compute: Callable[[], Pending]
    ) -> Pending:
        """The gradients of a pass."""
        self.repeats = self.repeats and (any(self.open) or not self.open)
        with self._within(a_pass=True):
            found = compute()
        if not self.open:
            self.passes.append(Pass(output, seed, how, found))
        return found

    def pulling(self, node: Value, g: Any) -> None:
        """Note the node that a pass has come to."""
        self.origins.pulled = node, g
        operation = node._operation
        if operation not in self._operations:
            self._operations.add(operation)
            self.repeats = self.repeats and are_rules_own(operation)

    def passed(self, found: Sequence[tuple[Value, Any]]) -> None:
        """Note the gradients of a pass, and what they are gradients of."""
        self.origins.pulled = None
        for node, g in found:
            self.origins.note_gradient(g, node)
            if isinstance(g, Value):
                self.gradients.add(g._birth)
            elif g is not None:
                self.is_spoilt = self.is_spoilt or bool(np.isnan(g).any())


def recorded_from(
    f: Callable[..., Any],
    args: Any,
    kwargs: Any,
    inputs: Sequence[Value],
    absorbs: bool,
    captured: Sequence[Value] = (),
    joins: bool = True,
    likens: bool = True,
) -> Recording:
    """Call f on arguments made of `inputs`, and list what it records.

    With `absorbs`, 0·∞ is 0 for structural zeros, as in the eager engine's second pass.
    `captured` are inputs besides, also where f does not use them. `joins` says that what is alike is computed
    side by side, if f lets it; `likens`, that of large results an example will do, if f bears that.
    """
    again = partial(recorded_from, f, args, kwargs, inputs, captured=captured)
    trace = Trace(absorbs, joins, likens)
    trace.arguments = frozenset(x._birth for x in inputs)
    try:
        with np.errstate(all="ignore"), modes.tracing(trace, trace.origins.note):
            result = f(*args, **kwargs)
            trace.outputs = [x for x in leaves(result) if isinstance(x, Value)]
            outputs = tuple(trace.side_by_side(trace.outputs))
            trace.origins.told = CHECK
            watched = [] if absorbs else trace.check_since(trace.start, outputs)
    except Disjoined:
        return again(absorbs=absorbs, joins=False, likens=likens)
    except Exception:  # a matrix of equal entries, say, has no inverse
        if not trace.has_likened:
            raise
        return again(absorbs=absorbs, joins=joins, likens=False)
    if trace.is_spoilt and not absorbs:
        return again(absorbs=True, joins=joins, likens=likens)
    wanted = (*outputs, *watched)
    nodes = recorded_since(trace.start, wanted)
    known = set(captured)
    used = trace.captured(nodes, outputs, {x._birth for x in inputs})
    captured = (*captured, *[x for x in used if x not in known])
    names = names_of(trace.origins, nodes)
    listing, _ = listed(trace.origins, names, nodes, (*inputs, *captured), wanted)
    return Recording(listing, result, outputs, captured, bool(watched), trace)
