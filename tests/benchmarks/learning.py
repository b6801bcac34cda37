"""One step of learning, the loss and its gradient, beside NumPy by hand and the other libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .harness import AS_FAST, THE_TIME, Row, missing, times_as_fast, times_the_time
from .libraries import PEERS, Arrays, Library, Loss, Step, compiled, eager, jax

__all__ = ["Task"]

BY_HAND = "NumPy by hand"
JIT, PYTORCH = "jax.jit", "PyTorch, eager"
PAIRS = 25  # where a few percent decide


@dataclass(frozen=True)
class Task:
    """A loss as each library writes it, and the same by closed-form formulas in NumPy, in place.

    `by_hand` allocates its buffers, and gives the function of the parameters that uses them again at
    each step. A target is of the time of what it is named after, for numbers of double precision; how long
    NumPy by hand takes for the same is beside it. Eager code has no target of that, since Python takes its
    time for each operation whatever is done.
    """

    name: str
    loss: Callable[[Library], Loss]
    parameters: Arrays
    by_hand: Callable[[], Callable[..., tuple[Any, Arrays]]]
    pytorch_at_least: float | None = None
    jax_at_most: float | None = None
    compiled_at_most: float | None = None

    def rows(self) -> Iterator[Row]:
        """Eager and compiled."""
        yield from self.eager_rows()
        yield from self.compiled_rows()

    def eager_rows(self) -> Iterator[Row]:
        """Recorded at each step: beside NumPy by hand, and the libraries that do so too."""
        work, step = f"{self.name}, eager", self.checked(eager())
        yield self._row(work, BY_HAND, times_the_time(step, self.hand, PAIRS), THE_TIME)
        for name, peer in PEERS.items():
            if self.dtype != "float64" and name != PYTORCH:
                continue
            try:
                theirs = self.checked(peer())
            except ImportError:
                yield missing(work, name)
                continue
            row = self._row(work, name, times_as_fast(step, theirs), AS_FAST)
            target = self.pytorch_at_least if name == PYTORCH else None
            yield replace(row, at_least=target, by_hand=times_as_fast(self.hand, theirs))

    def compiled_rows(self) -> Iterator[Row]:
        """Recorded once: beside NumPy by hand, PyTorch, and JAX."""
        work, step = f"{self.name}, compiled", self.checked(compiled())
        row = self._row(work, BY_HAND, times_the_time(step, self.hand, PAIRS), THE_TIME)
        yield replace(row, at_most=self.compiled_at_most)
        try:
            theirs = self.checked(PEERS[PYTORCH]())
        except ImportError:
            yield missing(work, PYTORCH)
        else:
            row = self._row(work, PYTORCH, times_as_fast(step, theirs), AS_FAST)
            yield replace(row, by_hand=times_as_fast(self.hand, theirs))
        try:
            theirs = self.checked(jax())
        except ImportError:
            yield missing(work, JIT)
            return
        row = self._row(work, JIT, times_the_time(step, theirs, PAIRS), THE_TIME)
        yield replace(row, at_most=self.jax_at_most, by_hand=times_the_time(self.hand, theirs))

    def _row(self, work: str, against: str, figures: Sequence[float], unit: str) -> Row:
        return Row(work, against, figures, unit, dtype=self.dtype)

    @property
    def dtype(self) -> str:
        """The precision of the parameters, and of all else."""
        return str(self.parameters[0].dtype)

    @property
    def hand(self) -> Step:
        """The step by hand, with buffers of its own."""
        step, parameters = self.by_hand(), self.parameters
        return lambda: step(*parameters)

    def checked(self, library: Library) -> Step:
        """The library's step, after its loss and gradient were compared with those by hand."""
        step = library.learning(self.loss(library), self.parameters)
        value, gradient = step()
        wanted_value, wanted = self.hand()
        relative, absolute = (1e-9, 1e-12) if self.dtype == "float64" else (1e-3, 1e-5)
        np.testing.assert_allclose(library.number(value), wanted_value, rtol=relative)
        for found, expected in zip(gradient, wanted, strict=True):
            np.testing.assert_allclose(found, expected, rtol=relative, atol=absolute)
        return step
