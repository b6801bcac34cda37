"""What a module consists of, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from autodiff import Value, no_grad
from autodiff.text import notebook
from autodiff.text.notation import printable
from autodiff.text.table import aligned
from autodiff.values.data import shape_of

from .parts import Owner, members

HEADER, ALIGN = ("name", "kind", "shapes", "parameters", "output"), "lll l"

FEW = 3
"""Parameters of one part whose shapes are written out; a layer of scalars has many more."""


class Summary:
    """The parts of a module: `print` it, or let a console show it. Made by `Module.summary`.

    `parameters` counts the numbers in all parameters, `frozen` those that are constants; `rows` has
    for each part its name, kind, shapes, number of parameters, and the shape of its output where inputs
    were given.
    """

    def __init__(self, module: Owner, *inputs: Any) -> None:
        self.parameters = module.n_parameters
        self.frozen = sum(parameter.size for parameter in module.parameters() if parameter.constant)
        self.rows = _rows(module)
        if inputs:
            shapes = _outputs(module, inputs)
            self.rows = [(*row, shape) for row, shape in zip(self.rows, shapes, strict=True)]

    def __str__(self) -> str:
        return "\n".join([*aligned(self._cells(), ALIGN), self._total()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        header, *rows = self._cells()
        return notebook.block(notebook.table(header, rows, ALIGN), notebook.note(self._total()))

    def _cells(self) -> list[tuple[str, ...]]:
        return [HEADER[: len(self.rows[0])], *(tuple(map(str, row)) for row in self.rows)]

    def _total(self) -> str:
        return f"{self.parameters} parameters, {self.frozen} of them frozen"


def _rows(module: Owner) -> list[tuple[Any, ...]]:
    """A row for each part; what it shares with one before it is counted there."""
    seen: set[int] = set()
    rows: list[tuple[Any, ...]] = []
    for name, part in module.named_parts(Owner):
        own = [(key, p) for key, p in members(part) if isinstance(p, Value) and p._operation is None]
        size = sum({id(p): p.size for _, p in own if id(p) not in seen}.values())
        seen.update(id(p) for _, p in own)
        rows.append((name, printable(type(part).__name__), printable(_shapes(own)), size))
    return rows


def _shapes(parameters: Sequence[tuple[str, Value]]) -> str:
    if len(parameters) <= FEW:
        return ", ".join(f"{name} {p.shape}" for name, p in parameters)
    return f"{len(parameters)} parameters"


# -- shapes of outputs -----------------------------------------------------------------------------


def _outputs(module: Owner, inputs: Sequence[Any]) -> list[str]:
    """What each part returned last, of a copy that predicts: state, mode and generators stay."""
    copy: Any = deepcopy(module)
    parts: dict[str, Any] = dict(copy.named_parts(Owner))
    found = dict.fromkeys(parts, "–")
    for name, part in parts.items():
        part.forward = _noting(part.forward, found, name)
    with no_grad():
        copy.eval()(*map(_data, inputs))
    return list(found.values())


def _noting(forward: Any, found: dict[str, str], name: str) -> Any:
    def noted(*inputs: Any, **options: Any) -> Any:
        output = forward(*inputs, **options)
        found[name] = _shape(output)
        return output

    return noted


def _shape(output: Any) -> str:
    if isinstance(output, (list, tuple)):
        return ", ".join(_shape(part) for part in output if part is not None)
    return str(shape_of(output))


def _data(given: Any) -> Any:
    """A shape, which is a tuple of whole numbers, as zeros; data as they are."""
    is_shape = isinstance(given, tuple) and all(isinstance(size, (int, np.integer)) for size in given)
    return np.zeros(given) if is_shape else given
