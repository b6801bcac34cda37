"""What was drawn: a function as a straight list of lines, and the point to evaluate it at."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..values.data import Data
from ..values.value import Value
from .catalogue.drawable import Drawable
from .spelling import applied


@dataclass(frozen=True, eq=False)
class Literal:
    """Numbers written into an expression; those with a name are a constant Value."""

    data: Data
    name: str | None = None

    def operand(self) -> Any:
        """What an operation is given."""
        return Value(self.data, self.name, constant=True) if self.name else self.data


@dataclass(frozen=True, eq=False)
class Line:
    """One operation: `spelling` is how it is written in its operands x, y and z.

    An operand is the place of an earlier node, the inputs first and then the lines in order; or a literal.
    `name` is that of a part, which is mentioned more than once.
    """

    operation: Drawable
    spelling: str
    operands: tuple[int | Literal, ...]
    name: str | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Expression:
    """A function of numbers and arrays, with a point inside all domains; `expressions` draws them.

    Called with as many Values as it has `inputs`, it computes a Value; and plain numbers from numbers and
    arrays. `names` are those of the inputs, and `kinks` says whether the point lies on a kink. It prints as
    code.

    >>> from hypothesis import find
    >>> from autodiff import grad
    >>> from autodiff.testing import expressions
    >>> e = find(expressions(["exp"]), lambda e: True)
    >>> e.text, e.names, e.inputs
    ('exp(x)', ('x',), (0.0,))
    >>> grad(e)(*e.inputs)
    1.0
    >>> print(e)
    import numpy as np
    <BLANKLINE>
    import autodiff as ad
    <BLANKLINE>
    <BLANKLINE>
    def f(x):
        return np.exp(x)
    <BLANKLINE>
    <BLANKLINE>
    x = ad.Value(0.0, 'x')
    """

    lines: tuple[Line, ...]
    inputs: tuple[Data, ...]
    names: tuple[str, ...]
    kinks: bool = False

    def __call__(self, *xs: Any) -> Any:
        """The value at other numbers, arrays or Values. Raises TypeError for another count of them."""
        if len(xs) != len(self.inputs):
            raise TypeError(f"the expression takes {', '.join(self.names)}, got {len(xs)} arguments")
        values = [x if isinstance(x, Value) else Value(x, constant=True) for x in xs]
        result = self.nodes(values)[-1]
        return result if any(map(Value.__instancecheck__, xs)) else result.data

    def nodes(self, xs: Sequence[Any]) -> list[Any]:
        """The inputs and the results of all lines, of which the last is the value."""
        nodes = list(xs)
        constants: dict[Literal, Any] = {}
        for line in self.lines:
            operands = [
                nodes[x] if isinstance(x, int) else constants.setdefault(x, x.operand())
                for x in line.operands
            ]
            operation = line.operation
            nodes.append(applied(line.spelling, operation.name, operation.function)(*operands))
        return nodes

    @property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_ONLY
        return inspect.Signature([inspect.Parameter(name, kind) for name in self.names])

    @property
    def operations(self) -> tuple[str, ...]:
        """Names of the operations, in order."""
        return tuple(line.operation.name for line in self.lines)

    @property
    def text(self) -> str:
        """The whole in one line, parts with names first: `u = tanh(x); u * u`."""
        from .writing import text_of

        return text_of(self)

    @property
    def code(self) -> str:
        """Python that can be pasted: imports, the function f, and its inputs."""
        from .writing import code_of

        return code_of(self)

    def __repr__(self) -> str:
        return self.code

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"\n{self.code}\n")  # by hypothesis: lines begin at the margin, to be pasted
