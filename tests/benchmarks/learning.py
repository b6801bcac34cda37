"""One step of learning, the loss and its gradient, beside NumPy by hand and the other libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    each step. The target of a program is times of that; eager code has none, since Python takes its time for
    each operation whatever is done; other targets are named after a library.
    """

    name: str
    loss: Callable[[Library], Loss]
    parameters: Arrays
    by_hand: Callable[[], Callable[..., tuple[Any, Arrays]]]
    jax_at_most: float
    compiled_at_most: float = 1.05
    pytorch_at_least: float | None = None

    def rows(self) -> Iterator[Row]:
        """Eager and compiled."""
        yield from self.eager_rows()
        yield from self.compiled_rows()

    def eager_rows(self) -> Iterator[Row]:
        """Recorded at each step: beside NumPy by hand, and the libraries that do so too."""
        work, step = f"{self.name}, eager", self.checked(eager())
        ratios = times_the_time(step, self.hand, PAIRS)
        yield Row(work, BY_HAND, ratios, THE_TIME)
        for name, peer in PEERS.items():
            try:
                theirs = self.checked(peer())
            except ImportError:
                yield missing(work, name)
                continue
            target = self.pytorch_at_least if name == PYTORCH else None
            yield Row(work, name, times_as_fast(step, theirs), AS_FAST, at_least=target)

    def compiled_rows(self) -> Iterator[Row]:
        """Recorded once: beside NumPy by hand, PyTorch, and JAX."""
        work, step = f"{self.name}, compiled", self.checked(compiled())
        ratios = times_the_time(step, self.hand, PAIRS)
        yield Row(work, BY_HAND, ratios, THE_TIME, at_most=self.compiled_at_most)
        try:
            yield Row(work, PYTORCH, times_as_fast(step, self.checked(PEERS[PYTORCH]())), AS_FAST)
        except ImportError:
            yield missing(work, PYTORCH)
        try:
            theirs = self.checked(jax())
        except ImportError:
            yield missing(work, JIT)
            return
        yield Row(work, JIT, times_the_time(step, theirs, PAIRS), THE_TIME, at_most=self.jax_at_most)

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
        np.testing.assert_allclose(library.number(value), wanted_value, rtol=1e-9)
        for found, expected in zip(gradient, wanted, strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
        return step
