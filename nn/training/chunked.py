"""Training on observations in the chunks of a Dask array, which may be larger than the machine.

    R(θ) = Σᵢ Rᵢ(θ),   ∇R(θ) = Σᵢ ∇Rᵢ(θ)      with one term for each chunk of rows

The parameters stay NumPy's. A step takes all observations: the loss, the metrics and all gradients are
one graph of tasks, computed at once, so that each chunk is loaded once a step.
"""

from __future__ import annotations

from autodiff.values.lazy import computed

from ..module import Module
from .constancy import check_repeatable
from .observations import Observations
from .trainer import Trainer, asked, told


def check_chunked(model: Module, batch_size: int | None, compiled: bool | None) -> None:
    """Refuse what cannot be done with rows in chunks. Raises ValueError."""
    if compiled:
        raise ValueError("fit: compiled=True, but programs run on NumPy arrays, not on a dask array's chunks")
    if batch_size is not None:
        raise ValueError(
            f"fit: batch_size={batch_size} would draw rows from all chunks of the dask array; "
            "leave it out: a step takes all observations, in one pass over the chunks"
        )
    check_repeatable(model, "fit: a dask array")


class ChunkedTrainer(Trainer):
    """A training of which each step is one pass over the chunks."""

    def _passed(self, batch: Observations) -> tuple[float, list[float]]:
        """Forward and backward, computed together."""
        output = self.model(batch.X)
        loss = self.loss(output, batch.y)
        loss.backward()
        trained = [p for p in self.model.parameters() if p.grad is not None]
        lazy = [loss.data, *asked(self.metrics, output.data, batch.y), *(p.grad for p in trained)]
        number, *found = computed(lazy)
        count = len(self.metrics)
        for parameter, slope in zip(trained, found[count:], strict=True):
            parameter.grad = slope
        return float(number), told(self.metrics, found[:count])
