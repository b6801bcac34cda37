"""A training on its way: all that changes while it goes on, one step at a time."""

from __future__ import annotations

import math
import numbers
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, ClassVar, TypeAlias

import numpy as np

from autodiff import Value, no_grad
from autodiff.ops.plain import raw
from autodiff.ops.totals import squares
from autodiff.optim import Optimizer, Schedule, stopping
from autodiff.values.lazy import computed, holds_tasks

from ..losses import Loss
from ..module import Module
from .history import History
from .observations import Observations
from .packing import check_form
from .slopes import Slopes

__all__ = ["Loss", "Metric", "Trainer", "asked", "evaluated", "measured", "stopped_early", "told"]

Metric: TypeAlias = Callable[[Any, Any], Any]

CHUNK = 1024
"""Observations that are predicted at a time."""


@dataclass
class Trainer:
    """A model, how it is trained on what, and how far that has come.

    The order of the observations depends on the seed and the epoch alone, so the state between two
    steps is the model's, the optimiser's, that of the generators inside the model, and a few numbers.
    """

    model: Module
    loss: Loss
    summed: bool  # whether the loss is a sum over the observations, else it is their mean
    optimizer: Optimizer
    schedule: Schedule | None
    data: Observations
    validation: Observations | None
    batch_size: int
    patience: int | None
    metrics: Mapping[str, Metric]
    seed: int
    compiled: bool | None = None
    callback: stopping.Callback | None = None

    warm_up: ClassVar[int | None] = None  # steps before a program takes over; as many as usual

    history: History = field(default_factory=History)
    position: int = 0  # batches of the running epoch that are done
    totals: list[float] = field(default_factory=list)  # of loss and metrics over these batches
    elapsed: float = 0.0  # seconds spent on them
    best_epoch: int = 0
    best_loss: float = math.inf
    best: dict[str, Any] = field(default_factory=dict)
    stopped: str | None = None  # why there is nothing left to do, whatever the number of epochs
    stepping: bool = False  # whether the parameters are being changed

    def __post_init__(self) -> None:
        self.slopes = Slopes(self.model, self.loss, self.data, self.compiled, self.warm_up)
        self.totals = self._nothing()
        self.best = self.model.state_dict()

    def _nothing(self) -> list[float]:
        return [0.0] * (1 + len(self.metrics))

    def done(self, epochs: int) -> bool:
        """Whether there is nothing left to do."""
        return self.stopped is not None or self.history.epochs >= epochs

    # -- going on ------------------------------------------------------------------------------

    def epoch(self) -> Iterator[None]:
        """Do the rest of the running epoch; after each yield one more step is complete."""
        self.model.train()
        begin = time.perf_counter() - self.elapsed
        batches = self.data.batches(self.batch_size, self.seed, self.history.epochs + 1)
        for batch in islice(batches, self.position, None):
            problem = self._step(batch)
            if problem:
                self._diverged(problem)
                return
            self.elapsed = time.perf_counter() - begin
            yield
        self._close()

    def _step(self, batch: Observations) -> str | None:
        """Forward, backward, and one step downhill; what went wrong, if anything."""
        self.optimizer.zero_grad()
        number, measures = self._passed(batch)
        if problem := self._problem(number):
            return problem + self.slopes.cause(batch.X, batch.y)
        self.stepping = True
        self.optimizer.step()
        added = [number * (1 if self.summed else batch.n), *(batch.n * x for x in measures)]
        self.totals = [total + more for total, more in zip(self.totals, added, strict=True)]
        self.position += 1
        self.stepping = False
        return None

    def _problem(self, loss: float) -> str | None:
        """What is not finite, before it spoils the weights: the loss, or a gradient."""
        if not math.isfinite(loss):
            return f"the loss became {loss}"
        if math.isfinite(squares(p.grad for p in self.slopes.free)):
            return None
        parameters = self.model.named_parameters()
        spoilt = (name for name, p in parameters if not (p.grad is None or np.isfinite(p.grad).all()))
        return next((f"the gradient of {name} became nan or infinite" for name in spoilt), None)

    def _passed(self, batch: Observations) -> tuple[float, list[float]]:
        """Forward, and backward where the loss is finite: the loss and the metrics."""
        number, output = self.slopes(batch.X, batch.y, self._steps)
        self.history.engine = self.slopes.engine
        return number, measured(self.metrics, output, batch.y) if math.isfinite(number) else []

    @property
    def _steps(self) -> int:
        """How many steps the training has made."""
        return self.history.epochs * self.data.batch_count(self.batch_size) + self.position

    def _close(self) -> None:
        """Measure at the end of an epoch, and note it."""
        if spoilt := [name for name, p in self.model.named_parameters() if not np.isfinite(raw(p)).all()]:
            self._diverged(f"{spoilt[0]} became nan or infinite")
            return
        n = self.data.n
        trained = [self.totals[0] / (1 if self.summed else n), *(total / n for total in self.totals[1:])]
        held_out = self.validation
        validated = evaluated(self.model, self.loss, self.metrics, held_out) if held_out else []
        self.history.note(self.metrics, trained, validated, self.optimizer.lr, self.elapsed)
        self.position, self.totals, self.elapsed = 0, self._nothing(), 0.0
        self._judge(self.history.monitored[-1])
        self._show()

    def _judge(self, loss: float) -> None:
        """Keep the best weights; go on with the schedule; see whether to stop early."""
        if loss < self.best_loss:
            self.best_epoch, self.best_loss = self.history.epochs, loss
            self.best = self.model.state_dict()
        if self.schedule is not None:
            self.schedule.step(loss)
        self.stopped = stopped_early(self.history, self.best_epoch, self.patience)

    def _show(self) -> None:
        """Let the callback see that an epoch is over."""
        self.model.eval()
        if stopping.wants_to_stop(self.callback, self.history):
            self.stopped = self.stopped or stopping.STOPPED

    def _diverged(self, problem: str) -> None:
        best = self.best_epoch
        restored = f"the weights of epoch {best}, the best," if best else "the initial weights"
        self.stopped = (
            f"diverged in epoch {self.history.epochs + 1}: {problem}; {restored} were restored; "
            f"a smaller learning rate may help, it was {self.optimizer.lr:g}"
        )

    def conclude(self) -> None:
        """Leave the weights that the training was for: the best, where it looked for them."""
        self.history.reason = self.stopped or f"reached {self.history.epochs} epochs"
        if self.stopped not in (None, stopping.STOPPED) or self.patience is not None:
            self.model.load_state_dict(self.best)

    def interrupt(self) -> None:
        """Leave the weights of the last step."""
        self.history.interrupted = True
        where = f"in epoch {self.history.epochs + 1} after {self.position} of its steps"
        self.history.reason = f"interrupted {where}; the weights are those of the last step"

    # -- state ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that the next step depends on."""
        return {
            "seed": self.seed,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": None if self.schedule is None else self.schedule.state_dict(),
            "generators": [generator.bit_generator.state for generator in self._generators()],
            "history": asdict(self.history),
            "progress": {name: getattr(self, name) for name in PROGRESS},
        }

    def check_state(self, state: Mapping[str, Any]) -> None:
        """Raise ValueError where numbers that nothing else checks are none."""
        progress = {name: getattr(self, name) for name in PROGRESS}
        check_form(state, {"history": asdict(History()), "progress": progress}, "state")

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from a state of the same training. Where it is none, this raises and changes nothing."""
        before = self.state()
        try:
            self._adopt(state)
        except Exception:
            self._adopt(before)
            raise

    def _adopt(self, state: Mapping[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.schedule is not None:
            self.schedule.load_state_dict(state["schedule"])
        for generator, saved in zip(self._generators(), state["generators"], strict=True):
            generator.bit_generator.state = saved
        self.history = History(**{name: state["history"][name] for name in asdict(History())})
        for name in PROGRESS:
            setattr(self, name, state["progress"][name])

    def _generators(self) -> list[np.random.Generator]:
        """The random generators inside the model, such as those of dropout."""
        return [generator for _, generator in self.model.named_parts(np.random.Generator)]


PROGRESS = ("position", "totals", "elapsed", "best_epoch", "best_loss", "best", "stopped")


def stopped_early(history: History, best: int, patience: int | None) -> str | None:
    """Why a training stops after so many epochs without a better one than the best, if it does."""
    if patience is None or history.epochs - best < patience:
        return None
    what = "validation loss" if history.validation_loss else "loss"
    return (
        f"stopped early: the {what} has not improved in {patience} epochs; "
        f"the weights of epoch {best} were restored"
    )


def evaluated(model: Module, loss: Loss, metrics: Mapping[str, Metric], data: Observations) -> list[float]:
    """Loss and metrics in `eval` mode, without recording."""
    model.eval()
    with no_grad():
        size = data.n if data.lazy else CHUNK
        parts = [raw(model(data.X[i : i + size])) for i in range(0, data.n, size)]
        output = parts[0] if len(parts) == 1 else np.concatenate(parts)
        error = loss(Value(output, constant=True), data.y)
        number, *found = computed([raw(error), *asked(metrics, output, data.y)])
        return [float(number), *told(metrics, found)]


def measured(metrics: Mapping[str, Metric], output: Any, target: Any) -> list[float]:
    """What the metrics say. Raises TypeError, naming the metric, for anything but a number."""
    return told(metrics, computed(asked(metrics, output, target)))


def asked(metrics: Mapping[str, Metric], output: Any, target: Any) -> list[Any]:
    """What the metrics return, lazy where output and target are.

    Raises TypeError, naming the metric, where it was computed: that was a pass over the data of its own.
    """
    found = {name: raw(metric(output, target)) for name, metric in metrics.items()}
    if holds_tasks(output) or holds_tasks(target):
        for name, x in found.items():
            if not holds_tasks(x):
                raise TypeError(
                    f"fit: the metric {name!r} must return a dask array of dask arrays, got {x!r}; leave out "
                    "float() and compute(): fit computes it in one pass with the loss"
                )
    return list(found.values())


def told(metrics: Mapping[str, Metric], found: list[Any]) -> list[float]:
    """What they returned as numbers. Raises TypeError, naming the metric, for what is none."""
    return [_metric_value(name, x) for name, x in zip(metrics, found, strict=True)]


def _metric_value(name: str, found: Any) -> float:
    if np.shape(found) or not isinstance(found, (numbers.Real, np.number, np.bool_, np.ndarray)):
        got = f"an array of shape {np.shape(found)}" if np.shape(found) else repr(found)
        raise TypeError(f"fit: the metric {name!r} must return a number, got {got}")
    return float(found)
