"""Operation: the forward computation, its derivatives, its arguments, and its errors."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from . import modes
from .data import Data, Operand, as_data, beyond, canonical, compact, shape_of
from .keeping import Metadata
from .lazy import lazily
from .traits import Traits
from .value import Value, holds_values
from .written_form import check_formula, check_typeset

Rule: TypeAlias = Callable[..., Any] | float | None

ONE, ZERO = 1.0, 0.0
"""The partial derivatives that are 1, where the gradient passes unchanged, or 0, for all arguments."""

FLOATS = frozenset({float})

USUAL = frozenset({float, np.ndarray, np.float64, np.float32})
"""Types of data that are never lazy."""


UNCHANGING = frozenset({bool, int, float, str, type(None)})
"""Types of options that nobody can change later."""


def first_operand(z: Any, x: Any, y: Any) -> Any:
    """The partial derivative that is the first operand itself: known by its name, it need not be called."""
    return x


def second_operand(z: Any, x: Any, y: Any) -> Any:
    """The partial derivative that is the second operand itself."""
    return y


BROADCASTS = "sizes must agree from the last axis on, or be 1; reshape or transpose one of them?"

ERRORS = (ValueError, IndexError, TypeError, OverflowError)
"""What a forward computation raises for arguments that do not fit."""

TAKES_MANY = 0x04  # the code flag of a function with a *parameter


class Operation(Traits):
    """What a node remembers of the operation that made it, its traits among it.

    `rules` holds one derivative for each data argument: a function; a number, where the partial
    derivative is constant; or None, where there is none. `arity` is 2 for an operation of two operands
    without metadata, and 1 for an elementwise one of one; it is 0 for all others, and where a slope is
    0 or missing. It says where a node keeps its inputs. `usual` is the number of arguments of a call that
    leaves all metadata out.
    `masked(g, mask, y, *data)` is a rule that knows structural zeros itself, as that of a whole program.
    `together(g, y, *data)` does what the rules have in common, and returns one function per argument.
    `keeping(*data)` is `forward` where a gradient may be asked for: output, and what rules take as `kept`.
    """

    array: Callable[[Operand], Operand]
    """Makes a list that has Values in it one Value; `differentiation.operators` attaches it."""

    def __init__(
        self,
        forward: Callable[..., Data],
        rules: dict[str, Rule],
        *,
        elementwise: bool,
        scalar: Callable[..., float] | None = None,
        masked: Rule = None,
        together: Callable[..., Any] | None = None,
        keeping: Callable[..., tuple[Data, Any]] | None = None,
        **traits: Any,
    ) -> None:
        super().__init__(**traits)
        code = getattr(forward, "__code__", None)
        if code is None:
            raise TypeError(f"decorate a function written in Python, got {forward!r}; wrap it in a def")
        self.name = forward.__name__.strip("_")
        self.symbol = self.symbol or self.name
        self.forward = forward
        self.scalar = scalar or partial(ieee, forward)
        self.elementwise = elementwise
        self.entrywise = self.entrywise or elementwise
        self.masked = masked
        self.together = together
        self.keeping = keeping
        named = code.co_argcount + code.co_kwonlyargcount
        self.many = bool(code.co_flags & TAKES_MANY)
        self.arguments = code.co_varnames[: code.co_posonlyargcount]
        if self.many:
            self.arguments += (code.co_varnames[named],)
        self.metadata = code.co_varnames[code.co_posonlyargcount : named]
        self.defaults = defaults_of(forward)
        if together is not None:
            rules = {f"d{name}": partial(_alone, together, i) for i, name in enumerate(self.arguments)}
        self.rules = self._checked(rules)
        self._check_written_form()
        optional = not self.many and len(self.defaults) == len(self.metadata)
        self.usual = len(self.arguments) if optional else None
        sloped = not (None in self.rules or 0.0 in self.rules)
        plain = not (self.many or self.metadata or keeping) and sloped
        count = len(self.arguments)
        self.arity = count if plain and (count == 2 or (elementwise and count == 1)) else 0
        if elementwise and self.arity == 2:
            self.rules = tuple(map(_operand, self.rules))
            self.linear = self.linear or self.rules == (second_operand, first_operand)

    def _checked(self, rules: dict[str, Rule]) -> tuple[Any, ...]:
        """The rules in the order of the arguments, each of which must have one."""
        if not self.arguments:
            raise TypeError(f"{self.name}: put the data arguments before the /, as in def {self.name}(x, /)")
        expected = [f"d{name}" for name in self.arguments]
        if sorted(rules) != sorted(expected):
            raise TypeError(
                f"{self.name}: one rule per argument is needed, {', '.join(expected)} "
                f"(None where there is no derivative); got {', '.join(rules) or 'none'}"
            )
        leading = ["y"] if self.elementwise else ["g", "y"]
        takes = [*leading, *self.arguments, *(["i"] if self.many else []), *self.metadata]
        takes += ["kept"] if self.keeping else []
        for name, rule in rules.items():
            if not self.elementwise and isinstance(rule, numbers.Real) and rule != 0.0:
                raise TypeError(
                    f"{self.name}: the rule {name} must take ({', '.join(takes)}) and return a gradient, got "
                    f"{rule!r}; a partial derivative that is constant is a rule of @elementwise"
                )
            code = getattr(rule, "__code__", None)
            if code and not code.co_flags & TAKES_MANY and code.co_argcount != len(takes):
                raise TypeError(f"{self.name}: the rule {name} must take ({', '.join(takes)})")
        return tuple(_constant(rules[name]) for name in expected)

    def _check_written_form(self) -> None:
        """Hold `formula` and `typeset` to the parameters."""
        if self.formula is not None:
            check_formula(self.formula, (*self.arguments, *self.metadata), self.forward)
        if self.typeset is not None:
            least = max(len(self.arguments) - self.many, 1)
            check_typeset(self.typeset, least, self.metadata, self.forward)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def bind(self, given: Sequence[Any], named: dict[str, Any]) -> tuple[Sequence[Any], dict[str, Any]]:
        """Separate data from metadata, and fill in the defaults. Raises TypeError as a call would."""
        if len(given) == self.usual and not named:
            return given, self.defaults
        n = len(given) if self.many else len(self.arguments)
        inputs, by_position = given[:n], given[n:]
        if len(inputs) < len(self.arguments) - self.many or len(by_position) > len(self.metadata):
            takes = ", ".join((*self.arguments, *self.metadata))
            raise TypeError(f"{self.name}: takes ({takes}), got {len(given)} arguments")
        chosen = {**dict(zip(self.metadata, by_position, strict=False)), **named}
        metadata = {**self.defaults, **chosen}
        for name, value in chosen.items():
            if type(value) not in UNCHANGING:
                metadata[name] = self._option(name, value)
        if metadata.keys() != set(self.metadata):
            self._misnamed(metadata)
        if len(chosen) < len(by_position) + len(named):
            twice = ", ".join(name for name in self.metadata[: len(by_position)] if name in named)
            raise TypeError(f"{self.name}: {twice} was given twice, by position and by name")
        return inputs, metadata

    def _option(self, name: str, value: Any) -> Any:
        """Metadata as a node keeps it. Raises TypeError for a Value."""
        if type(value) is Value:
            raise TypeError(f"{self.name}: the option {name!r} {not_an_option()}")
        return _frozen(value)

    def of_floats(self, *inputs: Any, **metadata: Any) -> Data:
        """An elementwise operation on floats: its scalar form, else its body by NumPy."""
        try:  # Python raises, or turns complex, where NumPy gives ∞ or nan
            result = self.scalar(*inputs, **metadata)
        except (ArithmeticError, ValueError):
            result = None
        return result if type(result) is float else ieee(self.forward, *inputs, **metadata)

    def computed(self, data: Sequence[Data], inputs: Sequence[Operand], metadata: dict[str, Any]) -> Data:
        """The forward computation; its errors are told with the names of the inputs."""
        if self.elementwise and FLOATS.issuperset(map(type, data)):
            return self.of_floats(*data, **metadata)
        return self.evaluated(self.forward, data, inputs, metadata)

    def evaluated(self, forward: Any, data: Sequence[Data], inputs: Sequence[Operand], metadata: Any) -> Data:
        """`forward` or `keeping` of data, lazy where these are."""
        if not USUAL.issuperset(map(type, data)):
            forward = partial(lazily, forward)
        try:
            return canonical(forward(*data, **metadata))
        except ERRORS as error:
            raise self.failed(error, inputs, metadata) from error

    def operand(self, x: Operand, copy: bool = True, masks: bool = True) -> Operand:
        """A plain operand as data; boolean arrays stay, as masks. Errors name the operation.

        A list that has Values in it becomes one Value, here alone: operations need not know of such lists.
        """
        kind = type(x)
        try:
            if kind is int:  # as in 2*x: half the time of as_data
                return float(x)
            if (kind is list or kind is tuple) and holds_values(x):
                return self.array(x)
            if kind is np.ndarray and x.ndim and not x.strides[0] and (entry := compact(x)) is not x:
                return np.broadcast_to(as_data(entry, copy=copy, masks=masks), x.shape)
            return as_data(x, copy=copy, masks=masks)
        except OverflowError:
            raise beyond(f"{self.name}: data") from None
        except (TypeError, ValueError) as error:
            raise type(error)(f"{self.name}: {error}") from None

    def _misnamed(self, metadata: dict[str, Any]) -> None:
        for name in metadata:
            if name not in self.metadata:
                takes = ", ".join(self.metadata) or "none"
                raise TypeError(f"{self.name}: no option {name!r}; its options: {takes}")
        missing = ", ".join(name for name in self.metadata if name not in metadata)
        raise TypeError(f"{self.name}: missing {missing}")

    def failed(
        self, error: Exception, inputs: Sequence[Any], metadata: dict[str, Any] | None = None
    ) -> Exception:
        """The error of a forward computation, told with operation, shapes and names."""
        remedy = BROADCASTS if self.elementwise else self.remedy
        if isinstance(error, OverflowError):
            remedy = None
            large = [name for name, option in (metadata or {}).items() if _exceeds(option)]
            error = ValueError(f"{' and '.join(large) or 'an option'} must be within 64 bits")
        shapes = f" {self.symbol} ".join(str(x.shape if type(x) is Value else shape_of(x)) for x in inputs)
        names = " and ".join(repr(x.name) for x in inputs if type(x) is Value and x.name)
        reason = str(error).removeprefix(f"{self.name}: ")
        told = f"{self.name}: got {shapes}{' for ' + names if names else ''}: {reason}"
        # NumPy's kinds of TypeError take other arguments than a text.
        kind = TypeError if isinstance(error, TypeError) else type(error)
        return kind(f"{told}; {remedy}" if remedy and isinstance(error, ValueError) else told)


def inputs_of(node: Value) -> tuple[Any, ...]:
    """What a recorded node was computed from: Values, and raw data as they were, in order; () for a leaf.

    >>> from autodiff import Value
    >>> x = Value(3.0, "x")
    >>> (x * 2.0).inputs
    (Value(3.0, name='x'), 2.0)
    """
    operation = node._operation
    if operation is None:
        return ()
    if operation.arity == 0:
        return tuple(node._x)
    return (node._x,) if operation.arity == 1 else (node._x, node._y)


def metadata_of(node: Value) -> dict[str, Any]:
    """The options of a recorded node, by name; what it keeps for its rules is its own."""
    operation = node._operation
    metadata: dict[str, Any] = {} if operation is None or operation.arity else node._y
    return dict(metadata) if type(metadata) is Metadata else metadata


def not_an_option() -> str:
    """Why a Value is no index and no setting, and what to give."""
    if modes.tracer() is None:
        return "is not differentiated; pass value.data or .item()"
    return (
        "must be known when a program is recorded: in place of a mask use where(condition, x, 0.0); an "
        "argument that is an index or a setting is declared: compile(f, static=['name'])"
    )


def _alone(together: Callable[..., Any], i: int, *given: Any, **metadata: Any) -> Any:
    """The rule for operand i of those that are computed together."""
    return together(*given, **metadata)[i]()


def _constant(rule: Rule) -> Any:
    """A rule that is a number as a float, 1 as ONE, 0 as ZERO."""
    if not isinstance(rule, numbers.Real):
        return rule
    return {1.0: ONE, 0.0: ZERO}.get(rule, float(rule))


def _operand(rule: Rule) -> Rule:
    """A rule of (z, x, y) that only returns an operand, found by calling it, so that a pass need not."""
    z, x, y = object(), object(), object()
    try:
        result = rule(z, x, y) if callable(rule) else None
    except Exception:  # it computes, and cannot with such operands
        return rule
    return first_operand if result is x else second_operand if result is y else rule


def defaults_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Default values by name, also of keyword-only parameters."""
    code = function.__code__
    values = function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(values) : code.co_argcount]
    return {**dict(zip(names, values, strict=True)), **(function.__kwdefaults__ or {})}


def _exceeds(option: Any) -> bool:
    """Whether metadata hold a whole number of more than 64 bits."""
    if isinstance(option, (list, tuple)):
        return any(map(_exceeds, option))
    return isinstance(option, int) and option.bit_length() > 63


def _frozen(metadata: Any) -> Any:
    """Metadata that a later change by the caller does not reach."""
    if isinstance(metadata, np.ndarray):
        return metadata.copy()
    if type(metadata) in (list, tuple):
        return type(metadata)(map(_frozen, metadata))
    return metadata


def ieee(function: Callable[..., Data], *inputs: Data, **metadata: Any) -> Data:
    """Evaluate on NumPy scalars, which overflow, divide by zero and leave the domain as arrays do."""
    with np.errstate(all="ignore"):
        result = function(*[np.float64(x) if type(x) is float else x for x in inputs], **metadata)
    return canonical(result)
