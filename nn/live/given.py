"""What is given to `play`: observations, and the numbers of a network with their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Value
from autodiff.text.digits import counted
from autodiff.text.letters import lettered

from ..module import Module
from ..network.notation import indexed

if TYPE_CHECKING:
    from autodiff.live.fitted import Array, Movable

MOST = 1_000
"""Observations that a page sums over at each frame."""


def observations_of(X: Any, y: Any, n_inputs: int) -> tuple[Array, Array]:
    """Observations in rows, and their targets; `n_inputs` is 0 where it is not known."""
    rows, targets = _numbers("X", X), _numbers("y", y)
    if rows.ndim <= 1 and (not targets.ndim or rows.size == n_inputs > 1):
        rows, targets = rows.reshape(1, -1), targets[None]
    elif rows.ndim == 1:
        rows = rows[:, None]
    if rows.ndim != 2 or not rows.size:
        raise ValueError(f"play: X must have one row per observation, got shape {np.shape(X)}")
    if targets.ndim not in (1, 2) or len(targets) != len(rows):
        raise ValueError(
            f"play: y must have a target for each of {counted(len(rows), 'observation')}, "
            f"got shape {np.shape(y)}"
        )
    if len(rows) > MOST:
        raise ValueError(
            f"play: at most {MOST:,} observations are computed in a page, got {len(rows):,}; take some of "
            f"them, X[:{MOST}], y[:{MOST}]"
        )
    return rows, targets


def _numbers(name: str, given: Any) -> Array:
    try:
        data = np.asarray(given.data if isinstance(given, Value) else given)
    except ValueError as error:
        raise ValueError(f"play: {name} must be of regular shape: {error}") from None
    if data.dtype.kind not in "fiub":
        raise ValueError(f"play: {name} must be real numbers, got dtype {data.dtype}")
    bad = np.argwhere(~np.isfinite(data))
    if len(bad):
        where = tuple(bad[0].tolist())
        raise ValueError(
            f"play: {name} must be finite, got {data[where]}{' at ' * bool(where)}"
            f"{', '.join(map(str, where))}; leave such observations out"
        )
    return data.astype(float)


def features_of(count: int) -> list[str]:
    return ["x"] if count == 1 else [indexed("x", k) for k in range(1, count + 1)]


def entries_of(network: Module) -> Iterator[Movable]:
    """The numbers of all parameters, with the names that the lecture would give them."""
    from autodiff.live.fitted import Movable

    parts: list[str] = []
    found = []
    for dotted, value in network.named_parameters():
        part = _part(dotted)
        parts += [part] * (part not in parts)
        layer = parts.index(part) + 1 if part.startswith("layers.") else None
        name, group = _name(value, dotted, layer), f"layer ({layer})" if layer else part or "Parameters"
        for index, number in np.ndenumerate(np.asarray(value.data)):
            found.append((_entry(name, index), _entry(dotted, index), group, float(number), value))
    known = Counter(name for name, *_ in found)
    for name, dotted, group, number, value in found:
        yield Movable(name if known[name] == 1 else dotted, group, number, not value.constant)


def _part(dotted: str) -> str:
    """What a parameter belongs to: layers.0, encoder; nothing for one of the network itself."""
    part, _, rest = dotted.partition(".")
    number = rest.partition(".")[0]
    return f"{part}.{number}" if number.isdigit() else part if rest else ""


def _name(value: Value, dotted: str, layer: int | None) -> str:
    """A name, with the layer that it belongs to, if there is one."""
    if not value.name:
        return dotted
    name = lettered(value.name)
    return name if "⁽" in name or layer is None else indexed(name, layer=layer)


def _entry(name: str, index: tuple[int, ...]) -> str:
    """W⁽¹⁾ at (0, 1) is w₁₂⁽¹⁾."""
    if not index:
        return name
    letter, bracket, layer = name.partition("⁽")
    letter = letter.lower() if len(letter) == 1 else letter
    return indexed(letter, *(i + 1 for i in index)) + bracket + layer
