"""How an operation and its derivatives are declared, applied and recorded.

An operation is one decorated function: its body is the forward computation on raw data, its
docstring the formula, and the decorator's arguments the derivatives, one rule an argument:

    @elementwise(dx=lambda y, x: 1.0 - y * y, scalar=math.tanh)
    def tanh(x, /):
        return np.tanh(x)

Rules use operators and other operations only, never `.data`: on raw data they are plain NumPy or
`math`, on Values they record, so one rule serves first and higher derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeAlias

import numpy as np

from . import modes
from .data import Data, Operand, as_data, canonical, shape_of
from .value import Value, next_birth

__all__ = ["Operation", "elementwise", "ieee", "primitive"]

Rule: TypeAlias = Callable[..., Any] | float | None
Body = ParamSpec("Body")
Decorator: TypeAlias = Callable[[Callable[Body, Data]], Callable[Body, Any]]

ONE = 1.0
"""The partial derivative that is 1 for all arguments: the gradient passes unchanged."""

FLOATS = {float}
PLAIN = {float, np.ndarray}

TAKES_MANY = 0x04  # the code flag of a function with a *parameter


class Operation:
    """What a node remembers of the operation that made it.

    `rules` holds one derivative for each data argument: a function; a number, where the partial
    derivative is constant; or None, where there is none. `arity` is 2 for an operation of two operands
    without metadata, and 1 for an elementwise one of one; it is 0 for all others, and where a slope is
    0 or missing. It says where a node keeps its inputs. `usual` is the number of arguments of a call that
    leaves all metadata out.
    """

    __slots__ = (
        "arguments",
        "arity",
        "defaults",
        "elementwise",
        "forward",
        "many",
        "metadata",
        "name",
        "remedy",
        "rules",
        "scalar",
        "singular",
        "symbol",
        "usual",
    )

    def __init__(
        self,
        forward: Callable[..., Data],
        rules: dict[str, Rule],
        *,
        elementwise: bool,
        symbol: str | None = None,
        scalar: Callable[..., float] | None = None,
        singular: bool | Callable[..., bool] = False,
        remedy: str | None = None,
    ) -> None:
        code = forward.__code__
        self.name = forward.__name__.strip("_")
        self.symbol = symbol or self.name
        self.forward = forward
        self.scalar = scalar or (lambda *floats, **metadata: self._without_scalar(floats, metadata))
        self.elementwise = elementwise
        self.singular = singular
        self.remedy = remedy
        named = code.co_argcount + code.co_kwonlyargcount
        self.many = bool(code.co_flags & TAKES_MANY)
        self.arguments = code.co_varnames[: code.co_posonlyargcount]
        if self.many:
            self.arguments += (code.co_varnames[named],)
        self.metadata = code.co_varnames[code.co_posonlyargcount : named]
        self.defaults = _defaults(forward)
        self.rules = self._checked(rules)
        optional = not self.many and len(self.defaults) == len(self.metadata)
        self.usual = len(self.arguments) if optional else None
        sloped = not (None in self.rules or 0.0 in self.rules)
        plain = not (self.many or self.metadata) and sloped
        count = len(self.arguments)
        self.arity = count if plain and (count == 2 or (elementwise and count == 1)) else 0

    def _checked(self, rules: dict[str, Rule]) -> tuple[Any, ...]:
        """The rules in the order of the arguments, each of which must have one."""
        expected = [f"d{name}" for name in self.arguments]
        if sorted(rules) != sorted(expected):
            raise TypeError(
                f"{self.name}: one rule an argument is needed, {', '.join(expected)} "
                f"(None where there is no derivative); got {', '.join(rules) or 'none'}"
            )
        leading = ["y"] if self.elementwise else ["g", "y"]
        takes = [*leading, *self.arguments, *(["i"] if self.many else []), *self.metadata]
        for name, rule in rules.items():
            if callable(rule) and rule.__code__.co_argcount != len(takes):
                raise TypeError(f"{self.name}: the rule {name} must take ({', '.join(takes)})")
        return tuple(ONE if rules[name] == 1.0 else rules[name] for name in expected)

    def _without_scalar(self, floats: Sequence[float], metadata: dict[str, Any]) -> Data:
        """The forward computation on Python floats, where no function of floats was declared."""
        if self.elementwise:
            return ieee(self.forward, *floats, **metadata)
        return _of_arrays(self, floats, floats, metadata)

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
        metadata = {**self.defaults, **dict(zip(self.metadata, by_position, strict=False)), **named}
        if len(metadata) != len(self.metadata) or any(name not in self.metadata for name in named):
            self._misnamed(metadata)
        return inputs, {name: _frozen(value) for name, value in metadata.items()}

    def _misnamed(self, metadata: dict[str, Any]) -> None:
        for name in metadata:
            if name not in self.metadata:
                takes = ", ".join(self.metadata) or "none"
                raise TypeError(f"{self.name}: no option {name!r}; its options: {takes}")
        missing = ", ".join(name for name in self.metadata if name not in metadata)
        raise TypeError(f"{self.name}: missing {missing}")

    def failed(self, error: Exception, inputs: Sequence[Any]) -> Exception:
        """The error of a forward computation, told with operation, shapes and names."""
        shapes = f" {self.symbol} ".join(str(x.shape if type(x) is Value else shape_of(x)) for x in inputs)
        names = " and ".join(repr(x.name) for x in inputs if type(x) is Value and x.name)
        reason = str(error).removeprefix(f"{self.name}: ")
        told = f"{self.name}: got {shapes}{' for ' + names if names else ''}: {reason}"
        told += f"; {self.remedy}" if self.remedy and isinstance(error, ValueError) else ""
        return type(error)(told)


def _defaults(function: Callable[..., Any]) -> dict[str, Any]:
    """Default values by name, also of keyword-only parameters."""
    code = function.__code__
    values = function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(values) : code.co_argcount]
    return {**dict(zip(names, values, strict=True)), **(function.__kwdefaults__ or {})}


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


# -- applying ----------------------------------------------------------------------------------
#
# One recorder for each form of node. The first two are the hot path of scalar code: they are
# written out, and differ from the third in speed only.


def _unary(operation: Operation) -> Callable[[Operand], Any]:
    forward, scalar = operation.forward, operation.scalar
    new, birth, switch = object.__new__, next_birth, modes.switch

    def apply(x: Operand, /) -> Any:
        if type(x) is not Value:
            return forward(x) if type(x) is np.ndarray else _raw(operation, (x,), {})
        a = x._data
        if type(a) is float:
            try:
                data = scalar(a)
            except (ArithmeticError, ValueError):
                data = ieee(forward, a)
        else:
            try:
                data = forward(a)
            except (ValueError, IndexError, TypeError) as error:
                raise operation.failed(error, (x,)) from error
            if type(data) is not np.ndarray or not data.ndim:
                data = canonical(data)
        node: Value = new(Value)
        node._data = data
        node._grad = None
        node._birth = birth()
        node._operation = operation
        node._x = x
        node._y = None
        node._label = None
        node._tracked = x._tracked
        return modes.observed(node) if switch.on else node

    return apply


def _binary(operation: Operation) -> Callable[[Operand, Operand], Any]:
    forward, scalar = operation.forward, operation.scalar
    new, birth, switch = object.__new__, next_birth, modes.switch

    def apply(x: Operand, y: Operand, /) -> Any:
        if type(x) is Value:
            a = x._data
            tracked = x._tracked
            if type(y) is Value:
                b = y._data
                tracked = tracked or y._tracked
            else:
                b = y = y if type(y) is float else as_data(y, masks=True)
        elif type(y) is Value:
            a = x = x if type(x) is float else as_data(x, masks=True)
            b = y._data
            tracked = y._tracked
        else:
            return _raw(operation, (x, y), {})
        if type(a) is float and type(b) is float:
            try:
                data = scalar(a, b)
            except (ArithmeticError, ValueError):
                data = ieee(forward, a, b)
        else:
            try:
                data = forward(a, b)
            except (ValueError, IndexError, TypeError) as error:
                raise operation.failed(error, (x, y)) from error
            if type(data) is not np.ndarray or not data.ndim:
                data = canonical(data)
                if isinstance(data, tuple):
                    return picked(recorded(operation, data, x, y, tracked))
        node: Value = new(Value)
        node._data = data
        node._grad = None
        node._birth = birth()
        node._operation = operation
        node._x = x
        node._y = y
        node._label = None
        node._tracked = tracked
        return modes.observed(node) if switch.on else node

    return apply


def _general(operation: Operation) -> Callable[..., Any]:
    def apply(*given: Operand, **named: Any) -> Any:
        if Value not in map(type, given):
            return _raw(operation, given, named)
        inputs, metadata = operation.bind(given, named)
        operands = tuple([x if type(x) is Value else as_data(x, masks=True) for x in inputs])
        data = [x._data if type(x) is Value else x for x in operands]
        if operation.elementwise and FLOATS.issuperset(map(type, data)):
            result = ieee(operation.forward, *data, **metadata)
        else:
            result = _of_arrays(operation, data, operands, metadata)
        tracked = True in [x._tracked for x in operands if type(x) is Value]
        node = recorded(operation, result, operands, metadata, tracked)
        return picked(node) if isinstance(result, tuple) else node

    return apply


def recorded(operation: Operation, data: Data, x: Any, y: Any, tracked: bool) -> Value:
    """A new node."""
    node: Value = object.__new__(Value)
    node._data = data
    node._grad = None
    node._birth = next_birth()
    node._operation = operation
    node._x = x
    node._y = y
    node._label = None
    node._tracked = tracked
    return modes.observed(node) if modes.switch.on else node


def _of_arrays(
    operation: Operation, data: Sequence[Data], inputs: Sequence[Operand], metadata: dict[str, Any]
) -> Data:
    """The forward computation, on data that are not all floats if it is elementwise."""
    try:
        return canonical(operation.forward(*data, **metadata))
    except (ValueError, IndexError, TypeError) as error:
        raise operation.failed(error, inputs) from error


def _raw(operation: Operation, given: Sequence[Any], named: dict[str, Any]) -> Data:
    """Raw data in, raw data out: what the rules of a first derivative run on."""
    n = len(given) if operation.many else len(operation.arguments)
    inputs, metadata = (given, ()) if len(given) == n else (given[:n], given[n:])
    if not PLAIN.issuperset(map(type, inputs)):
        inputs = [x if isinstance(x, np.generic) else as_data(x, copy=False, masks=True) for x in inputs]
    if operation.elementwise and FLOATS.issuperset(map(type, inputs)):
        try:
            return operation.scalar(*inputs, *metadata, **named)
        except (ArithmeticError, ValueError):
            return ieee(operation.forward, *inputs, *metadata, **named)
    try:
        data = operation.forward(*inputs, *metadata, **named)
    except (ValueError, IndexError, TypeError) as error:
        raise operation.failed(error, inputs) from error
    if type(data) is np.ndarray and data.ndim:
        return data
    # A NumPy scalar stays one: `ieee` counts on it.
    return data if any(isinstance(x, np.generic) for x in inputs) else canonical(data)


# -- declaring ---------------------------------------------------------------------------------


def _declared(operation: Operation) -> Callable[..., Any]:
    """The function that users call: applies the operation, and bears its name and docstring."""
    apply: Any = {0: _general, 1: _unary, 2: _binary}[operation.arity](operation)
    body = operation.forward
    apply.__name__ = apply.__qualname__ = body.__name__
    apply.__doc__ = body.__doc__
    apply.__module__ = body.__module__
    apply.__wrapped__ = body
    apply.operation = operation
    return apply  # type: ignore[no-any-return]


def elementwise(
    *,
    symbol: str | None = None,
    scalar: Callable[..., float] | None = None,
    singular: bool | Callable[..., bool] = False,
    remedy: str | None = None,
    **rules: Rule,
) -> Callable[[Callable[Body, Data]], Callable[Body, Any]]:
    """Declare an elementwise operation by its partial derivatives.

    The decorated function computes on raw data; its positional-only parameters are the data, the
    others are metadata. For each data parameter x, `dx(y, x, …)` is the partial derivative of the
    output y, given the output, all data and all metadata; a number where it is constant; None where
    there is none. Broadcasting is undone by the engine.

    symbol    what pictures and derivations write, the function's name if not given
    scalar    the same function from Python floats to a float, where one is faster (`math.tanh`);
              where it raises ArithmeticError or ValueError, the body decides
    singular  whether a partial can be infinite, or a function of the data that tells: a branch not
              taken then contributes 0, not 0·∞
    remedy    what to try when the operation fails, for the error messages

    >>> @elementwise(dx=lambda y, x: y / (1.0 + x * x))
    ... def gudermannian_weight(x, /):
    ...     return np.exp(np.arctan(x))
    >>> x = Value(0.0)
    >>> gudermannian_weight(x).backward()
    >>> x.grad
    1.0

    Raises TypeError where rules and parameters do not match.
    """

    def declare(body: Callable[Body, Data]) -> Callable[Body, Any]:
        return _declared(
            Operation(
                body,
                rules,
                elementwise=True,
                symbol=symbol,
                scalar=scalar,
                singular=singular,
                remedy=remedy,
            )
        )

    return declare


def primitive(
    *, symbol: str | None = None, remedy: str | None = None, **rules: Rule
) -> Callable[[Callable[Body, Data]], Callable[Body, Any]]:
    """Declare an operation by its vector-Jacobian products.

    As `elementwise`, but for each data parameter x, `dx(g, y, x, …)` is the gradient with respect to
    x when g is the gradient with respect to the output y. A parameter `*xs` stands for many inputs:
    its rule is `dxs(g, y, xs, i, …)`, the gradient of the i-th. An operation that returns a tuple
    has a tuple as y, and as g, with None for the parts that nothing used.

    >>> @primitive(dx=lambda g, y, x: g[::-1])
    ... def reverse(x, /):
    ...     return x[::-1]
    >>> reverse(Value([1.0, 2.0]))
    Value([2., 1.], operation='reverse')
    """

    def declare(body: Callable[Body, Data]) -> Callable[Body, Any]:
        return _declared(Operation(body, rules, elementwise=False, symbol=symbol, remedy=remedy))

    return declare


@primitive(
    dparts=lambda g, y, parts, index, count: tuple(g if i == index else None for i in range(count)),
)
def part(parts: Data, /, index: int, count: int) -> Data:
    """One result of an operation that has several.   Its gradient is that of the part alone."""
    return parts[index]


def picked(node: Value) -> Any:
    """The results of an operation that has several, as Values; in a named tuple where NumPy's are."""
    count = len(node._data)
    make = getattr(type(node._data), "_make", tuple)
    return make([part(node, index, count) for index in range(count)])
