"""Which models give the same each time, and whether they and the loss stay as they are while they train.

Methods that go by all observations ask for the one; a program would keep what they were, and asks for the
other.

Compared are the attributes of the model's parts and of the loss, and the global names and closures of their
functions; not what other objects hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autodiff import Value
from autodiff.programs.guards.finding import guards_of

from ..module import Module
from .digest import told


def obstacle(model: Module) -> str | None:
    """Why a model does not give the same for the same data each time in training, if it does not."""
    if any(model.named_parts(np.random.Generator)):
        return "the model draws random numbers, as dropout does"
    if any(model.named_buffers()):
        return "the model measures its batches, as batch normalisation does"
    return None


def check_repeatable(model: Module, what: str) -> None:
    """Refuse a model that does not give the same each time. Raises ValueError."""
    if found := obstacle(model):
        raise ValueError(f"{what} needs a model that gives the same each time; {found}: leave that out")


# -- what stays ----------------------------------------------------------------------------------


def conditions(model: Module, loss: Callable[..., Any]) -> dict[str, str]:
    """What they depend on besides what a step is given, by name."""
    return {name: _identified(part) for name, part in _parts(model, loss)}


def _parts(model: Module, loss: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    yield from ((name, part) for name, part in model.named_parts(object) if not _is_given(part))
    yield from getattr(loss, "__dict__", {}).items()
    for function in (loss, *{type(module).forward for module in model.modules()}):
        guards = guards_of(function).guards
        found = ((guard.name.removeprefix("self."), guard.meaning) for guard in guards)
        yield from ((name, meaning) for name, meaning in found if not isinstance(meaning, Value))


def _is_given(part: Any) -> bool:
    """Whether a step is given it, or its parts: parameters, numbers that a model keeps, generators."""
    if isinstance(part, Value):
        return part._operation is None and not part.constant
    kept = isinstance(part, np.ndarray) and part.dtype.kind == "f"
    return kept or isinstance(part, (Module, np.random.Generator))


def _identified(part: Any) -> str:
    """A part in few characters; a Value by its birth, which is another where a call makes it anew."""
    return f"born {part._birth}" if isinstance(part, Value) else told(part)


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names of what is not as it was."""
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
