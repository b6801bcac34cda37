"""Tracing: f is called once on Values, and what the engine records becomes a listing.

Arguments become named Values. Leaves that f closes over are found in the recorded graph and become
inputs, too, read anew at each call. What f makes itself of plain numbers is constant.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...differentiation.structure import leaves, mapped
from ...ops.plain import FAMILIES, SHAPES
from ...values import modes
from ...values.data import Data, is_lazy
from ...values.operation import inputs_of, metadata_of
from ...values.value import Value, births, data_of
from ..columns.columns import Columns, Disjoined
from ..columns.computed import Computed
from ..listing import Line, Listing, Origin
from . import refusals
from .conditions import CONDITIONS
from .line_names import names_of
from .nan_check import total
from .origins import CHECK, Origins

OF_SHAPES = {name for family in FAMILIES if family.recorded == SHAPES for name in family.names}


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


class Trace:
    """What the engine asks while f runs; see `modes.Tracer`."""

    def __init__(self, absorbs: bool, joins: bool) -> None:
        self.absorbs = absorbs
        self._joins = joins
        self.origins = Origins(recorded_from.__code__)
        self.gradients: set[int] = set()
        """The births of those that passes gave."""
        self.is_spoilt = False
        """Whether a gradient holds nan that all calls would have."""
        self.arguments: frozenset[int] = frozenset()
        self.start = next(births)
        self._columns = Columns(self.start, self.is_constant, self._tell, self.gradients)

    def is_constant(self, value: Value) -> bool:
        """Whether a value was made of plain numbers while f ran, so that its data are known."""
        birth = value._birth
        return value._operation is None and birth > self.start and birth not in self.arguments

    # -- what the engine asks ------------------------------------------------------------------

    def node(self, node: Value) -> Value:
        """Note where each node comes from."""
        self.origins.note(node)
        return node

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
        if not self._joins:
            return [*outputs]
        try:
            return self._columns.of(outputs, targets)
        finally:
            self.origins.aside = None

    def _tell(self, kind: Computed) -> None:
        """Note what the columns that are recorded next are."""
        self.origins.aside = self.origins.of_columns(kind.members[0], kind.sizes)

    def pulling(self, node: Value, g: Any) -> None:
        """Note the node that a pass has come to."""
        self.origins.pulled = node, g

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
    told: Origin | None = None,
    joins: bool = True,
) -> Recording:
    """Call f on arguments made of `inputs`, and list what it records.

    With `absorbs`, 0·∞ is 0 for structural zeros, as in the eager engine's second pass.
    `captured` are inputs besides, also where f does not use them. `told` is the origin of all lines, in
    place of their own, and then no line has a name. `joins` says that what is alike is computed side by side,
    if f lets it.
    """
    trace = Trace(absorbs, joins)
    trace.origins.told = told
    trace.arguments = frozenset(x._birth for x in inputs)
    try:
        with np.errstate(all="ignore"), modes.tracing(trace, trace.node):
            result = f(*args, **kwargs)
            outputs = tuple(trace.side_by_side([x for x in leaves(result) if isinstance(x, Value)]))
            trace.origins.told = CHECK
            watched = (
                None if absorbs else total(trace.gradients, _recorded_since(trace.start, outputs), outputs)
            )
    except Disjoined:
        return recorded_from(f, args, kwargs, inputs, absorbs, captured, told, joins=False)
    if trace.is_spoilt and not absorbs:
        return recorded_from(f, args, kwargs, inputs, True, captured, told, joins)
    wanted = outputs if watched is None else (*outputs, watched)
    nodes = _recorded_since(trace.start, wanted)
    known = set(captured)
    captured = (*captured, *[x for x in _captured(trace, nodes, outputs) if x not in known])
    names = names_of(trace.origins, nodes) if told is None else {}
    listing = _listed(trace, names, nodes, (*inputs, *captured), wanted)
    return Recording(listing, result, outputs, captured, watched is not None)


# -- the listing -------------------------------------------------------------------------------


def _listed(
    trace: Trace,
    names: Mapping[int, str],
    nodes: Sequence[Value],
    inputs: Sequence[Value],
    outputs: Sequence[Value],
) -> Listing:
    """The recorded graph as lines."""
    book = _Book(names)
    for value in inputs:
        name = value.name or names.get(value._birth)
        book.enter(value, Line("input", _sized(value._data), name=name))
    for node in nodes:
        operation, operands = node._operation, inputs_of(node)
        places = tuple([book.place(x) for x in operands])
        name = book.name(node, trace.origins.differentiated.get(node._birth))
        origin = trace.origins.get(node)
        book.enter(
            node, Line("computed", _sized(node._data), operation, places, metadata_of(node), name, origin)
        )
    return Listing(book.lines, tuple(map(book.place, outputs)))


def _recorded_since(start: int, outputs: Sequence[Value]) -> list[Value]:
    """What the outputs were computed from while f ran, in order of birth."""
    found: dict[int, Value] = {}
    stack = list(outputs)
    while stack:
        value = stack.pop()
        if value._operation is not None and value._birth > start and value._birth not in found:
            found[value._birth] = value
            stack.extend([x for x in inputs_of(value) if isinstance(x, Value)])
    return [found[birth] for birth in sorted(found)]


def _captured(trace: Trace, nodes: Sequence[Value], outputs: Sequence[Value]) -> tuple[Value, ...]:
    """The Values that f closes over, in the order of their births."""
    own = trace.arguments.union([node._birth for node in nodes])
    used = [x for node in nodes for x in inputs_of(node) if isinstance(x, Value)]
    found = {x._birth: x for x in (*used, *outputs) if x._birth not in own and not trace.is_constant(x)}
    return tuple(found[birth] for birth in sorted(found))


class _Book:
    """The lines so far, and at which line each Value stands."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self.lines: list[Line] = []
        self._places: dict[int, int] = {}
        self._names = names

    def name(self, node: Value, of: Value | None) -> str | None:
        """The name of a node; a gradient is called ∂ and `of`."""
        if of is None or node.name:
            return self._names.get(node._birth, node.name)
        name = self.lines[self._places[of._birth]].name if of._birth in self._places else of.name
        return f"∂{name}" if name else None

    def enter(self, value: Value, line: Line) -> None:
        self._places[value._birth] = len(self.lines)
        self.lines.append(line)

    def place(self, x: Any) -> int:
        """The line of an operand; a constant is entered at its first use."""
        data = data_of(x)
        if is_lazy(data):
            raise TypeError(
                f"compile: f closes over a {type(data).__name__}; programs run on NumPy arrays alone"
            )
        if not isinstance(x, Value):
            self.lines.append(Line("constant", x))
            return len(self.lines) - 1
        if x._birth not in self._places:
            self.enter(x, Line("constant", x._data, name=x.name))
        return self._places[x._birth]


def _sized(data: Data) -> Data:
    """Shape and dtype of data, without the numbers where these are many."""
    if isinstance(data, tuple):
        return tuple(map(_sized, data))
    if isinstance(data, np.ndarray):
        return _zeros(data.shape, data.dtype)
    return data


@functools.lru_cache(maxsize=256)
def _zeros(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Data:
    """An array that takes no memory, and cannot be written into."""
    return np.broadcast_to(np.zeros((), dtype), shape)
