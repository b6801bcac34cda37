"""What was drawn: a function as a straight list of lines, and the point to evaluate it at."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...values.data import Data
from ...values.value import Value
from .lines import Assignment, Literal
from .spelling import applied
from .writing import code_of, text_of


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
    ('exp(x)', ('x',), (1.0,))
    >>> grad(e)(0.0)
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
    x = ad.Value(1.0, 'x')
    """

    lines: tuple[Assignment, ...]
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
    def constants(self) -> dict[str, Data]:
        """The constant Values in it, by name."""
        operands = [x for line in self.lines for x in line.operands if isinstance(x, Literal)]
        return {x.name: x.data for x in operands if x.name}

    @property
    def text(self) -> str:
        """The whole in one line, parts with names first: `u = tanh(x); u * u`."""
        return text_of(self.lines, self.names)

    @property
    def code(self) -> str:
        """Python that can be pasted: imports, the function f, and its inputs."""
        return code_of(self.lines, self.names, self.inputs)

    def __repr__(self) -> str:
        return self.code

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"\n{self.code}\n")  # by hypothesis: lines begin at the margin, to be pasted
