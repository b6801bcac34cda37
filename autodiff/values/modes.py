"""What is done to each node as it is recorded: nothing, unless a mode is on.

A mode is a function from a new node to the node to use instead. Modes belong to a thread or an
asyncio task; recording pays one attribute test while no mode is on anywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol

import numpy as np

from .leaving import revealing_cause

Mode = Callable[[Any], Any]
"""From a new node to the node to use; not typed by Value, which asks the modes of this module itself."""

_current: ContextVar[tuple[Mode, ...]] = ContextVar("modes", default=())
_depth: ContextVar[int] = ContextVar("derivative_depth", default=0)
_lock = threading.Lock()
NOTHING = nullcontext()


@contextmanager
def having(variable: ContextVar[Any], content: Any) -> Iterator[None]:
    """Something else in a variable for a block, in this thread or task."""
    token = variable.set(content)
    try:
        yield
    finally:
        variable.reset(token)


class Switch:
    """Counts the modes that are on in any thread, and the programs that are recorded."""

    __slots__ = ("on", "tracing")

    def __init__(self) -> None:
        self.on = self.tracing = 0

    def turn(self, step: int, tracing: bool = False) -> None:
        """Count one in (+1) or out (−1)."""
        with _lock:
            self.on += step
            self.tracing += step * tracing


switch = Switch()
"""The modes."""


def observed(node: Any) -> Any:
    """The node after each mode of this thread or task, innermost last."""
    for mode in _current.get():
        node = mode(node)
    return node


@contextmanager
def mode(*modes: Mode, keep: Callable[[Mode], bool] = lambda mode: True) -> Iterator[None]:
    """Switch modes on for a block, in this thread or task; of the outer ones, keep those that `keep`.

    `no_grad` comes last: the others want to see the operation.
    """
    chosen = (*filter(keep, _current.get()), *modes)
    switch.turn(+1)
    try:
        with having(_current, tuple(sorted(chosen, key=lambda mode: mode is _forget))):
            yield
    finally:
        switch.turn(-1)


Inspector = Callable[[Any, int, Any, Any], None]
"""(node, i, contribution to operand i, the same without 0·∞ of structural zeros): may raise."""
_inspector: ContextVar[Inspector | None] = ContextVar("inspector", default=None)


def inspector() -> Inspector | None:
    """What looks at each contribution of a backward pass in this thread or task, if anything."""
    return _inspector.get() if switch.on else None


@contextmanager
def inspecting(look: Inspector, at: Mode) -> Iterator[None]:
    """Look at each contribution of a backward pass, and at each node as it is recorded.

    Raises TypeError while a program is recorded, which would not look again when it is called.
    """
    if tracer() is not None:
        raise TypeError("detect_anomaly inside a compiled function: put it around the call of the program")
    with having(_inspector, look), mode(at):
        yield


class Tracer(Protocol):
    """What records a program: the engine asks it where eager code would look at numbers."""

    def check_read(self, value: Any, how: str) -> None:
        """Refuse to read the data of a value that is an input of the program, or follows from one."""

    def asked(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """What stands for a function of NumPy without derivative: a comparison, a test, a position."""

    def given(self, operands: Sequence[Any]) -> Sequence[Any]:
        """What an operation is given, in the form in which it is recorded."""

    def computed(self, operation: Any, data: Sequence[Any], inputs: Sequence[Any], metadata: Any) -> Any:
        """What is recorded as the result of an operation: numbers of its shape and dtype."""

    def looped(self, loop: Any) -> Any:
        """What a scan gives, recorded as one operation; None where it is to be recorded step by step."""

    absorbs: bool
    """Whether passes are recorded with 0·∞ = 0 for structural zeros, which is more to compute."""

    def side_by_side(self, outputs: Sequence[Any], targets: Collection[int]) -> list[Any]:
        """Values that say the same, from the targets on, with what is alike in them computed side by side."""

    def pulled(self, output: Any, seed: Any, how: tuple[bool, ...], compute: Callable[[], Any]) -> Any:
        """The gradients of a pass, by birth, which is to be recorded as `compute` does."""

    def pulling(self, node: Any, g: Any) -> None:
        """Take note that a pass comes to a node of gradient g: what is recorded from now on is its pull."""

    def passed(self, found: list[tuple[Any, Any]]) -> None:
        """Take note of the gradients of a pass."""


_tracer: ContextVar[Tracer | None] = ContextVar("tracer", default=None)


def tracer() -> Tracer | None:
    """What records a program in this thread or task, if anything."""
    return _tracer.get() if switch.tracing else None


@contextmanager
def tracing(by: Tracer, at: Mode) -> Iterator[None]:
    """Record a program: each node is shown to `at`, and no outer mode is on."""
    alone = mode(at, keep=lambda mode: False)
    switch.turn(+1, tracing=True)
    try:
        with having(_tracer, by), having(_inspector, None), alone, revealing_cause:
            yield
    finally:
        switch.turn(-1, tracing=True)


def _forget(node: Any) -> Any:
    if tracer() is not None:  # a program needs what computes it
        node._tracked = False
        return node
    data, operation = node._data, node._operation
    if isinstance(data, np.ndarray) and not (data.base is None and operation and operation.elementwise):
        node._data = data.copy()  # it may be a view of an input, which can be assigned from now on
    node._operation = node._x = node._y = None
    node._tracked = False
    return node


def no_grad() -> AbstractContextManager[None]:
    """Record nothing inside the block: results are constants, in this thread or task only.

    Variables convert there as constants do: by `float()`, by `math`, and into arrays.

    >>> from autodiff import Value
    >>> w = Value(3.0)
    >>> with no_grad():
    ...     y = w * w
    >>> y.constant
    True
    """
    return mode(_forget)


@contextmanager
def differentiating() -> Iterator[None]:
    """The block computes a function to be differentiated: it records, also inside `no_grad`."""
    token = _depth.set(_depth.get() + 1)  # `having`, written out: small functions wait for it
    try:
        with mode(keep=lambda mode: mode is not _forget) if forgetting() else NOTHING, revealing_cause:
            yield
    finally:
        _depth.reset(token)


def inside(derivative: bool) -> AbstractContextManager[None]:
    """The block is part of a derivative, or not, whatever calls it."""
    return having(_depth, int(derivative))


def forgetting() -> bool:
    """Whether `no_grad` is on in this thread or task."""
    return switch.on > 0 and _forget in _current.get()


depth = _depth.get
"""How many functions are being differentiated around this call, in this thread or task."""


def inside_derivative() -> bool:
    """Whether a function is being differentiated in this thread or task."""
    return _depth.get() > 0
