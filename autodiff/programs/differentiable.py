"""A program as one operation: where its results depend on variables, a call is recorded.

    x̄ = pullback(ȳ, x),  the program of the vector-Jacobian product of f

The pullback is compiled when it is needed first, and is such an operation itself, so that derivatives
of any order follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeAlias

from ..differentiation.engine import gradients, variable
from ..differentiation.structure import leaves
from ..values import modes
from ..values.data import Data
from ..values.operation import Operation
from ..values.recording import TOGETHER, part, recorded
from ..values.value import Value, data_of
from .arguments import Arguments
from .version import Version

Evaluated: TypeAlias = Callable[[tuple[Any, ...], dict[str, Any], bool], Any]
"""A program: (args, kwargs, whether to record) → its results."""


class Recorder:
    """Records the calls of one version of a program."""

    def __init__(
        self,
        f: Callable[..., Any],
        version: Version,
        arguments: Arguments,
        compiled: Callable[[Callable[..., Any]], Evaluated],
    ) -> None:
        self._f, self._version = f, version
        self._call = arguments._replace(operands=[])  # structure and settings, without the data
        self._variable = [*map(_is_variable, arguments.operands)]
        self._pullback = compiled(self._pulled_back)
        self._operation = self._declared()

    def __call__(self, arguments: Arguments, outputs: tuple[Data, ...]) -> list[Any]:
        """The results: Values where they depend on variables."""
        operands = (*arguments.operands, *self._version.captured)
        data = tuple(map(data_of, operands))
        together = recorded(TOGETHER, data, operands, {}, True)
        count, tracked = len(outputs), self._version.tracked
        if count == 1:
            return [recorded(self._operation, outputs[0], (together,), {}, True)]
        node = recorded(self._operation, outputs, (together,), {}, True)
        return [part(node, i, count) if tracked[i] else outputs[i] for i in range(count)]

    def _declared(self) -> Operation:
        def program(inputs: Data, /) -> Data:
            outputs = self._version.outputs(list(inputs))
            return outputs if len(outputs) > 1 else outputs[0]

        program.__name__ = self._version.name

        def rule(g: Any, y: Any, inputs: Any) -> tuple[Any, ...]:
            return self._rule(inputs, g)

        def masked(g: Any, mask: Any, y: Any, inputs: Any) -> tuple[Any, ...]:
            return self._rule(inputs, g, mask)

        return Operation(program, {"dinputs": rule}, elementwise=False, masked=masked)

    def _restored(self, inputs: Sequence[Data]) -> Arguments:
        """The arguments of a call from its data: variables where they were."""
        pairs = zip(inputs, self._variable, strict=False)  # behind the arguments are the captured Values
        return self._call._replace(operands=[Value(x) if variable else x for x, variable in pairs])

    def _rule(self, inputs: Any, g: Any, mask: Any = None) -> tuple[Any, ...]:
        """What the pullback makes of a gradient: those of all inputs, None for constants; data, or Values."""
        record = isinstance(inputs, Value)
        count = len(self._variable)
        call = self._call._replace(operands=inputs._x[:count]) if record else self._restored(inputs)
        several = len(self._version.tracked) > 1
        seeds, masks = (x if x is None else [*x] if several else [x] for x in (g, mask))
        found = iter(self._pullback((seeds, masks, *call.filled(iter(call.operands))), {}, record))
        return tuple(
            [
                next(found) if variable else None
                for variable in (*self._variable, *self._version.variable_captures)
            ]
        )

    def _pulled_back(
        self, seeds: list[Any], masks: list[Any] | None, args: list[Any], kwargs: dict[str, Any]
    ) -> list[Any]:
        """Σ over the outputs of seedᵀ·Jacobian, for each variable: what the pullback is compiled from.

        A seed is a variable, so that its zeros are not structural. Those of a mask are: each output times
        its mask has the seed.
        """
        with modes.inside(self._version.inside_derivative):
            result = self._f(*args, **kwargs)
        wanted = [x for x in (*leaves((args, kwargs)), *self._version.captured) if _is_variable(x)]
        outputs = [x for x in leaves(result) if isinstance(x, Value)]
        parts = [
            gradients(y * mask, wanted, variable(seed), create_graph=True)
            for y, seed, mask in zip(outputs, seeds, masks or [1.0] * len(seeds), strict=True)
            if seed is not None
        ]
        return [reduce(lambda a, b: a + b, terms) for terms in zip(*parts, strict=True)]


def _is_variable(x: Any) -> bool:
    return isinstance(x, Value) and x._tracked
