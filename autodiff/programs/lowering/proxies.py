"""A forward function, followed for the shapes and options that it meets, by running it on proxies.

A proxy stands for an operand whose shape and dtype are known and whose numbers are not. What a function does
with one, by operators and NumPy's protocols, becomes instructions: a call of NumPy each. All else runs as it
is, so that a test of a shape costs a program nothing, and programs need no second table of how operations
are computed. A function that looks at numbers, or at a shape that depends on them, fills what np.zeros made,
or takes many calls becomes one instruction.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ...differentiation.advice import library_of
from ...values.operation import Operation
from ...values.user_code import is_own
from ..spelling.reading import names_in, undecorated
from ..spelling.words import Words
from .calls import Calls, Options, UnwritableError, as_numpys, named_method
from .instructions import Instructions, Slot, example, is_array, is_known
from .shapes import SHAPED, SHAPED_METHODS, require_fixed_shape

FEW, EACH = 16, 4
"""Instructions in all, and per operand, above which a function stays one: a loop's text may be endless."""

QUESTIONS = (np.shape, np.ndim, np.size, np.result_type)
"""What asks for shapes and dtypes alone."""

FACTS = ("shape", "ndim", "dtype", "size")


def followed(
    operation: Operation,
    operands: Sequence[Any],
    options: dict[str, Any],
    instructions: Instructions,
    words: Words,
) -> Any:
    """What a forward function returns for slots and numbers: a slot, a tuple of such, or what is known."""
    function = operation.forward
    run = _Run(instructions, words, operands, operation.library)
    length, body = len(instructions.done), undecorated(function)
    is_ours = is_own(body.__code__)  # it asks for no type; a user's may, and would see the proxy's
    run.is_lost = not is_ours and "type" in names_in(body.__code__)
    with np.errstate(all="ignore"):
        try:
            result = None if run.is_lost else _bare(body(*map(run.proxy, operands), **options))
            run.is_lost |= len(instructions.done) - length > max(FEW, EACH * len(operands))
            if not run.is_lost and (is_ours or _agree(result, body(*map(example, operands), **options))):
                return result
        except Exception:  # whatever it stumbled over: the function itself ran when it was recorded
            pass
        instructions.undo(length)
        return Calls(instructions, words).called(function, operands, options)


def _agree(result: Any, expected: Any) -> bool:
    """Whether what was followed gives what the function does, for the examples."""
    if isinstance(expected, tuple):
        return len(result) == len(expected) and all(map(_agree, result, expected))
    found = example(result)
    return np.shape(found) == np.shape(expected) and np.allclose(found, expected, equal_nan=True)


class _Run(Calls):
    """One run of a function. It is lost where it looked at numbers (whatever came of that), or is long."""

    def __init__(
        self, instructions: Instructions, words: Words, operands: Sequence[Any], library: str | None
    ) -> None:
        super().__init__(instructions, words)
        self.operands = operands
        self.libraries = ("numpy", library)
        self.is_lost = False

    def proxy(self, x: Any) -> Any:
        """A proxy for a slot; else what it is."""
        return Proxy(self, x) if isinstance(x, Slot) else x

    def instruction(self, add: Callable[..., Slot], *arguments: Any) -> Any:
        """A proxy for the slot of an instruction."""
        try:
            return Proxy(self, add(*map(_bare, arguments)))
        except Exception:
            self.is_lost = True
            raise

    def called(self, f: Any, operands: Sequence[Any], options: Options) -> Slot:
        """A call whose result has one shape, whatever the numbers are; not one of a library that the
        operation can do without: it stays inside the function that knows what else to do.
        """
        if isinstance(f, np.ufunc) and library_of(f) not in self.libraries:
            raise UnwritableError
        is_ufunc = isinstance(getattr(f, "__self__", f), np.ufunc)  # or a method of one, as np.add.reduce
        if not is_ufunc and f not in SHAPED:
            require_fixed_shape(f, operands, options)
        return super().called(f, operands, options)

    def method(self, x: Slot, name: str, operands: Sequence[Any], options: Options) -> Slot:
        """The same of a method."""
        if name not in SHAPED_METHODS:
            require_fixed_shape(named_method(name), [x, *operands], options)
        return super().method(x, name, operands, options)

    def part(self, x: Slot, place: Any) -> Slot:
        """The same of an index."""
        if not is_known(place):
            require_fixed_shape(operator.getitem, [x, place], {})
        return super().part(x, place)

    def may_change(self, x: Slot) -> bool:
        """Whether the function itself has made an array."""
        given = map(example, self.operands)
        return is_array(x.example) and not any(np.may_share_memory(x.example, y) for y in given)


class Proxy(NDArrayOperatorsMixin):
    """Stands for a slot while a function runs, with the type of its example; a float is NumPy's."""

    __slots__ = ("run", "slot")

    def __init__(self, run: _Run, slot: Slot) -> None:
        self.run = run
        self.slot = slot

    def _type(self) -> type:
        return type(as_numpys(self.slot.example))

    __class__: Any = property(_type)  # what isinstance goes by

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        self.run.is_lost = True
        raise UnwritableError

    __bool__ = __int__ = __float__ = __index__ = __complex__ = __array__ = __contains__ = _refuse
    __repr__ = __str__ = __format__ = _refuse

    # -- calls ---------------------------------------------------------------------------------

    def __array_function__(self, function: Any, kinds: Any, inputs: Any, options: Any) -> Any:
        if function in QUESTIONS:
            return function(*map(example, _bare(inputs)))
        if "out" in options:
            self._refuse()
        return self.run.instruction(self.run.called, function, inputs, options)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        f = ufunc if method == "__call__" else getattr(ufunc, method)
        if method == "at":
            return self._changed(self.run.entries_changed, f, inputs)
        if method == "reduce" and "axis" in options:
            inputs += (options.pop("axis"),)  # NumPy gives it by name, however it was given
        (out,) = options.pop("out", (None,))
        if out is self and is_array(self.slot.example):  # as in x += y
            return self._changed(self.run.array_changed, f, inputs)
        if out is not None and out is not self:
            self._refuse()
        return self.run.instruction(self.run.called, f, inputs, options)

    def __pow__(self, exponent: Any) -> Any:
        return self.run.instruction(self.run.power, self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return self.run.instruction(self.run.power, base, self)

    # -- parts ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.slot.example)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, place: Any) -> Any:
        return self.run.instruction(self.run.part, self, place)

    def __setitem__(self, place: Any, new: Any) -> None:
        part = self.slot.example[place]
        if type(new) is Proxy and _are_one(part, new.slot.example):
            return  # x[place] += y has changed it, and Python lays it where it is
        self._changed(self.run.part_changed, place, new)

    def __getattr__(self, name: str) -> Any:
        """A shape or a dtype; x.T; a part of a named tuple; a method."""
        this = as_numpys(self.slot.example)
        found = getattr(this, name)
        if name in FACTS:
            return found
        if name in ("T", "mT") and is_array(this):
            return self.run.instruction(self.run.turned, self, name)
        if name in getattr(this, "_fields", ()):
            return self[this._fields.index(name)]
        if not callable(found):
            self._refuse()
        return lambda *inputs, **options: self.run.instruction(self.run.method, self, name, inputs, options)

    def _changed(self, change: Callable[..., Slot], *arguments: Any) -> Proxy:
        """The array after a statement."""
        if not self.run.may_change(self.slot):
            self._refuse()
        self.slot = self.run.instruction(change, self, *arguments).slot
        return self


def _are_one(x: Any, y: Any) -> bool:
    """Whether two examples are the same memory."""
    return is_array(x) and is_array(y) and bool(x.__array_interface__ == y.__array_interface__)


def _bare(x: Any) -> Any:
    """Slots in place of proxies."""
    if type(x) is Proxy:
        return x.slot
    if type(x) is dict:
        return {name: _bare(part) for name, part in x.items()}
    if type(x) is slice:
        return slice(*map(_bare, (x.start, x.stop, x.step)))
    if not isinstance(x, (tuple, list)):
        return x
    parts = tuple(map(_bare, x))
    return x if is_known(parts) else parts
