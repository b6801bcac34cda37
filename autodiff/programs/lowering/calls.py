"""Calls of NumPy, and of functions that cannot be followed, as instructions of a program.

Arguments are slots, what is known, and tuples of such.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from ..examples import blank, blank_like, is_large, one_entry
from ..spelling.precedence import ATOM, BY_UFUNC, POWER, Operator
from ..spelling.reading import undecorated
from ..spelling.words import Words
from .instructions import Instructions, Slot, Spelling, example, is_array, is_known

POWERS = {2.0: np.square, 0.5: np.sqrt, -1.0: np.reciprocal}
"""What NumPy's operator ** calls for these exponents."""

METHODS = (np.reshape, np.swapaxes, np.transpose)
"""What arrays have as methods, which take half of the time."""

MOVES = frozenset(f.__name__ for f in METHODS)

Options = dict[str, Any]


class UnwritableError(Exception):
    """A function cannot be followed: it asks for numbers, or for memory."""


class Calls:
    """Adds calls to the instructions of a program; each method gives the slot of the result."""

    def __init__(self, instructions: Instructions, words: Words) -> None:
        self.instructions = instructions
        self.words = words

    def called(self, f: Any, operands: Sequence[Any], options: Options) -> Slot:
        """A call of a function. Raises UnwritableError for what is neither NumPy's nor a function."""
        sign = BY_UFUNC.get(f.__name__) if isinstance(f, np.ufunc) else None
        if sign and sign.precedence != POWER and _are_numpys(operands) and not options:
            return self.operated(sign, operands)
        if f is np.where and len(operands) == 3 and _are_numbers(operands):
            return self.chosen(*operands)
        if _is_dot(f, operands):
            return self.method(operands[0], "dot", operands[1:], options)  # without the detour of a dispatch
        if f in METHODS and isinstance(operands[0], Slot) and is_array(operands[0].example):
            return self.method(operands[0], f.__name__, operands[1:], options)
        if f is np.stack and _are_numbers(operands[0]):
            f, operands, options = np.array, operands[:1], {}
        if f is np.zeros_like and is_known(options):
            zeros = f(*map(example, operands), **options)
            return self.instructions.add(zeros, [], Spelling(escaped(self.words.spelled(zeros))))
        is_foreign = not _is_numpys(f)
        if is_foreign and not isinstance(f, FunctionType):
            raise UnwritableError
        name = self.words.helper(f) if is_foreign else self.words.spelled(f)
        result, takes_out, may_share = _tried(undecorated(f), operands, options)
        result = as_numpys(result)  # also of a copy, which calls NumPy where the function calls operations
        if isinstance(f, np.ufunc) and isinstance(result, np.ndarray) and result.dtype.kind == "f":
            operands = [self.in_numbers(x, result.dtype) for x in operands]
        slots: list[Slot] = []
        text = self.arguments(operands, options, slots)
        into = Spelling(f"{name}({text}, out={{out}})") if takes_out else None
        entrywise = isinstance(f, np.ufunc) and f.signature is None
        call = Spelling(f"{name}({text})")
        return self.instructions.add(
            result, slots, call, into, entrywise=entrywise, may_share=may_share or is_foreign
        )

    def method(self, x: Slot, name: str, operands: Sequence[Any], options: Options) -> Slot:
        """A method of an operand; that of a float is that of NumPy's number."""
        if name == "tolist":
            return self.instructions.add(x.example.tolist(), [x], Spelling(f"{self.words.tolist()}({{0}})"))
        is_float = type(x.example) is float
        owner = "np.float64({0})" if is_float else "{0}"
        slots = [x]
        text = f"{owner}.{name}({self.arguments(operands, options, slots)}"
        needs = (ATOM,) + (0,) * (len(slots) - 1)
        given = [as_numpys(x.example), *operands]
        result, takes_out, may_share = _product(name, given) or _tried(named_method(name), given, options)
        comma = "" if text.endswith("(") else ", "
        into = Spelling(f"{text}{comma}out={{out}})", needs) if takes_out else None
        moves = name in MOVES and len(slots) == 1 and np.may_share_memory(result, x.example)
        return self.instructions.add(
            result, slots, Spelling(f"{text})", needs), into, moves=moves, may_share=may_share
        )

    def chosen(self, condition: Any, x: Any, y: Any) -> Slot:
        """A choice between two numbers."""
        slots: list[Slot] = []
        texts = [self.argument(part, slots) for part in (x, condition, y)]
        result = np.where(*map(example, (condition, x, y)))[()]
        choice, needs = "{} if {} else {}".format(*texts), (2,) * len(slots)
        if type(example(x)) is type(example(y)) is float:
            return self.instructions.add(float(result), slots, Spelling(choice, needs, 1))
        kind = self.words.spelled(result.dtype)
        return self.instructions.add(result, slots, Spelling(f"{kind}({choice})", needs))

    def power(self, x: Any, y: Any) -> Slot:
        """x**y as NumPy's operator has it, which np.power differs from at −∞."""
        if _are_numpys((x, y)):
            return self.operated(BY_UFUNC["power"], (x, y))
        if type(y) in (int, float) and y in POWERS and not _are_numbers((x,)):
            return self.called(POWERS[y], [x], {})
        return self.called(np.power, [x, y], {})

    def operated(self, sign: Operator, operands: Sequence[Any]) -> Slot:
        """An operator between NumPy's numbers, in a fraction of the time of the function."""
        slots: list[Slot] = []
        texts = [self.argument(x, slots) for x in operands]
        f = getattr(np, sign.ufunc)
        result = f(*map(example, operands))
        return self.instructions.add(
            result, slots, Spelling(sign.template.format(*texts), sign.needs, sign.precedence)
        )

    def in_numbers(self, x: Any, dtype: np.dtype[Any]) -> Any:
        """Truth values copied into numbers: a product with them takes longer than both."""
        if not (isinstance(x, Slot) and isinstance(x.example, np.ndarray) and x.example.dtype == bool):
            return x
        cast = Spelling(f"{{0}}.astype({self.words.spelled(dtype)})", (ATOM,))
        copied = Spelling("np.copyto({out}, {0})", is_statement=True)
        return self.instructions.add(x.example.astype(dtype), [x], cast, copied)

    # -- parts ---------------------------------------------------------------------------------

    def part(self, x: Slot, place: Any) -> Slot:
        """An entry of a tuple, or those of an array at an index."""
        entries = x.example[example(place)]
        arrays = isinstance(entries, np.ndarray) and isinstance(x.example, np.ndarray)
        view = arrays and np.may_share_memory(entries, x.example)
        slots = [x]
        text = f"{{0}}[{self.index(place, slots)}]"
        return self.instructions.add(entries, slots, Spelling(text, (ATOM,) * len(slots)), view=view)

    def turned(self, x: Slot, name: str) -> Slot:
        """x.T, or x.mT."""
        return self.instructions.add(
            getattr(x.example, name), [x], Spelling(f"{{0}}.{name}", (ATOM,)), view=True
        )

    def part_changed(self, x: Slot, place: Any, new: Any) -> Slot:
        """x after x[place] = new."""
        slots = [x]
        text = f"{{0}}[{self.index(place, slots)}] = {self.argument(new, slots)}"
        return self._changed(operator.setitem, (place, new), text, slots)

    def array_changed(self, x: Slot, ufunc: np.ufunc, inputs: Sequence[Any]) -> Slot:
        """x after x += y, and the like."""
        slots = [x]
        text = f"{{0}} {BY_UFUNC[ufunc.__name__].symbol}= {self.argument(inputs[1], slots)}"
        return self._changed(lambda this, y: ufunc(this, y, out=this), inputs[1:], text, slots)

    def entries_changed(self, x: Slot, at: Any, inputs: Sequence[Any]) -> Slot:
        """x after np.add.at(x, place, …)."""
        slots = [x]
        text = f"{self.words.spelled(at)}({{0}}, {self.arguments(inputs[1:], {}, slots)})"
        return self._changed(at, inputs[1:], text, slots)

    def _changed(self, change: Callable[..., Any], inputs: Sequence[Any], text: str, slots: Any) -> Slot:
        """An array after a statement, which its example undergoes, too."""
        change(slots[0].example, *map(example, inputs))
        return self.instructions.add(slots[0].example, slots, Spelling(text), is_statement=True)

    # -- arguments -----------------------------------------------------------------------------

    def arguments(self, operands: Sequence[Any], options: Options, slots: list[Slot]) -> str:
        """The template of what stands between the brackets of a call; its operands join the slots."""
        texts = [self.argument(x, slots) for x in operands]
        return ", ".join([*texts, *(f"{name}={self.argument(x, slots)}" for name, x in options.items())])

    def argument(self, x: Any, slots: list[Slot]) -> str:
        """One argument; a number is an operand, too, which NumPy would make an array of."""
        if not is_known(x) and isinstance(x, tuple):
            parts = ", ".join(self.argument(part, slots) for part in x)
            return f"({parts},)" if len(x) == 1 else f"({parts})"
        if type(x) is float:
            x = self.instructions.constant(x)
        if not isinstance(x, Slot):
            return escaped(self.words.spelled(x))
        slots.append(x)
        return f"{{{len(slots) - 1}}}"

    def index(self, place: Any, slots: list[Slot]) -> str:
        """An index as template, as it is written between square brackets."""
        if isinstance(place, tuple) and place:
            text = ", ".join(self.index(part, slots) for part in place)
            return f"{text}," if len(place) == 1 else text
        if isinstance(place, slice):
            ends = ["" if end is None else self.argument(end, slots) for end in (place.start, place.stop)]
            return ":".join(ends if place.step is None else [*ends, self.argument(place.step, slots)])
        return self.argument(place, slots)


def _is_dot(f: Any, operands: Sequence[Any]) -> bool:
    """Whether a product is that of `dot`, which takes one entry for a number, and 0·∞ for 0."""
    if f is np.matmul:
        return all(isinstance(x, Slot) and x.example.ndim == 2 and x.example.size > 1 for x in operands)
    return f is np.dot and isinstance(operands[0], Slot) and is_array(operands[0].example)


def as_numpys(x: Any) -> Any:
    """A float as NumPy's number."""
    return np.float64(x) if type(x) is float else x


def _are_numbers(operands: Sequence[Any]) -> bool:
    return not any(np.ndim(example(x)) for x in operands)


def _are_numpys(operands: Sequence[Any]) -> bool:
    """Whether all are numbers, one at least of NumPy's types, which an operator goes by."""
    return (
        all(isinstance(x, (Slot, float)) for x in operands)
        and _are_numbers(operands)
        and any(isinstance(example(x), np.generic) for x in operands)
    )


def _is_numpys(f: Any) -> bool:
    """Whether a function is NumPy's."""
    if isinstance(f, np.ufunc) or isinstance(getattr(f, "__self__", None), np.ufunc):
        return True
    return str(getattr(f, "__module__", "")).split(".")[0] == "numpy"


@np.errstate(all="ignore")
def _tried(f: Any, operands: Sequence[Any], options: Options) -> tuple[Any, bool, bool]:
    """The result for examples; whether it writes into given memory; whether it may share an operand's."""
    given, named = example(tuple(operands)), {name: example(x) for name, x in options.items()}
    if isinstance(f, np.ufunc) and f.signature is None and not named and any(map(is_large, given)):
        like = one_entry(f, given)
        return blank_like(_laid_out_for(given, like.dtype)), True, False
    if f is np.vdot:  # a number, of which that of the first entries is an example
        given = tuple([x[(slice(1),) * np.ndim(x)] for x in given])
    result = f(*given, **named)
    if result is None:
        raise UnwritableError
    if not isinstance(result, np.ndarray) or not result.ndim:
        return result, False, False
    memory = np.empty_like(result, order="C", subok=False)
    try:
        takes_out = "out" not in named and f(*given, **named, out=memory) is memory
    except (TypeError, ValueError):
        takes_out = False
    return result, takes_out, not takes_out and _is_view(f, given, named)


def _laid_out_for(operands: Sequence[Any], dtype: np.dtype[Any]) -> Any:
    """Memory as NumPy lays out what it computes entry by entry: in the order of the operands."""
    ways: list[Any] = [["readonly"]] * len(operands) + [["writeonly", "allocate"]]
    return np.nditer((*operands, None), ["zerosize_ok"], ways, [None] * len(operands) + [dtype]).operands[-1]


def _product(name: str, operands: Sequence[Any]) -> tuple[Any, bool, bool] | None:
    """What is known of a product with a matrix without computing it, which takes long; None of others."""
    x, *others = map(example, operands)
    if name != "dot" or len(others) != 1 or not (is_array(x) and is_array(others[0])):
        return None
    (y,) = others
    if not {x.ndim, y.ndim} <= {1, 2} or x.ndim == y.ndim == 1 or x.dtype != y.dtype:
        return None
    return blank((*x.shape[:-1], *y.shape[1:]), x.dtype), True, False


def named_method(name: str) -> Callable[..., Any]:
    """A method as a function of its object."""
    return lambda this, *given, **named: getattr(this, name)(*given, **named)


def _is_view(f: Any, given: Sequence[Any], named: Options) -> bool:
    """Whether a call gives a view where operands are laid by rows, or by columns, as a caller's may be."""
    for laid in (np.ascontiguousarray, np.asfortranarray):
        arrays = [laid(x) if type(x) is np.ndarray and x.ndim else x for x in given]
        result = f(*arrays, **named)
        if any(type(x) is np.ndarray and np.may_share_memory(result, x) for x in arrays):
            return True
    return False


def escaped(text: str) -> str:
    """Text in a template."""
    return text.replace("{", "{{").replace("}", "}}")
