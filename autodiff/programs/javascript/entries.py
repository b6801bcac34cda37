"""Listings as listings of numbers: arrays entry by entry, operations without a spelling by their bodies.

What has a spelling is written for each entry. What moves and adds entries, as a matrix product does, is run
on arrays of cells, as NumPy runs it on any objects. Other bodies are recorded on Values.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from ...ops import arithmetic, reductions, selection
from ...ops.reduced_axes import axes_of, kept
from ...values.data import canonical
from ...values.operation import Operation
from ...values.value import Value
from ..listing import Line, Listing
from ..rewrites.draft import Draft
from ..rewrites.rewriting import RULES
from ..tracing.conditions import Condition
from ..tracing.trace import Recording, recorded_from
from .spellings import spelling_of

Entries: TypeAlias = Any
"""An array of objects: numbers, and a Cell for each that is computed. Several results are a tuple."""

DEEPEST = 8
"""Bodies within bodies."""

SPACE = 100_000
"""Lines of a draft, most of which may turn out to be idle."""


class TooLongError(Exception):
    """More lines than there is space for."""


FOLDS: dict[Any, Any] = {reductions.max: selection.larger, reductions.min: selection.smaller}
OF_NUMBERS: dict[Any, Operation] = {many.operation: two.operation for many, two in FOLDS.items()}
OF_MASKS: dict[str, Any] = {"any": arithmetic.add, "all": arithmetic.multiply}
"""Operations of two, by which others reduce entries; NumPy would have to know which is larger, or true."""


def _arithmetic(function: Any) -> tuple[Any, Any]:
    """Methods of cells that write an operation into their draft: of a cell, and swapped."""

    def method(cell: Cell, *others: Any) -> Cell:
        return applied(cell.draft, function.operation, [cell, *others], {})

    def swapped(cell: Cell, other: Any) -> Cell:
        return applied(cell.draft, function.operation, [other, cell], {})

    return method, swapped


class Cell:
    """The place of a number in a draft, with the arithmetic that NumPy asks of objects, and no other."""

    __slots__ = ("draft", "place")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, draft: Draft, place: int) -> None:
        self.draft, self.place = draft, place

    __add__, __radd__ = _arithmetic(arithmetic.add)
    __sub__, __rsub__ = _arithmetic(arithmetic.subtract)
    __mul__, __rmul__ = _arithmetic(arithmetic.multiply)
    __truediv__, __rtruediv__ = _arithmetic(arithmetic.divide)
    __neg__ = _arithmetic(arithmetic.negative)[0]

    def _refuse(self, *_: object) -> Any:
        raise TypeError("an entry is not known before the page computes it")

    __bool__ = __float__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse


def applied(draft: Draft, operation: Operation, operands: Sequence[Any], metadata: dict[str, Any]) -> Cell:
    """An operation on entries and numbers, written into a draft. Raises TooLongError for too many."""
    if len(draft.lines) > SPACE:
        raise TooLongError
    return Cell(draft, draft.apply(operation, [_place(draft, x) for x in operands], metadata))


def _place(draft: Draft, x: Any) -> int:
    return x.place if isinstance(x, Cell) else draft.constant(x if isinstance(x, bool) else float(x))


# -- listings ----------------------------------------------------------------------------------


def of_numbers(listing: Listing, what: str) -> Listing:
    """The same computation in single numbers, with operations that have a spelling; arrays in C order.

    Raises TypeError for an operation that has none, and a body of another kind, and TooLongError for far
    more operations than a page computes; `what` was called.
    """
    draft = Draft(RULES)
    given = [_inputs(draft, line) for line in listing.lines if line.kind == "input"]
    with np.errstate(all="ignore"):
        results = _written(draft, listing, given, what, DEEPEST)
    places = [_place(draft, x) for result in results for x in np.ravel(result)]
    return Listing(draft.lines, tuple(places))


def _inputs(draft: Draft, line: Line) -> Entries:
    """The entries of an input, each an input."""
    entries = np.empty(line.shape, object)
    if entries.size > SPACE:
        raise TooLongError
    for index in np.ndindex(line.shape):
        data = canonical(np.asarray(line.data)[index])
        name = line.name and _indexed(line.name, index)
        entries[index] = Cell(draft, draft.take(line._replace(data=data, name=name)))
    return entries


def _written(
    draft: Draft, listing: Listing, given: Sequence[Entries], what: str, depth: int
) -> list[Entries]:
    """The results of a listing, written into a draft; `given` are its inputs."""
    inputs, found = iter(given), list[Entries]()
    for line in listing.lines:
        draft.origin = line.origin
        if line.operation is None:
            found.append(next(inputs) if line.kind == "input" else _constant(line))
        else:
            found.append(_computed(draft, line, [found[i] for i in line.inputs], what, depth))
        _name(draft, found[-1], line)
    return [found[i] for i in listing.outputs]


def _constant(line: Line) -> Entries:
    return np.asarray(line.data, line.dtype).astype(object)


def _name(draft: Draft, entries: Entries, line: Line) -> None:
    """Give what a line computes its name, with the index of each entry."""
    if not line.name or isinstance(entries, tuple):
        return
    for index, x in np.ndenumerate(entries):
        if isinstance(x, Cell):
            draft.adopt(x.place, line._replace(name=_indexed(line.name, index)))


def _indexed(name: str, index: tuple[int, ...]) -> str:
    return f"{name}{list(index)}" if index else name


def _computed(draft: Draft, line: Line, operands: list[Entries], what: str, depth: int) -> Entries:
    """The entries of a line, in the first way that works."""
    operation: Any = line.operation
    if spelling_of(operation):
        function = np.frompyfunc(lambda *xs: applied(draft, operation, xs, line.metadata), len(operands), 1)
        return np.asarray(function(*operands), object)
    found = None if operation.elementwise else _moved(draft, line, operands)
    if found is not None:
        return found
    recording = _recorded(line, operands) if depth else None
    if recording is None:
        raise unspelled(operation, what)
    variables = [x for x in operands if not _is_known(x)]
    return _written(draft, recording.listing, variables, what, depth - 1)[0]


# -- arrays of entries -------------------------------------------------------------------------


def _moved(draft: Draft, line: Line, operands: list[Entries]) -> Entries | None:
    """What an operation makes of arrays of objects; None where it asks more of them than arithmetic."""
    operation: Any = line.operation
    if line.dtype.kind == "f":
        operands = [_counted(draft, x) for x in operands]
    try:
        fold = _fold(draft, operation, operands[0])
        if fold is not None:
            return _folded(draft, operands[0], fold, **line.metadata)
        result = operation.forward(*operands, **line.metadata)
    except Exception as error:  # of whatever kind: it was not written for objects
        if len(draft.lines) > SPACE:  # which NumPy may have made another error of
            raise TooLongError from error
        return None
    if isinstance(line.data, tuple):
        return tuple(np.asarray(x, object) for x in result)
    entries = np.asarray(result, object)
    return entries if entries.shape == line.shape else None


def _counted(draft: Draft, entries: Entries) -> Entries:
    """Truth values as numbers, where they are added."""

    def number(x: Any) -> Any:
        if not _is_mask(draft, x):
            return x
        return Cell(draft, draft.add(selection.where, x.place, draft.constant(1.0), draft.constant(0.0)))

    if isinstance(entries, tuple):
        return entries
    return np.asarray(np.frompyfunc(number, 1, 1)(entries), object)


def _is_mask(draft: Draft, x: Any) -> bool:
    return isinstance(x, Cell) and draft.lines[x.place].dtype.kind == "b"


def _fold(draft: Draft, operation: Operation, entries: Entries) -> Operation | None:
    """What an operation does with two entries at a time, if that is how it reduces them."""
    if not isinstance(operation, Condition):
        return OF_NUMBERS.get(operation)
    masks = all(isinstance(x, bool) or _is_mask(draft, x) for x in np.ravel(entries))
    return OF_MASKS[operation.name].operation if masks and operation.name in OF_MASKS else None


def _folded(draft: Draft, x: Entries, operation: Operation, axis: Any, keepdims: bool) -> Entries:
    """Entries along axes, reduced by an operation of two."""
    axes = axes_of(x.shape, axis)
    others = [i for i in range(x.ndim) if i not in axes]
    rows = np.transpose(x, [*others, *axes]).reshape(*[x.shape[i] for i in others], -1)
    result = np.empty(rows.shape[:-1], object)
    for index in np.ndindex(result.shape):
        result[index] = reduce(lambda a, b: applied(draft, operation, [a, b], {}), rows[index])
    return result.reshape(kept(x.shape, axis)) if keepdims else result


# -- bodies ------------------------------------------------------------------------------------


def _recorded(line: Line, operands: Sequence[Entries]) -> Recording | None:
    """The body of a line, on operands of which only constants are known; None if it cannot be recorded."""
    operation: Any = line.operation
    try:
        given = [_stand_in(x) for x in operands]
        variables = [x for x in given if isinstance(x, Value)]
        found = recorded_from(operation.forward, given, line.metadata, variables, absorbs=True)
    except Exception:  # of whatever kind: it was not written for Values
        return None
    if operation in [x.operation for x in found.listing.lines] or len(found.outputs) != 1:
        return None
    return found


def _is_known(entries: Entries) -> bool:
    return not any(isinstance(x, Cell) for x in np.ravel(entries))


def _stand_in(entries: Entries) -> Any:
    """Constants as they are; a Value of the same shape for others."""
    if _is_known(entries):
        known = np.asarray(entries.tolist()).reshape(entries.shape)
        return known if known.shape else known.item()
    return Value(np.ones(entries.shape))


def unspelled(operation: Any, what: str) -> TypeError:
    """The error for an operation that JavaScript has no spelling for."""
    return TypeError(
        f"{what}: {operation.name} cannot be written as JavaScript, in which the page computes; take an "
        "expression without it"
    )
