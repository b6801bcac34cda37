"""Derivatives of functions: gradients, and products with Jacobians and Hessians, built on the engine.

Arguments and results may be nested tuples, lists, dicts and dataclasses of numbers and arrays. The derivative
with respect to a module of `nn` is that to its parameters, by their names as in `state_dict`. Results come
back as plain numbers and arrays; as Values that can be differentiated again where an argument is a
variable Value, where `create_graph` asks for it, and inside the function of an outer derivative,
so that derivatives nest to any order, also through f's closure.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Literal, Protocol, overload

import numpy as np

from ..values.data import as_data, dtype_of, shape_of
from ..values.modes import differentiating
from ..values.value import Value
from .engine import along, gradients, in_numbers, plain, variable
from .evaluation import Arguments, Evaluation, Function, evaluated, number, records
from .structure import leaves, leaves_like, mapped, rebuilt


class Gradient(Protocol):
    """A derivative that is like the first argument: a Value, a number, an array, or a structure of them."""

    @overload
    def __call__(self, x: Value, /, *args: Any, **kwargs: Any) -> Value: ...
    @overload
    def __call__(self, x: float, /, *args: Any, **kwargs: Any) -> float: ...
    @overload
    def __call__(self, x: np.ndarray[Any, Any], /, *args: Any, **kwargs: Any) -> np.ndarray[Any, Any]: ...
    @overload
    def __call__(self, x: Any, /, *args: Any, **kwargs: Any) -> Any: ...


def value_and_grad(
    f: Function, argnums: Arguments = 0, create_graph: bool = False, has_aux: bool = False
) -> Function:
    """A function that returns f's value and its gradient, in one pass.

    With `has_aux`, f returns a pair of its number and anything else, such as predictions, which is not
    differentiated; the result is ((value, aux), gradient).

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    >>> value_and_grad(lambda x: (x * x, {"double": 2 * x}), has_aux=True)(3.0)
    ((9.0, {'double': 6.0}), 6.0)
    """

    @functools.wraps(f)
    def apply(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        record = records(args, create_graph)
        with differentiating():
            call = evaluated(f, args, argnums, record, kwargs, has_aux)
            output = number(call.output, "grad")
            gradient = rebuilt(call.variables, iter(call.gradient(output)))
        return call.plain((output, call.aux) if has_aux else output), gradient

    return apply


@overload
def grad(f: Function, argnums: Literal[0] = 0, create_graph: Literal[False] = False) -> Gradient: ...
@overload
def grad(
    f: Function, argnums: Arguments = 0, create_graph: bool = False, has_aux: bool = False
) -> Function: ...
def grad(f: Function, argnums: Arguments = 0, create_graph: bool = False, has_aux: bool = False) -> Function:
    """A function that returns the gradient ∇f of f, which returns one number.

    `argnums` says with respect to which arguments; a tuple gives a tuple. An argument that f does
    not depend on has gradient 0. With `has_aux`, f returns a pair (number, aux), and the result is
    (gradient, aux).

    Raises TypeError where f returns an array (see `jacobian`).

    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)
    >>> grad(lambda x: x * grad(lambda y: x * y)(3.0))(2.0)
    4.0
    """
    both = value_and_grad(f, argnums, create_graph, has_aux)

    @functools.wraps(f)
    def apply(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return apply


def derivative(f: Function, order: int = 1) -> Gradient:
    """A function that returns dⁿf/dxⁿ of a function of one number.

    >>> derivative(lambda x: x**4, order=2)(1.0)
    12.0
    """
    if not isinstance(order, int):
        raise TypeError(
            f"derivative: the order must be a whole number, got {order!r}; the point: derivative(f)(x)"
        )
    if order < 0:
        raise ValueError(f"derivative: the order must be 0 or more, got {order}")

    @functools.wraps(f)
    def apply(x: Any) -> Any:
        record = records(x, False)
        with differentiating():
            at = variable(x)
            if at.shape:
                raise TypeError(
                    f"derivative: x must be one number, got shape {at.shape}; use grad or jacobian"
                )
            y = number(f(at), "derivative")
            for n in range(order):
                output = y if isinstance(y, Value) else Value(y, constant=True)
                y = gradients(output, at, create_graph=record or n < order - 1)
        return y if record else plain(y)

    return apply


# -- products with the Jacobian ----------------------------------------------------------------


@overload
def vjp(f: Function, *primals: Any) -> tuple[Any, Function]: ...
@overload
def vjp(f: Function, *primals: Any, has_aux: Literal[True]) -> tuple[Any, Function, Any]: ...
def vjp(f: Function, *primals: Any, has_aux: bool = False) -> Any:
    """The value of f, and the function that multiplies its Jacobian by a cotangent from the left.

        pullback(v) = vᵀ·J, one entry for each of the primals

    With `has_aux`, f returns a pair (value, aux), and the result is (value, pullback, aux).

    >>> y, pullback = vjp(lambda x: x * x, 2.0)
    >>> y, pullback(1.0)
    (4.0, (4.0,))
    """
    record = records(primals, False)
    with differentiating():
        call = evaluated(f, primals, tuple(range(len(primals))), record, {}, has_aux)

    def pullback(cotangents: Any) -> Any:
        with differentiating():
            return rebuilt(call.variables, iter(_pulled(call, cotangents)))

    if has_aux:
        return call.plain(call.output), pullback, call.plain(call.aux)
    return call.plain(call.output), pullback


def _pulled(call: Evaluation, cotangents: Any) -> list[Any]:
    """Σ over the outputs of cotangentᵀ·Jacobian, for each variable."""
    outputs, seeds = leaves(call.output), leaves_like(cotangents, call.output, "cotangent")
    parts = [call.gradient(y, _like(y, v, "cotangent")) for y, v in zip(outputs, seeds, strict=True)]
    return [functools.reduce(lambda a, b: a + b, terms) for terms in zip(*parts, strict=True)]


def _like(x: Any, v: Any, what: str) -> Any:
    """v as a direction in the space of x."""
    v = in_numbers(v) if isinstance(v, Value) else as_data(v)
    if shape_of(v) != shape_of(x):
        raise ValueError(f"expected a {what} of shape {shape_of(x)}, got {shape_of(v)}")
    return v


def jvp(f: Function, primals: Any, tangents: Any) -> tuple[Any, Any]:
    """The value of f, and its derivative in the direction of the tangents.   J·v

    `primals` and `tangents` are tuples, one entry per argument of f; a single argument may be given
    without the tuple. Reverse mode twice: vᵀ·J is linear in v, and the gradient of that is J·v.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)
    """
    primals, tangents = _arguments(primals), _arguments(tangents)
    record = records((primals, tangents), False)
    with differentiating():
        call = evaluated(f, primals, tuple(range(len(primals))), record, {})
        directions = leaves_like(tangents, call.variables, "tangent")
        pushed = mapped(lambda y: _pushed(call, y, directions), call.output)
    return call.plain(call.output), pushed


def _arguments(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def _pushed(call: Evaluation, output: Any, directions: Sequence[Any]) -> Any:
    """The derivative of one number or array of the output in a direction."""
    seed, rows = linear(call, output)
    moved = [
        along(row, seed, _like(row, v, "tangent"), call.record)
        for row, v in zip(rows, directions, strict=True)
    ]
    return functools.reduce(lambda a, b: a + b, moved)


def linear(call: Evaluation, output: Any) -> tuple[Value, list[Any]]:
    """A seed u, and uᵀ·J for each variable: linear in u, so that its gradient is a column of J."""
    shape, dtype = shape_of(output), dtype_of(output)
    seed = Value(np.ones(shape, dtype))
    if not isinstance(output, Value):
        output = Value(output, constant=True)
    return seed, gradients(output, leaves(call.variables), seed, create_graph=True)


def hvp(f: Function, x: Any, v: Any) -> Any:
    """The product of f's Hessian at x with v, without forming the Hessian.   H·v

    f takes x, a number, an array or a structure of them, and returns one number; v is like x.

    >>> hvp(lambda x: x**3, 2.0, 1.0)
    12.0
    """
    record = records((x, v), False)
    with differentiating():
        call = evaluated(f, (x,), 0, True, {})
        slope = call.gradient(number(call.output, "hvp"))
        slopes = rebuilt(call.variables, iter(slope))
        products = _pulled(call._replace(output=slopes, record=record), v)
    return rebuilt(call.variables, iter(products))
