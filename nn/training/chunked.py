"""Training on observations in the chunks of a Dask array, which may be larger than the machine.

    R(θ) = Σᵢ Rᵢ(θ),   ∇R(θ) = Σᵢ ∇Rᵢ(θ)      with one term for each chunk of rows

The parameters stay NumPy's. A step takes all observations: the loss, the metrics and all gradients are
one graph of tasks, computed at once, so that each chunk is loaded once a step. A program computes each chunk,
where the step splits into chunks; else each operation is a task of its own, and `history.engine` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from autodiff import gradients
from autodiff.values.lazy import computed, holds_tasks

from ..module import Module
from .constancy import check_repeatable
from .observations import Observations
from .trainer import Trainer, asked, told

Lazy: TypeAlias = tuple[Any, Any, list[Any]]
"""Loss, output and slopes, as tasks."""


def check_chunked(model: Module, batch_size: int | None) -> None:
    """Refuse what cannot be done with rows in chunks. Raises ValueError."""
    if batch_size is not None:
        raise ValueError(
            f"fit: batch_size={batch_size} would draw rows from all chunks of the dask array; "
            "leave it out: a step takes all observations, in one pass over the chunks"
        )
    check_repeatable(model, "fit: a dask array")


@dataclass
class ChunkedTrainer(Trainer):
    """A training of which each step is one pass over the chunks."""

    warm_up = 2  # a pass takes longer than to compile it; what changes from step to step is seen by then

    def _passed(self, batch: Observations) -> tuple[float, list[float]]:
        """Forward and backward, computed together."""
        loss, output, slopes = self._programmed(batch) or self._recorded(batch)
        trained = [p for p, slope in zip(self.slopes.free, slopes, strict=True) if slope is not None]
        known = [slope for slope in slopes if slope is not None]
        number, *found = computed([loss, *asked(self.metrics, output, batch.y), *known])
        count = len(self.metrics)
        for parameter, slope in zip(trained, found[count:], strict=True):
            parameter.grad = slope
        return float(number), told(self.metrics, found[:count])

    def _programmed(self, batch: Observations) -> Lazy | None:
        """Loss, output and slopes by a program per chunk, where it is its turn."""
        found = self.slopes.programmed(*in_chunks(batch), self._steps)
        self.history.engine = self.slopes.engine
        return found and found[:3]

    def _recorded(self, batch: Observations) -> Lazy:
        """The same, each operation a task of its own."""
        output = self.model(batch.X)
        loss = self.loss(output, batch.y)
        return loss.data, output.data, gradients(loss, self.slopes.free)


def in_chunks(batch: Observations) -> Observations:
    """Inputs and targets, both in chunks of rows."""
    import dask.array as da

    sizes = next(x for x in batch if holds_tasks(x)).chunks[0]  # type: ignore[attr-defined]
    return Observations(
        *[x if holds_tasks(x) else da.from_array(x, chunks=(sizes, *x.shape[1:])) for x in batch]
    )
