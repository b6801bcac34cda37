"""Declaring operations: one decorated function is one operation.

Its body is the forward computation on raw data, its docstring the formula, and the decorator's
arguments the derivatives, one rule per argument:

    @elementwise(dx=lambda y, x: 1.0 - y * y, scalar=math.tanh)
    def tanh(x, /):
        return np.tanh(x)

Rules use operators and other operations only, never `.data`: on raw data they are plain NumPy or
`math`, on Values they record, so one rule serves first and higher derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, cast

from .data import Data, Operand
from .operation import Operation, Rule
from .recording import applied
from .signatures import Applied, Choice, Elementwise, Rest


def _decorator(rules: dict[str, Rule], **traits: Any) -> Callable[[Callable[..., Data]], Any]:
    """What makes the function that users call: it applies the operation, and bears its name and docstring."""

    def declare(body: Callable[..., Data]) -> Any:
        operation = Operation(body, rules, **traits)
        apply: Any = update_wrapper(applied(operation), body)
        apply.__qualname__ = body.__name__  # as checkpoints tell it, wherever it was declared
        apply.__doc__ = _documented(body.__doc__, operation.kink)
        apply.operation = operation
        return apply

    return declare


def _documented(doc: str | None, kink: str | None) -> str | None:
    """A docstring that ends with the convention at the kink."""
    return f"{(doc or '').rstrip()}\n\n    By convention {kink}." if kink else doc


def composed(function: Callable[Concatenate[Operand, Rest], Any]) -> Applied[Rest]:
    """A function of operations, which is typed as they are, and otherwise as it was."""
    typed: Applied[Rest] = cast("Any", function)
    return typed


def choosing(operation: Applied[...]) -> Choice:
    """An operation of a condition and two operands, which is typed as a choice, and otherwise as it was."""
    typed: Choice = cast("Any", operation)
    return typed


def elementwise(
    *,
    symbol: str | None = None,
    scalar: Callable[..., float] | None = None,
    remedy: str | None = None,
    formula: str | None = None,
    typeset: str | None = None,
    definition: Callable[..., Any] | None = None,
    kink: str | None = None,
    symmetric: bool = False,
    linear: bool = False,
    selecting: bool = False,
    nonnegative: bool = False,
    library: str | None = None,
    **rules: Rule,
) -> Callable[[Callable[Concatenate[Data, Rest], Data]], Elementwise[Rest]]:
    """Declare an elementwise operation by its partial derivatives.

    The decorated function computes on raw data; its positional-only parameters are the data, the
    others are metadata. For each data parameter x, `dx(y, x, …)` is the partial derivative of the
    output y, given the output, all data and all metadata; a number where it is constant; None where
    there is none. Broadcasting is undone by the engine.

    symbol  what pictures and trees write, the function's name if not given
    scalar  the same function from Python floats to a float, where one is faster (`math.tanh`);
            where it raises ArithmeticError or ValueError, or returns no float, the body decides. One of the
            module `operator`, or a lambda of one operator, is written as that in programs: x*y
    remedy  what to try when the operation fails or makes infinities, for the error messages

    What pictures, derivations and programs know of an operation is declared, too:

    formula      what it is in other operations, as a Python expression of the parameters ("x*y", "x**2"):
                 derivations write that, and simplify it
    typeset      how it is written in place of f(x), {} for each operand, {*} for all: "|{}|", "{} × {}",
                 "e^{}". An option is written as in Python, {index}; as letters of axes, {axis:axes};
                 below the line, {ord:below}; as primes, {order:primes}; or not at all, {keepdims:unsaid}:
                 with a style only where it is not the usual one. Where another is not, f(x; option)
    definition   the same by other operations, as a function: where the operation is all there is to derive,
                 its slope is written in that form, too
    kink         the slope that is taken where there is none, "cone′(0) = 0"; it ends the docstring
    symmetric    operands may change places: x + y and y + x are one, to the last bit
    linear       the output is a product of one entry of each operand, and of constants: 0 of one makes it 0
    selecting    where a partial derivative is 0, the output does not depend on that operand, as that of a
                 maximum does not on the smaller one: such a zero is structural, and absorbs (0·∞ = 0); a
                 zero that was computed does not (0·∞ = nan)
    nonnegative  the output has no minus sign, not even that of −0
    library      what computes it besides NumPy, "scipy.special": programs then call that by name, and need it

    >>> import numpy as np
    >>> from autodiff import Value
    >>> @elementwise(dx=lambda y, x: y / (1.0 + x * x))
    ... def gudermannian_weight(x, /):
    ...     return np.exp(np.arctan(x))
    >>> x = Value(0.0)
    >>> gudermannian_weight(x).backward()
    >>> x.grad
    1.0

    Raises TypeError where rules and parameters do not match, and ValueError where `formula` or `typeset` and
    parameters do not.
    """
    declared = locals()  # all that is given, by name
    return _decorator(elementwise=True, **declared)


def primitive(
    *,
    symbol: str | None = None,
    remedy: str | None = None,
    formula: str | None = None,
    typeset: str | None = None,
    kink: str | None = None,
    linear: bool = False,
    selecting: bool = False,
    entrywise: bool = False,
    conforming: bool = False,
    masked: Rule = None,
    together: Callable[..., Any] | None = None,
    keeping: Callable[..., tuple[Data, Any]] | None = None,
    batched: Callable[..., dict[str, Any] | None] | None = None,
    example: Callable[..., Data] | None = None,
    **rules: Rule,
) -> Callable[[Callable[Concatenate[Data, Rest], Data]], Applied[Rest]]:
    """Declare an operation by its vector-Jacobian products.

    Like `elementwise`, but for each data parameter x, `dx(g, y, x, …)` is the gradient with respect to
    x when g is the gradient with respect to the output y. A parameter `*xs` stands for many inputs:
    its rule is `dxs(g, y, xs, i, …)`, the gradient of the i-th. An operation that returns a tuple
    has a tuple as y, and as g, with None for the parts that were not used. A rule returns a new
    array, or one of those it was given; where the operation broadcasts, the engine sums.

    linear  the output is a sum of products of one entry of each operand, with factors of one sign; so the
            structural zeros of g and of the operands are known in the result (see `structural_zeros`)
    selecting  the same of one operand alone, chosen by the numbers in it or in others, as by a maximum
    entrywise  each entry of the output depends on the same entry of the operands alone, which broadcast
    conforming  it brings an operand to the shape or dtype of an option; one that has it stays as it is
    masked  `masked(g, mask, y, x)`, the rule where some zeros of g are known to be zeros: there the mask
            is 0, else 1
    together  `together(g, y, x, …)` in place of the rules where they have much in common: it computes that,
            and returns one function per data parameter, which gives the gradient with respect to it
    keeping  `keeping(x, …)` in place of the body where a gradient may be asked for: the output, and what was
             computed on the way to it that the rules need again, in a tuple. They take it as their last
             argument, `kept=None`: in a pass that is recorded they get None and compute it from the operands,
             so that derivatives go through it. They neither return it nor write into it
    batched  `batched(front, own, **options)`, the options with which it does for each row of an array what it
            does for one, where rows have the shape `own` behind axes of the sizes `front`; None where there
            are none. Programs then compute the rows of a loop side by side
    example  `example(x, …)`, an array like the result that takes less time: programs are recorded with that
             where operands are large. Where it raises, the result itself is computed
    (none)  a gradient that is structurally 0 as a whole gives 0; any other 0·∞ is nan

    >>> from autodiff import Value
    >>> @primitive(dx=lambda g, y, x: g[::-1])
    ... def reverse(x, /):
    ...     return x[::-1]
    >>> reverse(Value([1.0, 2.0]))
    Value([2., 1.], operation='reverse')
    """
    declared = locals()  # all that is given, by name
    return _decorator(elementwise=False, **declared)
