"""The words of a program: what it imports, its constants, and the functions that it brings along.

A function that NumPy does not have is copied from its source, with all that it uses. Where that cannot be
done, the program is given the object itself, and cannot be saved.
"""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ...values.operation import Operation
from ..runtime import ieee, running
from .copying import copied
from .identifiers import Identifiers, identifier
from .literals import UnwrittenError, literal
from .reading import definition, undecorated
from .single_calls import single_call

RESERVED = (
    "np", "special", "math", "inf", "nan", "memory", "base64", "tolist",
    *vars(builtins), *vars(ieee), *vars(running),
)  # fmt: skip
"""What stands for something else in the text of a program, or of a saved one."""


class Words:
    """Writes what is known as text, and remembers what the text needs."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.names = Identifiers([*RESERVED, *taken])
        self.from_math: dict[str, str] = {}
        """What is imported from math, and under which name."""
        self.imports: dict[str, str] = {}
        """Modules of other libraries by name, and the lines that import them."""
        self.constants: dict[str, str] = {}
        self.helpers: dict[str, str] = {}
        self.of_arrays: dict[str, str] = {}
        """For each function of numbers, NumPy's: it decides where the other fails."""
        self.bound: dict[str, Any] = {}
        self._known: dict[Any, str] = {}
        self._kept: list[Any] = []  # an id stands for one object as long as that lives

    def spelled(self, value: Any) -> str:
        """An option or a number as text; a name for what has none."""
        try:
            return self._noted(literal(value))
        except UnwrittenError:
            if type(value) is np.ndarray:
                return self.array(value, None)
            return self._binding(value, _called(value))

    def _noted(self, text: str) -> str:
        self.from_math.update({name: name for name in re.findall(r"\b(?:inf|nan)\b", text)})
        if text.startswith("special."):
            self.imports["special"] = "from scipy import special"
        return text

    def keep(self, texts: Iterable[str]) -> None:
        """Forget what is not named in the texts, nor in what these name."""
        waiting, named = list(texts), set[str]()
        while waiting:
            found = set(re.findall(r"\w+", waiting.pop())) - named
            named |= found
            waiting += [self.constants.get(name) or self.helpers.get(name, "") for name in found]
            waiting += [self.of_arrays[name] for name in found & self.of_arrays.keys()]
        for mine in (self.imports, self.constants, self.helpers, self.of_arrays, self.bound):
            for name in mine.keys() - named:
                del mine[name]
        self.from_math = {name: known for name, known in self.from_math.items() if known in named}

    # -- constants -----------------------------------------------------------------------------

    def array(self, value: Any, name: str | None) -> str:
        """The name of a constant array: written out, or given to the program as it is."""
        if id(value) not in self._known:
            wanted = self.names.take(identifier(name)) if name else self.names.number("c")
            self._remember(id(value), value, wanted)
            try:
                self.constants[wanted] = self._noted(literal(value))
            except UnwrittenError:
                self.bound[wanted] = value
        return self._known[id(value)]

    def number(self, value: float, dtype: np.dtype[Any]) -> str:
        """The name of a number as an array without axes, which NumPy need not convert at each call."""
        key = repr(value), dtype
        if key not in self._known:
            name = re.sub(r"\W", "_", repr(value).replace("-", "minus_").removesuffix(".0"))
            kind = "" if dtype == np.float64 else f", {literal(dtype)}"
            self._known[key] = self.names.take(f"_{name}")
            self.constants[self._known[key]] = f"np.array({self.spelled(value)}{kind})"
        return self._known[key]

    def prepared(self, text: str) -> str:
        """The name of what is computed from constants, once."""
        name = self.names.number("c")
        self.constants[name] = text
        return name

    # -- functions -----------------------------------------------------------------------------

    def scalar(self, operation: Operation) -> str:
        """The name of an operation's function of numbers."""
        scalar: Any = operation.scalar
        name = self._builtin(scalar) or self.helper(scalar, operation.name, numbers=True)
        if name not in self.of_arrays:
            self.of_arrays[name] = self._of_array(operation)
        return name

    def power(self) -> str:
        """The power of numbers that raises where `**` leaves the real ones."""
        name = self._imported("pow")
        self.of_arrays[name] = "np.power"
        return name

    def tolist(self) -> str:
        """The function that lists the entries of an array as numbers; `on_numbers` has another."""
        self.constants["tolist"] = "np.ndarray.tolist"
        return "tolist"

    def _imported(self, name: str) -> str:
        """What a function of math is called."""
        if name not in self.from_math:
            self.from_math[name] = self.names.take(name)
        return self.from_math[name]

    def _builtin(self, function: Any) -> str | None:
        """A function of Python itself, or of its module math, by name."""
        name = getattr(function, "__name__", "")
        if getattr(math, name, None) is function:
            return self._imported(name)
        return str(name) if getattr(builtins, name, None) is function else None

    def _of_array(self, operation: Operation) -> str:
        """A forward function by name: NumPy's own, where all it does is to call that."""
        forward = operation.forward
        call, operands = single_call(forward, len(operation.arguments)) or (None, [])
        if operands == [*range(len(operation.arguments))]:
            return self.spelled(call)
        return self.helper(forward, f"{forward.__name__.strip('_')}_of_array")

    def helper(self, function: Callable[..., Any], name: str | None = None, numbers: bool = False) -> str:
        """The name of a function that the program brings along."""
        function = undecorated(function)
        key = id(function), numbers
        if key not in self._known:
            wanted = self.names.take(identifier(name or _called(function)))
            self._remember(key, function, wanted)
            try:
                self.helpers[wanted] = self._copied(function, wanted, numbers)
            except UnwrittenError:
                self.bound[wanted] = _of_floats(function) if numbers else function
        return self._known[key]

    def _copied(self, function: Callable[..., Any], name: str, numbers: bool) -> str:
        found = definition(function)
        if found is None:
            raise UnwrittenError
        power = self.power if numbers else None
        Identifiers(found.local, module=self.names)  # what it names from outside is called otherwise
        return copied(found, name, lambda value: self._reference(value, numbers), power)

    def _reference(self, value: Any, numbers: bool = False) -> str:
        """How a copied function names something. Raises UnwrittenError where the program cannot have it."""
        try:
            return self._noted(literal(value))
        except UnwrittenError:
            name = self._builtin(value)
        if name is not None:
            return name
        if isinstance(value, type) or not callable(value):
            raise UnwrittenError
        return self.helper(value, numbers=numbers)

    def _binding(self, value: Any, name: str) -> str:
        if id(value) not in self._known:
            self._remember(id(value), value, self.names.take(identifier(name)))
            self.bound[self._known[id(value)]] = value
        return self._known[id(value)]

    def _remember(self, key: Any, value: Any, name: str) -> None:
        self._known[key] = name
        self._kept.append(value)


def _called(x: Any) -> str:
    """What an object is called, or what kind of object it is."""
    name = getattr(x, "__name__", None)
    return name.strip("_<>") if isinstance(name, str) else type(x).__name__.lower()


def _of_floats(function: Callable[..., Any]) -> Callable[..., float]:
    """A function of numbers without text, which fails where it gives no float: NumPy's decides there."""

    def apply(*inputs: float, **options: Any) -> float:
        result = function(*inputs, **options)
        if type(result) is not float:
            raise ValueError(f"{_called(function)} gave a {type(result).__name__}")
        return result

    return apply
