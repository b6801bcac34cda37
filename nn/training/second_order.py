"""Training by methods that use curvature, for small networks: L-BFGS and Levenberg-Marquardt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autodiff.optim import Iterate, Result, l_bfgs, least_squares, stopping
from autodiff.optim import options as of_methods

from ..losses import mean_squared_error, squared_error
from ..module import Module
from ..targets import paired
from .constancy import check_repeatable
from .history import History
from .observations import Observations
from .progress import Progress, progress_of
from .trainer import Loss, Metric, evaluated, stopped_early


@dataclass
class Full:
    """A training on all observations at once: what is minimised, and what is noted after each step."""

    model: Module
    loss: Loss
    data: Observations
    validation: Observations | None
    metrics: Mapping[str, Metric]
    patience: int | None
    compiled: bool | None = None
    callback: stopping.Callback | None = None

    progress: Progress = field(default_factory=Progress)
    history: History = field(default_factory=History)
    begin: float | None = None
    stopped: str | None = None

    def __post_init__(self) -> None:
        self.best = self.model.state_dict()

    def value(self) -> Callable[[], Any]:
        """The loss of the model as it is; it names model and loss, so that what these read is seen."""
        model, loss, (inputs, targets) = self.model, self.loss, self.data
        return lambda: loss(model(inputs), targets)

    def residuals(self) -> Callable[[], Any]:
        """What squared errors are the squares of."""
        model, (inputs, targets) = self.model, self.data

        def difference() -> Any:
            output, target = paired(model(inputs), targets, "fit")
            return target - output

        return difference

    def note(self, iterate: Iterate) -> bool:
        """One step was made, and the model is at it; returns whether it shall be the last."""
        if self.begin is None:  # the start is no step
            self.begin = time.perf_counter()
            return False
        known = self.data.lazy and not self.metrics  # the loss; to measure it again would be a pass more
        trained = [iterate.value] if known else self._evaluated(self.data)
        validated = self._evaluated(self.validation) if self.validation else []
        now = time.perf_counter()
        self.history.note(self.metrics, trained, validated, iterate.step_size, now - self.begin)
        self.begin = now
        self.progress.show(self.history)
        self._judge(self.history.best_epoch or 0)
        self.model.eval()
        if stopping.wants_to_stop(self.callback, self.history):
            self.stopped = self.stopped or stopping.STOPPED
        self.model.train()
        return self.stopped is not None

    def _evaluated(self, data: Observations) -> list[float]:
        return evaluated(self.model, self.loss, self.metrics, data)

    def _judge(self, best: int) -> None:
        """Keep the best weights; see whether to stop early."""
        if best == self.history.epochs:
            self.best = self.model.state_dict()
        self.stopped = stopped_early(self.history, best, self.patience)

    def options(self, epochs: int) -> of_methods.Options:
        """What a method is given besides the function."""
        return {"max_steps": epochs, "callback": self.note, "path": False, "compiled": self.compiled}

    def conclude(self, result: Result) -> None:
        """Say why it ended, and leave the weights that the training was for."""
        self.history.reason = self.stopped or result.reason
        self.history.engine = result.engine
        self.history.interrupted = result.reason == "interrupted"
        if self.patience is not None and not self.history.interrupted:
            self.model.load_state_dict(self.best)


def _l_bfgs(full: Full, epochs: int) -> Result:
    return l_bfgs(full.value(), full.model, **full.options(epochs))


def _levenberg_marquardt(full: Full, epochs: int) -> Result:
    if full.data.lazy:
        raise ValueError(
            'fit: optimizer="levenberg-marquardt" needs all residuals at once; "l-bfgs" takes dask arrays'
        )
    if full.loss not in (squared_error, mean_squared_error):
        raise ValueError(
            'fit: optimizer="levenberg-marquardt" minimises squared errors: loss=nn.squared_error or '
            'nn.mean_squared_error; "l-bfgs" takes every loss'
        )
    return least_squares(full.residuals(), full.model, **full.options(epochs))


METHODS: dict[str, Callable[[Full, int], Result]] = {
    "l-bfgs": _l_bfgs,
    "levenberg-marquardt": _levenberg_marquardt,
}


def minimized(method: str, full: Full, epochs: int, progress: bool, options: Mapping[str, Any]) -> History:
    """Minimise the loss over all observations, in at most so many steps.

    Raises ValueError for options of the other optimisers, and for a model that draws random numbers or
    measures its batches.
    """
    given = [name for name, option in options.items() if option is not None]
    if given:
        raise ValueError(f'fit: optimizer="{method}" takes no {", ".join(given)}; "adam" does')
    check_repeatable(full.model, f'fit: optimizer="{method}"')
    full.model.train()
    full.progress = progress_of(progress, epochs, 0)
    try:
        result = METHODS[method](full, epochs)
    finally:
        full.model.eval()
        full.progress.close()
    full.conclude(result)
    return full.history
