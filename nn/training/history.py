"""History: what happened in a training, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autodiff.lazy_names import needing
from autodiff.optim import plot as pictures
from autodiff.text import notebook
from autodiff.text.curves import BLUE, ORANGE, Series, curves, falls_far
from autodiff.text.escaping import mathtext
from autodiff.text.notation import printable
from autodiff.text.table import aligned

from ..elsewhere import HistoryElsewhere

canvas = pictures.canvas

SHOWN = 10
"""Rows of the printed table, about: a long training is shown at even distances."""

TRAINING, VALIDATION = "#0072B2", "#D55E00"
STYLES = ("-", "--", ":", "-.")


@dataclass(repr=False)
class History(HistoryElsewhere):
    """Losses and metrics of a training, one entry per epoch. Prints as a short table; `plot()` draws it.

    `to_dict()` and `to_frame()` give all columns by name, for pandas and other tables.

    `loss` is measured while the weights change, over the batches as they were trained, so it may lie
    above `validation_loss`, which is measured with the weights at the end of the epoch. `reason` says
    why the training ended, `engine` what computed the slopes in the end: "compiled", or "eager" and why.
    Two histories are equal when all but their `seconds` and engines are.

    >>> history = History(loss=[4.0, 1.0, 2.0], reason="reached 3 epochs")
    >>> history.epochs, history.best_epoch
    (3, 2)
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    lr: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list, compare=False)
    reason: str = "not begun"
    interrupted: bool = False
    engine: str = field(default="eager", compare=False)

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(self.loss)

    @property
    def monitored(self) -> list[float]:
        """What early stopping looks at: the validation loss where there is one, else the loss."""
        return self.validation_loss or self.loss

    @property
    def best_epoch(self) -> int | None:
        """The first epoch with the lowest monitored loss, counted from 1; None where none is finite."""
        known = [(loss, epoch) for epoch, loss in enumerate(self.monitored, 1) if math.isfinite(loss)]
        return min(known)[1] if known else None

    def columns(self) -> dict[str, list[float]]:
        """What is measured in each epoch, by name."""
        losses = {"loss": self.loss, "validation loss": self.validation_loss}
        return {name: column for name, column in (losses | self.metrics).items() if column}

    def to_dict(self) -> dict[str, list[float]]:
        """All columns by name: losses, metrics, learning rate and seconds, as lists with an entry per epoch.

        Words are joined by underscores, so that they are attributes of a table. The lists are copies.

        >>> History(loss=[4.0, 1.0], validation_loss=[5.0, 2.0], lr=[0.1, 0.1]).to_dict()
        {'loss': [4.0, 1.0], 'validation_loss': [5.0, 2.0], 'lr': [0.1, 0.1]}
        """
        measured = {name.replace("validation ", "validation_", 1): x for name, x in self.columns().items()}
        kept = {"lr": self.lr, "seconds": self.seconds}
        return {name: [*column] for name, column in (measured | kept).items() if column}

    def to_frame(self) -> Any:
        """The same as a pandas DataFrame, one row per epoch, counted from 1. Needs pandas.

        Raises ImportError where it is missing.
        """
        with needing("pandas", "History.to_frame needs pandas", "; to_dict() does not"):
            import pandas
        epochs = pandas.RangeIndex(1, self.epochs + 1, name="epoch")
        return pandas.DataFrame(self.to_dict(), index=epochs)

    def last(self) -> str:
        """The last epoch in a few words.

        >>> History(loss=[4.0, 1.0]).last()
        'loss 1'
        """
        return "  ".join(f"{printable(name)} {column[-1]:.4g}" for name, column in self.columns().items())

    def note(
        self,
        names: Iterable[str],
        trained: Sequence[float],
        validated: Sequence[float],
        lr: float,
        seconds: float,
    ) -> None:
        """Add an epoch: the loss, then metrics of these names, as trained and on validation data if any."""
        self.loss.append(trained[0])
        self.validation_loss.extend(validated[:1])
        for prefix, numbers in (("", trained), ("validation ", validated)):
            for name, number in zip(names, numbers[1:], strict=False):
                self.metrics.setdefault(f"{prefix}{name}", []).append(number)
        self.lr.append(lr)
        self.seconds.append(seconds)
        self.reason = "not ended"

    # -- printing ------------------------------------------------------------------------------

    def __str__(self) -> str:
        header, *rows = self._table()
        return "\n".join([*(aligned([header, *rows]) if rows else []), self.reason])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        header, *rows = self._table()
        losses = [Series("training", BLUE, self.loss), Series("validation", ORANGE, self.validation_loss)]
        drawn = curves("epoch", 1, *(curve for curve in losses if curve.numbers), best=self.best_epoch)
        table = notebook.table(header, rows) if rows else ""
        return notebook.block(drawn, table, notebook.note(self.reason))

    def _table(self) -> list[list[str]]:
        columns = self.columns()
        header = ["epoch", *map(printable, columns)]
        rows = (
            [str(epoch), *(f"{column[epoch - 1]:.6g}" for column in columns.values())]
            for epoch in self._shown_epochs()
        )
        return [header, *rows]

    def _shown_epochs(self) -> list[int]:
        """The first, the last, the best, and some in between."""
        step = max(1, round(self.epochs / SHOWN))
        shown = {*range(step, self.epochs + 1, step), 1, self.epochs, self.best_epoch}
        return sorted(epoch for epoch in shown if epoch)[: self.epochs]

    # -- drawing -------------------------------------------------------------------------------

    def plot(self, axes: canvas.Axes | None = None) -> canvas.Figure:
        """Draw the losses against the epoch, and the metrics in a panel below. Needs matplotlib.

        On given axes, only the losses. The scale is logarithmic where they fall by more than a power
        of ten; the best epoch is marked. Returns the figure: a notebook shows it, `.savefig` writes it.

        Raises ValueError where no epoch was completed, ImportError without matplotlib.
        """
        if not self.epochs:
            raise ValueError(f"plot: the history has no epoch to draw ({self.reason})")
        if axes is not None:
            self._draw_losses(axes)
            axes.set_xlabel("epoch")
            return canvas.owner(axes)
        count = 2 if self.metrics else 1
        picture = canvas.figure(6.4, 3.6 + 2.0 * (count - 1))
        panels = picture.subplots(count, sharex=True, squeeze=False)[:, 0]
        self._draw_losses(panels[0])
        if self.metrics:
            self._draw_metrics(panels[1])
        panels[-1].set_xlabel("epoch")
        return picture

    def _draw_losses(self, ax: canvas.Axes) -> None:
        ax.set_ylabel("loss")
        _draw(ax, self.loss, "training", TRAINING)
        _draw(ax, self.validation_loss, "validation", VALIDATION)
        if falls_far(self.loss + self.validation_loss):
            ax.set_yscale("log")
        self._mark_best(ax)
        ax.legend(frameon=False)
        _tidy(ax)

    def _mark_best(self, ax: canvas.Axes) -> None:
        best = self.best_epoch
        if best is not None:
            height = self.monitored[best - 1]
            color = VALIDATION if self.validation_loss else TRAINING
            told = f"lowest: {height:.4g} in epoch {best}"
            ax.plot([best], [height], "o", color=color, markersize=6, zorder=3, label=told)

    def _draw_metrics(self, ax: canvas.Axes) -> None:
        """A colour says on which data, as above; the style of the line which metric."""
        names = [name for name in self.metrics if not name.startswith("validation ")]
        ax.set_ylabel(mathtext(names[0]) if len(names) == 1 else "metrics")
        for name, column in self.metrics.items():
            style = STYLES[names.index(name.removeprefix("validation ")) % len(STYLES)]
            _draw(ax, column, name, TRAINING if name in names else VALIDATION, style)
        if len(names) > 1:
            ax.legend(frameon=False)
        _tidy(ax)


def _draw(ax: canvas.Axes, column: list[float], name: str, color: str, style: str = "-") -> None:
    """A line; the few points of a short training are marked."""
    if column:
        marker = "." if len(column) <= SHOWN else ""
        epochs = range(1, len(column) + 1)
        ax.plot(epochs, column, style, marker=marker, color=color, linewidth=1.5, label=mathtext(name))


def _tidy(ax: canvas.Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(color="0.9", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
