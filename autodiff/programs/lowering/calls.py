"""Calls of NumPy, and of functions that cannot be followed, as steps of a program."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, Protocol

import numpy as np

from ..spelling.precedence import ATOM
from ..spelling.reading import undecorated
from .meanings import Group, Known, Meaning, example
from .steps import Slot, Spelling, Steps

__all__ = ["Calls", "UnwritableError", "Vocabulary", "escaped", "index_text", "is_numpys"]


class UnwritableError(Exception):
    """A function cannot be followed: it loops, tests data, or has no source."""


class Vocabulary(Protocol):
    """How what is known is written."""

    def spelled(self, value: Any) -> str:
        """An option, a number, or a function of NumPy, as text."""

    def helper(self, function: Callable[..., Any]) -> str:
        """The name of a function that the program is to bring along."""

    def tolist(self) -> str:
        """The name of what lists the entries of an array as numbers."""


class Calls:
    """Adds calls to the steps of a program."""

    def __init__(self, steps: Steps, vocabulary: Vocabulary) -> None:
        self.steps = steps
        self.vocabulary = vocabulary

    def stepped(self, f: Any, operands: list[Meaning], options: dict[str, Meaning]) -> Slot:
        """A call as a step. Raises UnwritableError for what is neither NumPy's nor a function."""
        first = operands[0] if operands else None
        if f is np.where and len(operands) == 3 and not any(np.ndim(example(x)) for x in operands):
            return self.chosen(operands)
        if f is np.dot and isinstance(first, Slot) and isinstance(first.example, np.ndarray):
            return self.method(first, "dot", operands[1:], options)  # without the detour of a dispatch
        if is_numpys(f):
            name = self.vocabulary.spelled(f)
        elif isinstance(f, FunctionType):
            name = self.vocabulary.helper(f)
        else:
            raise UnwritableError
        result, takes_out, may_share = _tried(undecorated(f), operands, options)
        if isinstance(f, np.ufunc) and isinstance(result, np.ndarray) and result.dtype.kind == "f":
            operands = [self.in_numbers(x, result.dtype) for x in operands]
        slots: list[Slot] = []
        text = self.arguments(operands, options, slots)
        into = Spelling(f"{name}({text}, out={{out}})") if takes_out else None
        entrywise = isinstance(f, np.ufunc) and f.signature is None
        call, is_foreign = Spelling(f"{name}({text})"), not is_numpys(f)
        return self.steps.add(result, slots, call, into, entrywise, may_share=may_share or is_foreign)

    def method(self, x: Slot, name: str, operands: list[Meaning], options: dict[str, Meaning]) -> Slot:
        """A method of an operand; that of a float is that of NumPy's number."""
        if name == "tolist":
            return self.steps.add(x.example.tolist(), [x], Spelling(f"{self.vocabulary.tolist()}({{0}})"))
        is_float = type(x.example) is float
        owner = "np.float64({0})" if is_float else "{0}"
        slots = [x]
        text = f"{owner}.{name}({self.arguments(operands, options, slots)}"
        needs = (ATOM,) + (0,) * (len(slots) - 1)
        this = np.float64(x.example) if is_float else x.example
        result, takes_out, may_share = _tried(_called(name), [Known(this), *operands], options)
        comma = "" if text.endswith("(") else ", "
        into = Spelling(f"{text}{comma}out={{out}})", needs) if takes_out else None
        return self.steps.add(result, slots, Spelling(f"{text})", needs), into, may_share=may_share)

    def chosen(self, operands: list[Meaning]) -> Slot:
        """A choice between two numbers."""
        condition, x, y = operands
        slots: list[Slot] = []
        texts = [self.argument(part, slots) for part in (x, condition, y)]
        result = np.where(*map(example, operands))[()]
        choice, needs = "{} if {} else {}".format(*texts), (2,) * len(slots)
        if type(example(x)) is type(example(y)) is float:
            return self.steps.add(float(result), slots, Spelling(choice, needs, 1))
        kind = self.vocabulary.spelled(result.dtype)
        return self.steps.add(result, slots, Spelling(f"{kind}({choice})", needs))

    def in_numbers(self, x: Meaning, dtype: np.dtype[Any]) -> Meaning:
        """Truth values copied into numbers: a product with them takes longer than both."""
        if not (isinstance(x, Slot) and isinstance(x.example, np.ndarray) and x.example.dtype == bool):
            return x
        kind = self.vocabulary.spelled(dtype)
        copied = Spelling("np.copyto({out}, {0})", is_statement=True)
        return self.steps.add(
            x.example.astype(dtype), [x], Spelling(f"{{0}}.astype({kind})", (ATOM,)), copied
        )

    # -- arguments -----------------------------------------------------------------------------

    def arguments(self, operands: list[Meaning], options: dict[str, Meaning], slots: list[Slot]) -> str:
        """The template of what stands between the brackets of a call; its operands join the slots."""
        texts = [self.argument(x, slots) for x in operands]
        return ", ".join([*texts, *(f"{name}={self.argument(x, slots)}" for name, x in options.items())])

    def argument(self, x: Meaning, slots: list[Slot]) -> str:
        """One argument; a number is an operand, too, which NumPy would make an array of."""
        if isinstance(x, Group):
            parts = ", ".join(self.argument(part, slots) for part in x.parts)
            return f"({parts},)" if len(x.parts) == 1 else f"({parts})"
        if isinstance(x, Known):
            if type(x.value) is not float:
                return escaped(self.vocabulary.spelled(x.value))
            x = self.steps.constant(x.value)
        slots.append(x)
        return f"{{{len(slots) - 1}}}"


def is_numpys(f: Any) -> bool:
    """Whether a function is NumPy's."""
    if isinstance(f, np.ufunc) or isinstance(getattr(f, "__self__", None), np.ufunc):
        return True
    return str(getattr(f, "__module__", "")).split(".")[0] == "numpy"


def _tried(f: Any, operands: list[Meaning], options: dict[str, Meaning]) -> tuple[Any, bool, bool]:
    """The result for examples; whether it writes into given memory; whether it may share an operand's."""
    given, named = _examples(operands, options)
    result = f(*given, **named)
    if not isinstance(result, np.ndarray) or not result.ndim:
        return result, False, False
    memory = np.empty_like(result, order="C", subok=False)
    try:
        takes_out = "out" not in named and f(*given, **named, out=memory) is memory
    except (TypeError, ValueError):
        takes_out = False
    return result, takes_out, not takes_out and _is_view(f, operands, options)


def _called(name: str) -> Callable[..., Any]:
    """A method as a function of its object."""
    return lambda this, *given, **named: getattr(this, name)(*given, **named)


def _examples(operands: list[Meaning], options: dict[str, Meaning]) -> tuple[list[Any], dict[str, Any]]:
    return [example(x) for x in operands], {name: example(x) for name, x in options.items()}


def _is_view(f: Any, operands: list[Meaning], options: dict[str, Meaning]) -> bool:
    """Whether a call gives a view where operands are laid by rows, or by columns, as a caller's may be."""
    given, named = _examples(operands, options)
    for laid in (np.ascontiguousarray, np.asfortranarray):
        arrays = [laid(x) if type(x) is np.ndarray and x.ndim else x for x in given]
        result = f(*arrays, **named)
        if any(type(x) is np.ndarray and np.may_share_memory(result, x) for x in arrays):
            return True
    return False


def escaped(text: str) -> str:
    """Text in a template."""
    return text.replace("{", "{{").replace("}", "}}")


def index_text(place: Any, vocabulary: Vocabulary) -> str:
    """An index as template, as it is written between square brackets."""
    if isinstance(place, tuple) and place:
        text = ", ".join(index_text(part, vocabulary) for part in place)
        return f"{text}," if len(place) == 1 else text
    if isinstance(place, slice):
        ends = ["" if end is None else vocabulary.spelled(end) for end in (place.start, place.stop)]
        return ":".join(ends if place.step is None else [*ends, vocabulary.spelled(place.step)])
    return escaped(vocabulary.spelled(place))
