"""What was drawn: a function as a straight list of lines, and the point to evaluate it at."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from ..values.data import Data
from ..values.value import Value
from .catalogue.drawable import Drawable
from .spelling import Literal, applied, code_of, text_of


@dataclass(frozen=True)
class Line:
    """One operation: `spelling` is how it is written in its operands x, y and z.

    Operands are numbers of earlier nodes, the inputs first and then the lines in order; or literals.
    """

    operation: Drawable
    spelling: str
    operands: tuple[int | Literal, ...]


@dataclass(frozen=True, eq=False)
class Expression:
    """A function of numbers and arrays, with a point inside all domains; `expressions` draws them.

    Called with as many Values (numbers, arrays of any library) as it has `inputs`, it computes; all
    arguments being plain, it returns plain numbers, as operations do. `names` are those of the inputs,
    and `kinks` says whether the point lies on a kink. Equal to no other but itself.
    """

    lines: tuple[Line, ...]
    inputs: tuple[Data, ...]
    names: tuple[str, ...]
    kinks: bool = False

    def __call__(self, *xs: Any) -> Any:
        """The value at numbers, arrays or Values in place of the inputs."""
        self.__signature__.bind(*xs)
        value = self.evaluated([x if isinstance(x, Value) else Value(x, constant=True) for x in xs])[-1]
        return value if any(isinstance(x, Value) for x in xs) else value.data

    def evaluated(self, xs: Any) -> list[Any]:
        """All nodes: the inputs and the results of the lines, of which the last is the value."""
        nodes = list(xs)
        named: dict[int, Value] = {}
        for line in self.lines:
            operands = [
                nodes[x]
                if isinstance(x, int)
                else x.data
                if x.name is None
                else named.setdefault(id(x), Value(x.data, x.name, constant=True))
                for x in line.operands
            ]
            nodes.append(applied(line.spelling, line.operation.function)(*operands))
        return nodes

    @property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Signature([inspect.Parameter(name, kind) for name in self.names])

    @property
    def operations(self) -> tuple[str, ...]:
        """Names of the operations, in order."""
        return tuple(line.operation.name for line in self.lines)

    @property
    def text(self) -> str:
        """The whole in one line; a part that is used twice has a name: `u = tanh(x); u * u`."""
        return text_of(self)

    @property
    def code(self) -> str:
        """Python that can be pasted: imports, the function f, and its inputs."""
        return code_of(self)

    def __repr__(self) -> str:
        return self.code
