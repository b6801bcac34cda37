"""Operations as terms: as their formulas say, else as calls."""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from .. import ops
from ..ops import broadcast_to, getitem, joining, matmul, scatter_add, transpose
from ..values.data import Shape, shape_of
from ..values.operation import Operation, ieee
from ..values.recording import PART
from .expression import MINUS_ONE, Call, Number, Sum, Term, shape_of_term
from .simplification import grouped, power, product, total

SPLIT, UNSPLIT, GETITEM, SCATTER_ADD = (
    vars(function)["operation"] for function in (joining._split, joining._unsplit, getitem, scatter_add)
)
"""Parts of an array, those of one or all, and the ways back."""


def operated(operation: Operation, inputs: Sequence[Term], metadata: Mapping[str, Any], shape: Shape) -> Term:
    """An operation as its formula says, or as a call."""
    usual = operation.defaults
    told = [
        f"{name}={x!r}" for name, x in metadata.items() if name not in usual or repr(x) != repr(usual[name])
    ]
    call = Call(operation, tuple(inputs), shape, metadata, operation.name, ", ".join(told))
    if operation.conforming and call.is_usual and "shape" in metadata and shape_of_term(inputs[0]) == shape:
        return inputs[0]
    if operation.formula is None:
        return _transposed(call) or _entry(call) or _laid(call) or _whole(call) or call
    own = dict(zip(operation.arguments, inputs, strict=True))
    names = ChainMap[str, Any](own, dict(metadata), operation.forward.__globals__, vars(ops))
    try:
        term = _read(ast.parse(operation.formula, mode="eval").body, names)
    except _UndecidedError:
        return call
    except TypeError as error:
        raise TypeError(f"{operation.name}: formula={operation.formula!r}: {error}") from None
    return term if shape_of_term(term) == shape else spread(term, shape)


class _UndecidedError(Exception):
    """A formula chooses between its operands entry by entry."""


def _read(node: ast.expr, names: Mapping[str, Any]) -> Term:
    """A formula, in terms of the operands."""
    match node:
        case ast.Name(name) if isinstance(term := names.get(name), Term):
            return term
        case ast.Name(name) if isinstance(option := names.get(name), (int, float)):
            return Number(float(option))
        case ast.Constant(int() | float() as value):
            return Number(float(value))
        case ast.UnaryOp(ast.USub(), x):
            return product([MINUS_ONE, _read(x, names)])
        case ast.BinOp(x, sign, y):
            return SIGNS[type(sign)](_read(x, names), _read(y, names))
        case ast.Attribute(x, "T"):
            return _applied(transpose, _read(x, names))
        case ast.Call(ast.Name(name), operands) if hasattr(function := names.get(name), "operation"):
            return _applied(function, *[_read(x, names) for x in operands])
        case ast.IfExp(condition, x, y):
            decided = _unspread(_read(condition, names))
            if isinstance(decided, Number):
                return _read(x if decided.value else y, names)
            raise _UndecidedError
    raise TypeError(f"{ast.unparse(node)} is not an operand, a number, or a call of an operation")


@np.errstate(all="ignore")
def _applied(function: Any, *inputs: Term) -> Term:
    """An operation, as users call it, of terms."""
    operation: Operation = function.operation
    result = operation.forward(*[np.ones(shape_of_term(x)) for x in inputs], **operation.defaults)
    return operated(operation, inputs, operation.defaults, shape_of(result))


SIGNS: Mapping[type[ast.operator], Callable[[Term, Term], Term]] = {
    ast.Add: lambda x, y: grouped([x, y], Sum),
    ast.Sub: lambda x, y: grouped([x, product([MINUS_ONE, y])], Sum),
    ast.Mult: lambda x, y: product([x, y]),
    ast.Div: lambda x, y: product([x, power(y, MINUS_ONE)]),
    ast.Pow: power,
    ast.MatMult: partial(_applied, matmul),
}
"""What the signs in the formulas of operations stand for."""


def _unspread(term: Term) -> Term:
    """A term without what is not written."""
    while isinstance(term, Call) and term.operation.typeset == "{}":
        (term,) = term.arguments
    return term


def _whole(x: Call) -> Term | None:
    """A function of numbers that comes to a whole number: log(e) is 1."""
    numbers = [term.value for term in x.arguments if isinstance(term, Number)]
    if not x.operation.elementwise or len(numbers) < len(x.arguments):
        return None
    value = float(ieee(x.operation.forward, *numbers, **x.metadata))
    return Number(value) if value.is_integer() else None


def _transposed(x: Call) -> Term | None:
    """(Aᵀ)ᵀ = A,  (A·B)ᵀ = Bᵀ·Aᵀ."""
    if x.operation.typeset != "{}ᵀ" or not x.is_usual:
        return None
    (inner,) = x.arguments
    if not isinstance(inner, Call) or not inner.is_usual or len(inner.shape) != 2:
        return None
    if inner.operation.typeset == x.operation.typeset:
        return inner.arguments[0]
    shapes = [shape_of_term(factor) for factor in inner.arguments]
    if inner.operation.typeset != "{}·{}" or any(len(shape) != 2 for shape in shapes):
        return None
    left, right = (
        operated(x.operation, [factor], x.metadata, shape[::-1])
        for factor, shape in zip(inner.arguments[::-1], shapes[::-1], strict=True)
    )
    return Call(inner.operation, (left, right), inner.shape[::-1], inner.metadata, inner.name)


def _entry(x: Call) -> Term | None:
    """One of the parts that an array was split into: X[1]."""
    inner = x.arguments[0] if x.operation is PART else None
    if not isinstance(inner, Call) or inner.operation.forward is not SPLIT.forward:
        return None
    options = {"index": inner.metadata["indices"][x.metadata["index"]]}
    return operated(GETITEM, inner.arguments, options, x.shape)


def _laid(x: Call) -> Term | None:
    """Parts of an array in their places, between zeros, as each of them contributes to it."""
    if x.operation.forward is not UNSPLIT.forward:
        return None
    options = [{"index": index, "shape": x.shape} for index in x.metadata["indices"]]
    parts = zip(x.arguments, options, strict=True)
    return total([operated(SCATTER_ADD, [part], own, x.shape) for part, own in parts])


def spread(term: Term, shape: Shape) -> Term:
    """A term spread out to a shape."""
    operation: Operation = vars(broadcast_to)["operation"]
    return Call(operation, (term,), shape, {"shape": shape}, "broadcast_to")
